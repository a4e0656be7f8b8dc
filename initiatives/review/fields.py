"""The parts of a sheet a reviewer may comment: their names for people, and where the partner corrects them."""

from django.urls import reverse

from initiatives.space.steps import LABELS, anchor_of, step_of


def field_label(*, name: str) -> str:
    """Return what people call a field of the sheet: « Chiffres clés »; a name that is no field is returned as it is."""
    return LABELS.get(name, name)


def field_address(*, page_id: int, name: str) -> str:
    """Return the path where the partner corrects a field: its step of the form, or the sheet for another name."""
    if name not in LABELS:
        return reverse("sheet", args=[page_id])
    return f"{reverse('sheet-step', args=[page_id, step_of(name).slug])}#{anchor_of(name)}"
