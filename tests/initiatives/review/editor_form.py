"""The form of Wagtail's page editor, as a browser would send it."""

import json
from typing import Any

from django.test import Client
from django.urls import reverse

from initiatives.drafts import text_of
from initiatives.fields import sections
from initiatives.models import InitiativePage

_RICH_TEXTS = [field.name for field in sections()]


def editor_form(client: Client, sheet: InitiativePage) -> dict[str, Any]:
    """What the editor's form holds for a sheet when it is opened; its rich texts are sent empty."""
    form = client.get(reverse("wagtailadmin_pages:edit", args=[sheet.pk])).context["form"]
    posted: dict[str, Any] = {"body-count": "0"}
    for field in form:
        value = field.value()
        if field.name == "body" or value is None or isinstance(value, bool):
            continue
        if isinstance(value, list):
            posted[field.html_name] = [getattr(item, "pk", item) for item in value]
        else:
            posted[field.html_name] = field.field.widget.format_value(value) if value else value
    for formset in form.formsets.values():
        posted[f"{formset.prefix}-TOTAL_FORMS"] = posted[f"{formset.prefix}-INITIAL_FORMS"] = len(formset.forms)
        for number, child in enumerate(formset.forms):
            for field in child:
                value = field.value()
                posted[f"{formset.prefix}-{number}-{field.name}"] = "" if value is None else value
    posted["territories"] = ",".join(territory.code for territory in text_of(sheet=sheet).territories.all())
    posted.update(dict.fromkeys(_RICH_TEXTS, json.dumps(None)))
    return {name: value for name, value in posted.items() if value is not None}
