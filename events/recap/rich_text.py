"""The paragraphs of a recap as the rich text of a page."""

from collections.abc import Iterable, Iterator
from html import escape
from itertools import groupby

from events.recap.text import Block, BlockKind

_DEEPEST = 4
_LINKED = ("http://", "https://", "mailto:")


def rich_text(*, blocks: Iterable[Block]) -> str:
    """Return the HTML of some blocks: paragraphs, lists, headings, links to full addresses. Everything is escaped."""
    parts: list[str] = []
    for is_list, group in groupby(blocks, key=lambda block: block.kind is BlockKind.LIST_ITEM):
        together = list(group)
        parts.extend(_list(together) if is_list else (_element(block) for block in together if block.text))
    return "".join(parts)


def _list(items: list[Block]) -> Iterator[str]:
    """Write a list, and the lists inside it, one step deeper at a time whatever the levels say."""
    highest = min(item.level for item in items)
    depth = -1
    for item in items:
        wanted = min(item.level - highest, depth + 1, _DEEPEST)
        if wanted > depth:
            yield "<ul>"
        else:
            yield f"</li>{'</ul></li>' * (depth - wanted)}"
        yield f"<li>{_inline(item)}"
        depth = wanted
    yield f"</li></ul>{'</li></ul>' * depth}"


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
