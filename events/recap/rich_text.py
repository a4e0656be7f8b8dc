"""The paragraphs of a recap as the rich text of a page."""

from collections.abc import Iterable
from html import escape
from itertools import groupby

from events.recap.text import Block, BlockKind

_LINKED = ("http://", "https://", "mailto:")


def rich_text(*, blocks: Iterable[Block]) -> str:
    """Return the HTML of some blocks: paragraphs, lists, headings, links to full addresses. Everything is escaped."""
    parts = []
    for is_list, group in groupby(blocks, key=lambda block: block.kind is BlockKind.LIST_ITEM):
        if is_list:
            parts.append(f"<ul>{''.join(f'<li>{_inline(block)}</li>' for block in group)}</ul>")
        else:
            parts.extend(_element(block) for block in group if block.text)
    return "".join(parts)


def _element(block: Block) -> str:
    tag = "h3" if block.kind is BlockKind.HEADING else "p"
    return f"<{tag}>{_inline(block)}</{tag}>"


def _inline(block: Block) -> str:
    html = []
    position = 0
    for link in block.links:
        if link.start < position or link.end <= link.start or not link.href.startswith(_LINKED):
            continue
        html.append(escape(block.text[position : link.start], quote=False))
        html.append(f'<a href="{escape(link.href)}">{escape(block.text[link.start : link.end], quote=False)}</a>')
        position = link.end
    html.append(escape(block.text[position:], quote=False))
    return "".join(html)
