"""Addresses made from a name."""

from django.db.models import Model
from django.utils.text import slugify


def free_slug(*, model: type[Model], text: str) -> str:
    """Return an address for an entry called ``text`` that no other entry has; empty when no letter can make one."""
    length = int(getattr(model._meta.get_field("slug"), "max_length", 0))
    stem = slugify(text)[: length - 4].strip("-")
    rows = model._default_manager.filter(slug__startswith=stem).values_list("slug", flat=True) if stem else ()
    taken = set(rows)
    return next(slug for slug in (stem, *(f"{stem}-{n}" for n in range(2, len(taken) + 3))) if slug not in taken)
