from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from hub.pages.images import clean_stored_images


class Command(BaseCommand):
    help = (
        "Retire des images déjà là, et de leurs versions réduites, ce qu’elles disent en plus de leurs pixels : "
        "position, date, appareil. Peut être relancée : ce qui est fait n’est pas refait."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="dire ce qui serait fait, sans rien changer")
        parser.add_argument("--after", type=int, default=0, metavar="NUMÉRO", help="reprendre après cette image")

    def handle(self, *, after: int, dry_run: bool, **_options: Any) -> None:
        done = unreadable = 0
        for found in clean_stored_images(after=after, is_dry_run=dry_run):
            self.stdout.write(f"{found.image.pk} « {found.image.title} » : {found.words}")
            unreadable += found.is_unreadable
            done += not found.is_unreadable
        self.stdout.write(f"{done} image(s) {'à nettoyer' if dry_run else 'nettoyée(s)'}.")
        if unreadable:
            raise CommandError(f"{unreadable} image(s) illisible(s) : remplacez-les ou supprimez-les.")
