"""A text of a sheet in plain words, field by field: what two versions are compared by."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from bs4 import BeautifulSoup
from bs4.element import NavigableString, Tag
from wagtail.blocks import ListBlock, RichTextBlock, StreamBlock, StructBlock
from wagtail.documents import get_document_model

from hub.pages.typography import figure_words
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


def names(*, things: Iterable[Any], by: str) -> list[str]:
    """The names of vocabulary entries, in their order."""
    return [str(getattr(thing, by)) for thing in things]
