"""The texts of a sheet as people type them, without HTML: a light markup, and the way back.

Paragraphs are parted by an empty line; a single line break is kept. ``### Title`` and ``#### Title`` are headings;
lines that start with ``- `` or ``1. `` make lists, two spaces more for a list inside a list. Inside a line,
``**bold**``, ``_italic_`` (``__italic__`` in the middle of a word), ``^(superscript)`` and ``[words](address)``. A
backslash takes away the meaning of the sign that follows.
"""

import re
from collections.abc import Collection

from initiatives.space.plain_text.blocks import read_plain, write_html, write_plain
from initiatives.space.plain_text.reading import addresses_in, read_html


def to_plain(*, html: str) -> str:
    """Return rich text as it is edited."""
    return write_plain(blocks=read_html(html=html))


# What office programs put before each line of a list, when it is pasted as text; « o » and « § » are bullets of Word's.
_PASTED_BULLET = re.compile(
    r"^([ \t]*)(?:[•·●○▪■□◦‣\u2043∙►➢✓\uf0a7\uf0b7\uf0d8\u2219]|[o§](?=\t))[ \t\u00a0]*(?=\S)", re.MULTILINE
)


def with_lists(*, text: str) -> str:
    """Return a typed text whose lines pasted with bullets (« • », « · », « ▪ »…) are lists."""
    return _PASTED_BULLET.sub(r"\1- ", text)


def to_html(*, text: str, keep: str = "", known: Collection[str] | None = None) -> str:
    """Return the rich text of what was typed; nothing typed is read as HTML.

    Only ``https:`` and ``mailto:`` addresses become links. The other links of a text (pages and documents of the site)
    stay as long as they are in ``keep``, the HTML the person was given to edit: nobody links to a draft by guessing.
    ``to_html(text=to_plain(html=html), keep=html)`` says all that our rich text can
    (``hub.pages.blocks.RICH_TEXT_FEATURES``). ``known`` are the addresses of ``keep``, for who has read them already.
    """
    return write_html(blocks=read_plain(text=text, known=addresses_in(html=keep) if known is None else known))
