import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from bs4 import BeautifulSoup
from bs4.element import NavigableString, Tag
from django.db.models import prefetch_related_objects
from django.utils import timezone
from wagtail.blocks import ListBlock, RichTextBlock, StreamBlock, StructBlock
from wagtail.documents import get_document_model

from hub.pages.prose import figure_words
from initiatives.enums import PartnershipRole
from initiatives.models import InitiativeKeyFigure, InitiativePage, Partnership

_ENDS_A_LINE = {"p", "h2", "h3", "h4", "h5", "ul", "ol", "li", "br", "hr", "blockquote", "table", "tr"}


def plain_text(*, html: str) -> str:
    """Return the words of rich text, a line for each paragraph, with the target of each link after its words."""
    pieces: list[str] = []
    _read(BeautifulSoup(html, "html.parser"), pieces)
    lines = (" ".join(line.split()) for line in "".join(pieces).split("\n"))
    return "\n".join(line for line in lines if line and line != "–")


def _read(node: Tag, pieces: list[str]) -> None:
    for child in node.children:
        if isinstance(child, NavigableString):
            pieces.append(re.sub(r"\s+", " ", str(child)))
        elif isinstance(child, Tag):
            pieces.append("\n– " if child.name == "li" else "\n" if child.name in _ENDS_A_LINE else "")
            _read(child, pieces)
            target = _target(child) if child.name == "a" else ""
            pieces.append(f" ({target})" if target else "\n" if child.name in _ENDS_A_LINE else "")


def _target(anchor: Tag) -> str:
    if anchor.get("href"):
        return str(anchor["href"])
    kind = "document" if anchor.get("linktype") == "document" else "page"
    return f"{kind} {anchor['id']}" if anchor.get("id") else ""


def stream_text(*, stream: Any) -> str:
    """Return the words of free content: a line for each value of each block, after the name of the block."""
    return "\n".join(
        line for child in stream for line in (f"[{child.block.label}]", *_block_lines(child.block, child.value)) if line
    )


def _block_lines(block: Any, value: Any) -> Iterator[str]:
    if not value:
        return
    if isinstance(block, RichTextBlock):
        yield from plain_text(html=value.source).split("\n")
    elif isinstance(block, StreamBlock):
        for child in value:
            yield from _block_lines(child.block, child.value)
    elif isinstance(block, ListBlock):
        for item in value:
            yield from _block_lines(block.child_block, item)
    elif isinstance(block, StructBlock):
        for name, child_block in block.child_blocks.items():
            yield from _block_lines(child_block, value.get(name))
    elif isinstance(value, dict) and "data" in value:  # a table
        yield from (" | ".join(str(cell or "") for cell in row) for row in value["data"] or [])
    else:
        yield from (line.strip() for line in str(value).splitlines())


def part_words(*, partnership: Partnership) -> str:
    """What a sheet says of one partner, with its name: « ADIL de l’Ain – Partenaire : suit les ménages »."""
    return f"{partnership.organisation.name} – {part_statement(partnership=partnership)}"


def part_statement(*, partnership: Partnership) -> str:
    """What a sheet says of one partner, its name aside: a structure may change its name and have said the same."""
    role = str(partnership.get_role_display())
    return f"{role} : {partnership.contribution}" if partnership.contribution else role


def figure_text(*, figure: InitiativeKeyFigure) -> str:
    """A key figure with all that is known of it: « plus de 52 M€ consacrés (2021, source : bilan) »."""
    words = figure_words(qualifier=figure.qualifier_label, value=figure.value, unit=figure.unit)
    known = [str(figure.year or ""), f"source : {figure.source}" if figure.source else ""]
    details = ", ".join(detail for detail in known if detail)
    return f"{words} {figure.label} ({details})" if details else f"{words} {figure.label}"


def document_titles(*, sheet: InitiativePage) -> list[str]:
    """The documents of a text; a document deleted since has no title any more, and is left out."""
    links = list(sheet.documents.all())
    found = get_document_model().objects.in_bulk([link.document_id for link in links])
    return [
        f"{link.title or found[link.document_id].title} ({found[link.document_id].filename})"
        for link in links
        if link.document_id in found
    ]


def row_words(*, sheet: InitiativePage, name: str) -> list[str]:
    return _ROW_WORDS[name](sheet)


_ROW_WORDS: dict[str, Callable[[InitiativePage], list[str]]] = {
    "partnerships": lambda sheet: [
        part_words(partnership=part) for part in sheet.partnerships.all().select_related("organisation")
    ],
    "key_figures": lambda sheet: [figure_text(figure=figure) for figure in sheet.key_figures.all()],
    "documents": lambda sheet: document_titles(sheet=sheet),
}


def choice_label(*, sheet: InitiativePage, name: str) -> str:
    return str(getattr(sheet, f"get_{name}_display")())


# A publication confirms the sheet by itself: its date is said already.
AT_ONCE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class PartnersOfRole:
    """The partners who take part in the same way, under a heading in the singular or the plural."""

    heading: str
    partnerships: list[Partnership]


def partners_by_role(*, page: InitiativePage) -> list[PartnersOfRole]:
    """Return the partners by role, leaders first, roles nobody holds left out; one query for the whole sheet.

    What several parts of the page read is read here, once.
    """
    if page.pk:
        prefetch_related_objects(
            [page],
            "partnerships__organisation",
            "key_figures",
            "documents__document",
            "audiences",
            "territories",
        )
    partnerships = list(page.partnerships.all())
    groups = [
        (role, [partnership for partnership in partnerships if partnership.role == role]) for role in PartnershipRole
    ]
    return [PartnersOfRole(_heading(role, len(members)), members) for role, members in groups if members]


def _heading(role: PartnershipRole, count: int) -> str:
    return f"{role.label}s" if count > 1 else str(role.label)


@dataclass(frozen=True, slots=True)
class Assurances:
    """What was said of a published sheet by those who know: still true, and which structures confirm their part."""

    confirmed_on: date | None = None
    confirmed_organisations: frozenset[int] = frozenset()


def assurances_of(*, page: InitiativePage) -> Assurances:
    """Return what was confirmed of the text shown; one query. A part told otherwise since is not confirmed."""
    if not page.pk:
        return Assurances()
    rows = list(
        InitiativePage.objects.filter(pk=page.pk).values_list(
            "dossier__confirmed_at",
            "part_confirmations__organisation",
            "part_confirmations__is_confirmed",
            "part_confirmations__statement",
        )
    )
    said: dict[int, list[str]] = {}
    for partnership in page.partnerships.all():
        said.setdefault(partnership.organisation_id, []).append(part_statement(partnership=partnership))
    confirmed_at = rows[0][0] if rows else None
    published_at = page.last_published_at
    is_said_since = confirmed_at and published_at and confirmed_at - published_at > AT_ONCE
    return Assurances(
        confirmed_on=timezone.localdate(confirmed_at) if is_said_since else None,
        confirmed_organisations=frozenset(
            organisation
            for _at, organisation, is_confirmed, statement in rows
            if is_confirmed and statement == "\n".join(said.get(organisation, []))
        ),
    )
