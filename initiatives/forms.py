from typing import Any

from hub.pages.forms import CatalogueEntryForm


class InitiativePageForm(CatalogueEntryForm):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        start, end = cleaned.get("start_year"), cleaned.get("end_year")
        if start and end and end < start:
            self.add_error("end_year", "L’initiative ne peut pas finir avant d’avoir commencé.")
        return cleaned
