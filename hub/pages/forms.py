"""Checks shared by the editing forms of catalogue entries.

Wagtail saves a draft without validating it whole; what must hold before publication is asked here, where the editor
sees the message beside the field.
"""

from typing import Any

from wagtail.admin.forms import WagtailAdminPageForm


class CatalogueEntryForm(WagtailAdminPageForm):
    """Editing form of an entry: a draft may lack a territory, a publication may not."""

    @property
    def is_publishing(self) -> bool:
        return any(action in self.data for action in ("action-publish", "action-submit"))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        is_missing = "territories" in self.fields and not cleaned.get("territories")
        if self.is_publishing and is_missing and "territories" not in self.errors:
            self.add_error(
                "territories",
                "Indiquez au moins un territoire ; pour une portée nationale, choisissez « France entière ».",
            )
        return cleaned
