from typing import Any

from django import template
from django.template import Context
from django.urls import reverse

from hub.territories.choices import is_listed
from hub.territories.suggestions import TEXT_MAX_LENGTH

register = template.Library()


register.filter("is_listed", is_listed)


@register.inclusion_tag("territories/widgets/_field.html", takes_context=True)
def territory_field(context: Context) -> dict[str, Any]:
    """Render the field from what was passed to ``territories/combobox.html``, some of which may be left out.

    A territory already selected in the list shown without JavaScript is not also written in the text field, so that
    the two never disagree; the script puts it back.
    """
    selected, typed = context.get("selected"), context.get("typed")
    label = str(selected) if selected else ""
    is_shown_in_list = bool(context.get("select_options")) and is_listed(selected)
    return {
        "url": reverse("territory-suggestions"),
        "name": context["field_name"],
        "value": typed or ("" if is_shown_in_list else label),
        "text": label,
        "code": selected.code if selected and not typed else "",
        "chosen_list": "",
        "attrs": {
            "id": context["field_id"],
            "class": "fr-input",
            "maxlength": str(TEXT_MAX_LENGTH),
            "autocomplete": "off",
        },
    }
