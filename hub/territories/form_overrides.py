"""Let every Wagtail form offer the picker for many-to-many relations to territories, instead of 38,000 options.

A foreign key to a territory keeps Wagtail's snippet chooser, which works in inline panels and blocks too.
"""

from typing import Any

from django.db import models
from wagtail.admin.forms.models import register_form_field_override

from hub.territories.forms import TerritoryMultipleChoiceField
from hub.territories.models import Territory


def _many_to_many_override(db_field: models.ManyToManyField) -> dict[str, Any]:
    return {"form_class": TerritoryMultipleChoiceField} if db_field.related_model is Territory else {}


def register() -> None:
    """Register the override; a panel with a widget of its own still has the last word."""
    register_form_field_override(models.ManyToManyField, override=_many_to_many_override)
