"""The free content of a sheet when it is made of titles and texts only: then partners edit it as one plain text.

What Dihal composed with other blocks (tables, videos…) is shown to them, not edited.
"""

import re
from collections.abc import Collection
from html import escape
from typing import Any

from wagtail.blocks import StreamValue

from initiatives.space.plain_text import to_html, to_plain
from initiatives.space.plain_text.blocks import PARAGRAPH, Block, read_plain, write_plain
from initiatives.space.plain_text.pasted import typed_lists
from initiatives.space.plain_text.reading import addresses_in
from initiatives.space.plain_text.segments import Segment

EDITABLE = frozenset({"heading", "text"})
_TITLE = re.compile(r"##[ \t]+(?P<title>.*)")


def is_editable(*, body: StreamValue) -> bool:
    """Whether a free content can be edited as plain text."""
    return all(child.block_type in EDITABLE for child in body)


def plain_of(*, body: StreamValue) -> str:
    """Return a free content as it is edited; empty when it cannot be."""
    if not is_editable(body=body):
        return ""
    return "\n\n".join(filter(None, (_plain_child(child) for child in body)))


def _plain_child(child: Any) -> str:
    if child.block_type == "text":
        return to_plain(html=child.value.source)
    # A title is plain text: what looks like a mark in it is protected, as it would be in a paragraph.
    title = write_plain(blocks=[Block(PARAGRAPH, (Segment(" ".join(str(child.value).split())),))])
    return f"## {title}" if title else ""


def html_of(*, text: str, keep: str = "", known: Collection[str] | None = None) -> str:
    """Return a typed free content as one HTML, for the visual editor: its titles are headings of the second level."""
    return "".join(
        f"<h2>{escape(block['value'])}</h2>" if block["type"] == "heading" else str(block["value"])
        for block in blocks_of(text=text, keep=keep, known=known)
    )


def blocks_of(*, text: str, keep: str, known: Collection[str] | None = None) -> list[dict[str, Any]]:
    """Return the blocks of a typed free content, in the raw form a stream field is saved in.

    ``keep`` and ``known``: see ``initiatives.space.plain_text.to_html``.
    """
    blocks: list[dict[str, Any]] = []
    lines: list[str] = []
    known = addresses_in(html=keep) if known is None else known  # read once, however many titles there are
    for line in [*typed_lists(text).split("\n"), "## "]:
        title = _TITLE.fullmatch(line.strip(" \t") + " " if line == "## " else line.strip(" \t"))
        if title is None:
            lines.append(line)
            continue
        html = to_html(text="\n".join(lines), known=known)
        if html:
            blocks.append({"type": "text", "value": html})
        lines = []
        words = _plain_words(title["title"])
        if words:
            blocks.append({"type": "heading", "value": words})
    return blocks


def _plain_words(title: str) -> str:
    return " ".join("".join(s.text for s in block.segments) for block in read_plain(text=title, known=())).strip()
