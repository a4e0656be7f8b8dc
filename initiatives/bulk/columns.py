"""The columns of the file: what each is called, what it fills, what may be written there.

The template, the reading and the documentation all come from here: the fields of a sheet (``initiatives.fields``), and
what the import makes of a line besides. A heading is recognised whatever its case, accents and punctuation.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from hub.territories.names import normalise_name
from initiatives.fields import fields_in_order


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column. ``key`` is the field of the sheet it fills, or what the import makes of it."""

    key: str
    heading: str
    explanation: str
    example: str = ""
    is_required: bool = False


_BEFORE = (
    Column(
        key="external_id",
        heading="identifiant",
        explanation="Le vôtre, unique et stable : la même ligne importée de nouveau est la même fiche. 120 caractères.",
        example="FICHE-2026-001",
        is_required=True,
    ),
    Column(
        key="steward",
        heading="structure",
        explanation="Structure qui tient la fiche, déjà connue du hub. Vide : celle choisie pour tout l’import.",
        example="ADIL de l’Ain",
    ),
)
_AFTER = (
    Column(
        key="original_published_on",
        heading="publié à l’origine le",
        explanation="JJ/MM/AAAA, pour un contenu déjà publié ailleurs.",
    ),
    Column(key="original_modified_on", heading="modifié à l’origine le", explanation="JJ/MM/AAAA."),
)
# Facets stand together in the file.
_MOVED = {"audiences": "end_year", "territories": "audiences", "axes": "territories", "schemes": "axes"}

LONGEST_HEADING = 100  # characters, far more than any has
# Lines among which the headings are looked for: titles and notes may stand above them.
LINES_LOOKED_AT = 20


def columns() -> dict[str, Column]:
    """Return the columns by their keys, in the order of the template."""
    of_fields = (
        Column(
            key=field.name,
            heading=field.cell.heading or field.label[0].lower() + field.label[1:],
            explanation=field.cell.explanation,
            example=field.cell.example,
            is_required=field.cell.is_required,
        )
        for field in fields_in_order(moved=_MOVED)
        if field.cell is not None
    )
    return {column.key: column for column in (*_BEFORE, *of_fields, *_AFTER)}


def columns_of(texts: Iterable[str]) -> list[Column | None]:
    """Return the column each of these texts is the heading of; ``None`` for one that is no heading."""
    by_heading = {normalise_name(column.heading): column for column in columns().values()}
    return [by_heading.get(normalise_name(text[:LONGEST_HEADING])) for text in texts]


def known_headings(texts: Iterable[str]) -> list[Column]:
    """Return the columns that these texts are the headings of, those that are no heading left aside."""
    return [column for column in columns_of(texts) if column is not None]
