from typing import Any

from django.core.management.base import BaseCommand

from hub.pages.icons import STYLESHEET, with_icons


class Command(BaseCommand):
    help = "Réécrit les icônes de hub/static/hub/hub.css d’après le DSFR installé."

    def handle(self, **_options: Any) -> None:
        before = STYLESHEET.read_text(encoding="utf-8")
        after = with_icons(stylesheet=before)
        STYLESHEET.write_text(after, encoding="utf-8")
        self.stdout.write("Icônes réécrites." if after != before else "Icônes déjà à jour.")
