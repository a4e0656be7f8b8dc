from collections.abc import Mapping
from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField
from django.urls import reverse
from wagtail.images.models import Image

from initiatives.fields import FIELDS, anchor_of
from initiatives.models import Exchange, InitiativePage, Upload
from initiatives.space.forms.rows import RowList

register = template.Library()


@register.filter
def is_boxes(field: BoundField) -> bool:
    """Whether a field is a set of boxes, named together by a legend."""
    return isinstance(field.field.widget, forms.CheckboxSelectMultiple)


@register.filter
def is_select(field: BoundField) -> bool:
    return isinstance(field.field.widget, forms.Select)


@register.filter
def field_anchor(name: str, prefix: str | None = None) -> str:
    """Return where the summary of errors leads to for a field, or for a field of a row, which has its own."""
    return anchor_of(f"{prefix}-{name}" if prefix else name)


@register.filter
def bound(form: forms.Form, name: str) -> BoundField:
    return form[name]


@register.filter
def row_list(lists: Mapping[str, RowList], name: str) -> RowList:
    return lists[name]


@register.filter
def is_needed(name: str) -> bool:
    return name in FIELDS and FIELDS[name].is_required


@register.filter
def label_of(name: str) -> str:
    return FIELDS[name].label


@register.filter
def messages_on(found: Mapping[str, list[str]], name: str) -> list[str]:
    return found.get(name, [])


@register.simple_tag
def field_remarks(remarks: Mapping[str, list[Exchange]] | Any, name: str) -> list[Exchange]:
    return remarks.get(name, []) if remarks else []


@register.simple_tag
def file_address(sheet: InitiativePage, image: Image) -> str:
    """Return where the members of the steward see an image they sent; empty for one that Dihal put there."""
    key = Upload.objects.filter(page=sheet.pk, image=image).values_list("pk", flat=True).first()
    return reverse("sheet-file", args=[sheet.pk, key]) if key else ""
