"""Turn texts written as plain paragraphs, in data files, into the rich text and blocks of the pages.

The markup is only what the starter pages and the demonstration need:

- paragraphs are separated by an empty line;
- lines that start with ``- `` make a list;
- ``[words](address)`` is a link, to ``https:``, ``mailto:`` or an address of the site;
- between blocks, ``## Title`` is a heading, and ``> Title`` starts a call-out that lasts until the empty line.
"""

import re
from html import escape
from typing import Any, Protocol

_LINK = re.compile(r"\[([^\[\]]+)\]\(((?:https://|mailto:|/)[^()\s]+)\)")
_PARAGRAPH_BREAK = re.compile(r"\n\s*\n")

Block = dict[str, Any]


def rich_text(*, text: str) -> str:
    """Return the HTML of some paragraphs and lists. Anything that looks like HTML in ``text`` is shown as typed."""
    return "".join(_paragraph(paragraph.strip()) for paragraph in _PARAGRAPH_BREAK.split(text) if paragraph.strip())


class Writer(Protocol):
    """What makes the HTML of some paragraphs and lists."""

    def __call__(self, *, text: str) -> str: ...


def content_blocks(*, text: str, write: Writer = rich_text) -> list[Block]:
    """Return the blocks of a page's free content, in the raw form a stream field is saved in.

    ``write`` reads what is neither a heading nor a call-out, where more than the markup above is typed.
    """
    blocks: list[Block] = []
    paragraphs: list[str] = []  # those of the text block under way

    def end_text() -> None:
        if paragraphs:
            blocks.append({"type": "text", "value": write(text="\n\n".join(paragraphs))})
            paragraphs.clear()

    for paragraph in filter(None, (part.strip() for part in _PARAGRAPH_BREAK.split(text))):
        if paragraph.startswith("## "):
            end_text()
            blocks.append({"type": "heading", "value": paragraph.removeprefix("## ")})
        elif paragraph.startswith("> "):
            end_text()
            title, _, body = paragraph.removeprefix("> ").partition("\n")
            blocks.append({"type": "callout", "value": {"title": title, "text": write(text=body)}})
        else:
            paragraphs.append(paragraph)
    end_text()
    return blocks


def _paragraph(paragraph: str) -> str:
    """One paragraph, or a list; lines before the first item of a list make a paragraph that introduces it."""
    introduction: list[str] = []
    items: list[list[str]] = []
    for line in paragraph.split("\n"):
        if line.startswith("- "):
            items.append([line.removeprefix("- ")])
        else:
            (items[-1] if items else introduction).append(line)
    html = f"<p>{_inline(introduction)}</p>" if introduction else ""
    if items:
        html += f"<ul>{''.join(f'<li>{_inline(lines)}</li>' for lines in items)}</ul>"
    return html


def _inline(lines: list[str]) -> str:
    text = escape(" ".join(line.strip() for line in lines), quote=False)
    return _LINK.sub(lambda match: f'<a href="{match[2].replace(chr(34), "%22")}">{match[1]}</a>', text)
