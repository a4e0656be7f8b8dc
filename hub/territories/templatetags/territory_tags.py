"""The text field behind ``territories/combobox.html``."""

from typing import Any

from django import template
from django.urls import reverse

from hub.territories.choices import is_in_list
from hub.territories.models import Territory
from hub.territories.suggestions import TEXT_MAX_LENGTH

register = template.Library()


@register.inclusion_tag("territories/widgets/_field.html")
def territory_field(
    *,
    name: str,
    field_id: str,
    selected: Territory | None = None,
    typed: str | None = None,
    has_list: object = None,
) -> dict[str, Any]:
    """Render the field.

    A territory already selected in the list shown without JavaScript is not also written in the text field, so that
    the two never disagree; the script puts it back.
    """
    label = str(selected) if selected else ""
    shown = "" if selected and has_list and is_in_list(territory=selected) else label
    return {
        "url": reverse("territory-suggestions"),
        "name": name,
        "value": typed or shown,
        "text": label,
        "code": selected.code if selected and not typed else "",
        "chosen_list": "",
        "attrs": {"id": field_id, "class": "fr-input", "maxlength": str(TEXT_MAX_LENGTH), "autocomplete": "off"},
    }
