"""Rich text as people type it, without HTML: one light markup, for forms, imports and data files, and the way back.

Paragraphs are parted by an empty line; a single line break is kept. ``### Title`` and ``#### Title`` are titles;
lines that start with ``- `` or ``1. `` make lists, two spaces more for a list inside a list; so do the signs of lists
that are pasted (« • », « – »…). Inside a line, ``**bold**``, ``_italic_`` (``__italic__`` in the middle of a word),
``^(superscript)`` and ``[words](address)``. A backslash takes away the meaning of the sign that follows.

``content`` reads free content in the same way, titles of the second level and call-outs besides.
"""

from collections.abc import Collection

from hub.pages.markup.html import read_html, write_html
from hub.pages.markup.typed import read_typed, write_typed


def to_plain(*, html: str) -> str:
    return write_typed(blocks=read_html(html=html))


def to_html(*, text: str, known: Collection[str] = ()) -> str:
    """Return the rich text of what was typed; nothing typed is read as HTML.

    Only ``https:`` and ``mailto:`` addresses become links. The other links of a text (pages and documents of the site)
    stay as long as they are ``known``, those of the HTML the person was given to edit (``html.addresses_in``): nobody
    links to a draft by guessing. ``to_html(text=to_plain(html=html), known=addresses_in(html=html))`` says all that our
    rich text can (``hub.pages.blocks.RICH_TEXT_FEATURES``).
    """
    return write_html(blocks=read_typed(text=text, known=known))
