import re
from collections.abc import Iterable, Iterator
from html import escape

from bs4 import BeautifulSoup
from bs4.element import Comment, NavigableString, Tag

from hub.pages.markup.segments import (
    BOLD,
    BULLETS,
    DEEPEST,
    ITALIC,
    LINK,
    NUMBERS,
    PARAGRAPH,
    SUPERSCRIPT,
    Block,
    Segment,
    canonical_blocks,
    nested,
)

_STYLES = {"b": BOLD, "strong": BOLD, "i": ITALIC, "em": ITALIC, "sup": SUPERSCRIPT}
_HEADINGS = {"h1": "h3", "h2": "h3", "h3": "h3", "h4": "h4", "h5": "h4", "h6": "h4"}
_BLOCKS = {"p", "div", "blockquote", "section", "table", "tr", "td", "hr", *_HEADINGS}
_LISTS = {BULLETS, NUMBERS}
_UNREADABLE = re.compile(r'[\s()<>"\\]')
_SCHEME = re.compile(r"(?:https?|mailto|tel|page|document):|[/#?]", re.IGNORECASE)


def read_html(*, html: str) -> list[Block]:
    """Return the blocks of rich text; what our features cannot say keeps its words."""
    return canonical_blocks(_blocks(BeautifulSoup(html, "html.parser"), tag=PARAGRAPH, depth=0))


def addresses_in(*, html: str) -> frozenset[str]:
    """Return the addresses rich text links to, as the markup writes them (``page:12`` for a page of the site)."""
    if "<a" not in html:
        return frozenset()
    return frozenset(filter(None, (_address(anchor) for anchor in BeautifulSoup(html, "html.parser").find_all("a"))))


def _blocks(node: Tag, *, tag: str, depth: int) -> Iterator[Block]:
    """Yield what a node holds: its own text as one block, the blocks and lists inside it after."""
    own: list[Segment] = []
    for child in node.children:
        name = child.name if isinstance(child, Tag) else ""
        if not isinstance(child, Tag) or (name not in _BLOCKS and name not in _LISTS and name != "li"):
            own += _segments(child, frozenset(), "")
            continue
        if own:
            yield Block(tag, tuple(own), depth)
            own = []
        if name in _LISTS:
            inside = min(depth + 1, DEEPEST) if tag in _LISTS and node.name == "li" else 0
            yield from _blocks(child, tag=name, depth=inside)
        elif name == "li":
            yield from _blocks(child, tag=tag if tag in _LISTS else BULLETS, depth=depth)
        else:
            yield from _blocks(child, tag=_HEADINGS.get(name, tag), depth=depth)
    if own:
        yield Block(tag, tuple(own), depth)


def _segments(node: object, styles: frozenset[str], address: str) -> Iterator[Segment]:
    if isinstance(node, Comment):
        return
    if isinstance(node, NavigableString):
        yield Segment(str(node).replace("\n", " "), styles, address)
    elif isinstance(node, Tag):
        if node.name == "br":
            yield Segment("\n", styles, address)
        style = _STYLES.get(node.name)
        inner_styles = styles | {style} if style else styles
        inner_address = (_address(node) or address) if node.name == "a" else address
        for child in node.children:
            yield from _segments(child, inner_styles, inner_address)


def _address(anchor: Tag) -> str:
    linked, key = anchor.get("linktype"), str(anchor.get("id") or "")
    if linked in {"page", "document"} and key.isdecimal():
        return f"{linked}:{key}"
    href = str(anchor.get("href") or "").strip()
    if not _SCHEME.match(href):
        return ""
    return _UNREADABLE.sub(lambda sign: "".join(f"%{byte:02X}" for byte in sign[0].encode()), href)


def write_html(*, blocks: Iterable[Block]) -> str:
    pieces: list[str] = []
    lists: list[str] = []
    for block in blocks:
        while lists and (not block.is_item or len(lists) > block.depth + 1):
            pieces.append(f"</li></{lists.pop()}>")
        inner = nested(block.segments, leaf=_leaf, wrap=_wrap)
        if not block.is_item:
            pieces.append(f"<{block.tag}>{inner}</{block.tag}>")
            continue
        if len(lists) == block.depth + 1:
            pieces.append("</li>" if lists[-1] == block.tag else f"</li></{lists.pop()}>")
        if len(lists) <= block.depth:
            lists.append(block.tag)
            pieces.append(f"<{block.tag}>")
        pieces.append(f"<li>{inner}")
    pieces += [f"</li></{tag}>" for tag in reversed(lists)]
    return "".join(pieces)


def _leaf(segment: Segment, _around: frozenset[str]) -> str:
    return escape(segment.text, quote=False).replace("\n", "<br/>")


def _wrap(kind: str, address: str, inner: str, _before: str, _after: str) -> str:
    if kind != LINK:
        return f"<{kind}>{inner}</{kind}>"
    linked, _, key = address.partition(":")
    if linked in {"page", "document"} and key.isdecimal():
        return f'<a linktype="{linked}" id="{key}">{inner}</a>'
    return f'<a href="{escape(address)}">{inner}</a>'
