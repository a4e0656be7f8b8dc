from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from events.demo.recordings import SCRIPTS, build_recording
from events.demo.sources import DemoDataError, workshop_sources


class Command(BaseCommand):
    help = "Refait les enregistrements de démonstration et leurs transcriptions (programmes espeak-ng et ffmpeg)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("numbers", nargs="*", help="numéros des ateliers (080) ; tous par défaut")

    def handle(self, *_args: Any, **options: Any) -> None:
        titles = {f"{source['number']:03}": source["title"] for source in workshop_sources()}
        try:
            for number in options["numbers"] or sorted(path.stem for path in SCRIPTS.glob("*.txt")):
                said = build_recording(script=SCRIPTS / f"{number}.txt", title=titles[number])
                size = (SCRIPTS / f"{number}.webm").stat().st_size
                self.stdout.write(f"{number} : {said[-1].end:.1f} s, {size // 1024} ko")
                for before, line in zip([None, *said], said, strict=False):
                    if before is None or before.line.part != line.line.part:
                        # What the sources of the workshop say of the start of this part, to the second.
                        self.stdout.write(f"  {int(line.start)} s  {line.line.part}")
        except (DemoDataError, KeyError, FileNotFoundError) as error:
            raise CommandError(f"Enregistrement impossible : {error}") from error
