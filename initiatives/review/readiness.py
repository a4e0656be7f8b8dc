"""Whether a sheet may be sent or published, and what it lacks."""

from collections.abc import Iterator
from itertools import chain, count

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.html import strip_tags
from django.utils.text import slugify
from wagtail.blocks.stream_block import StreamBlockValidationError

from hub.refusals import Refused
from initiatives.completeness import completeness_of
from initiatives.fields import FIELDS, Kind, field_label
from initiatives.models import InitiativeIndexPage, InitiativePage


class ReviewRefused(Refused):
    """The act is not possible as things stand; ``fields``: what is missing or wrong in the text, if that is why."""


_LONGEST_SLUG = 80


def require_ready(*, text: InitiativePage) -> None:
    """Raise ``ReviewRefused``, by field, for a text that lacks something, or could not be published as it is."""
    if missing := completeness_of(text=text).missing_required:
        listed = ", ".join(item.label[0].lower() + item.label[1:] for item in missing)
        raise ReviewRefused(
            f"Il manque encore à la fiche : {listed}.", fields={item.field: item.why for item in missing}
        )
    if wrong := dict(_errors(text=text)):
        named = " ".join(f"{field_label(name=name)} : {words}" for name, words in wrong.items())
        raise ReviewRefused(f"La fiche ne peut pas être publiée telle quelle. {named}", fields=wrong)


def _errors(*, text: InitiativePage) -> Iterator[tuple[str, str]]:
    try:
        text.full_clean()
    except ValidationError as error:
        yield from ((name, " ".join(words)) for name, words in error.message_dict.items())
    for field in text._meta.fields:
        # Django checks the length of a long text in forms only.
        if isinstance(field, models.TextField) and field.max_length:
            length = len(getattr(text, field.name))
            if length > field.max_length:
                yield field.name, f"{field.max_length} caractères au plus (il y en a {length})."
    if text.start_year and text.end_year and text.end_year < text.start_year:
        yield "end_year", "L’initiative ne peut pas finir avant d’avoir commencé."
    try:
        text.body.stream_block.clean(text.body)
    except (StreamBlockValidationError, ValidationError):
        yield "body", "un bloc est incomplet ou incorrect."
    for relation in (name for name, field in FIELDS.items() if field.kind is Kind.ROWS):
        for child in getattr(text, relation).all():
            try:
                child.full_clean(exclude=["page"])
            except ValidationError as error:
                yield relation, " ".join(error.messages)


def give_address(*, text: InitiativePage) -> None:
    """Give a text never published the address its title deserves, in the text and in the row, and keep it free.

    Call it inside a transaction: sheets that are given an address wait for one another.
    """
    list(InitiativeIndexPage.objects.select_for_update(of=("self",)))
    wanted = slugify(strip_tags(text.title))[:_LONGEST_SLUG].strip("-") or f"fiche-{text.pk}"
    former = text.slug
    taken = set(
        InitiativePage.objects.sibling_of(text, inclusive=True)
        .exclude(pk=text.pk)
        .filter(slug__startswith=wanted)
        .values_list("slug", flat=True)
    )
    numbered = (f"{wanted}-{number}" for number in count(2))
    text.slug = slug = next(slug for slug in chain([wanted], numbered) if slug not in taken)
    if slug != former or not InitiativePage.objects.filter(pk=text.pk, slug=slug).exists():
        row = InitiativePage.objects.get(pk=text.pk)
        row.slug = slug
        row.save(clean=False, update_fields=["slug", "url_path"])
