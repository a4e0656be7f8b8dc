from typing import Any

from django.core.management.base import BaseCommand

from hub.pages.starter import prepare_site


class Command(BaseCommand):
    help = "Crée l’accueil, les listes, les pages légales, les droits des éditeurs ; ne modifie aucune page existante."

    def handle(self, *_args: Any, **_options: Any) -> None:
        report = prepare_site()
        for label in report.created:
            self.stdout.write(f"  + {label}")
        for problem in report.problems:
            self.stderr.write(self.style.WARNING(f"  ! {problem}"))
        self.stdout.write(f"Site : {len(report.created)} élément(s) créé(s), {len(report.present)} déjà là.")
