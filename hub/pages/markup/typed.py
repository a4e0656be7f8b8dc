import re
from collections.abc import Collection, Iterable, Iterator

from hub.pages.markup.inline import read_inline, write_inline
from hub.pages.markup.segments import BULLETS, HEADINGS, NUMBERS, PARAGRAPH, Block, canonical_blocks

# Typed out of habit: a text has no title above the third level.
_TAGS = {"##": "h3"} | {marks: tag for tag, marks in HEADINGS.items()}

_ITEM = re.compile(r"(?P<indent>[ \t]*)(?:(?P<bullet>-)|\d{1,4}\.)[ \t]+(?P<text>.*)")
_HEADING = re.compile(r"(?P<marks>#{2,4})[ \t]+(?P<text>.*)")


def read_typed(*, text: str, known: Collection[str]) -> list[Block]:
    found = _typed_blocks(typed_lists(text))
    return canonical_blocks(
        Block(tag, tuple(read_inline(text="\n".join(lines), known=known)), depth) for tag, lines, depth in found
    )


def _typed_blocks(text: str) -> Iterator[tuple[str, list[str], int]]:
    current: tuple[str, list[str], int] | None = None
    for line in text.split("\n"):
        content = line.strip(" \t")
        start = _block_started_by(line)
        if start is None and content and current is not None:
            current[1].append(content)
            continue
        if current is not None:
            yield current
        current = start or ((PARAGRAPH, [content], 0) if content else None)
        if current is not None and current[0] in HEADINGS:
            yield current
            current = None
    if current is not None:
        yield current


def _block_started_by(line: str) -> tuple[str, list[str], int] | None:
    if item := _ITEM.fullmatch(line):
        depth = len(item["indent"].replace("\t", "  ")) // 2
        return (BULLETS if item["bullet"] else NUMBERS, [item["text"].strip(" \t")], depth)
    if heading := _HEADING.fullmatch(line.strip(" \t")):
        return (_TAGS[heading["marks"]], [heading["text"]], 0)
    return None


def write_typed(*, blocks: Iterable[Block]) -> str:
    written = ""
    follows_item = False
    numbers: dict[int, tuple[str, int]] = {}
    for block in blocks:
        text = write_inline(segments=block.segments)
        if block.is_item:
            numbers = {depth: known for depth, known in numbers.items() if depth <= block.depth}
            tag, last = numbers.get(block.depth, ("", 0))
            numbers[block.depth] = (block.tag, last + 1 if tag == block.tag else 1)
            mark = "-" if block.tag == BULLETS else f"{numbers[block.depth][1]}."
            indent = "  " * block.depth
            text = f"{indent}{mark} " + text.replace("\n", f"\n{indent}  ")
        else:
            numbers = {}
            text = f"{HEADINGS[block.tag]} {text}" if block.tag in HEADINGS else text
        written += ("" if not written else "\n" if follows_item and block.is_item else "\n\n") + text
        follows_item = block.is_item
    return written


# --- lists as word processors and spreadsheets hand them over: « • … », « o … », « – … » ----------------------------

# The signs of one level of a list. Private characters are those of the Symbol and Wingdings fonts.
_FAMILIES = (
    "-\u2013\u2014\u2212",
    "•●·∙‣\u2043\uf0b7",
    "◦○",
    "▪■□▫§\uf0a7",
    "➢►▸➔→\uf0d8\uf0e0",
    "✓✔\uf0fc",
    "*",
)
_FAMILY_OF = {sign: family for family, signs in enumerate(_FAMILIES) for sign in signs} | {"o": 2}
_NUMBERED = -1
_TYPED = "-"
# Signs that begin a line for nothing else need no space after them.
_PASTED_ITEM = re.compile(
    r"(?P<indent>[ \t\u00a0]*)"
    r"(?:(?P<sign>[•●∙‣\u2043◦○▪■□▫➢►▸✓✔\uf0b7\uf0a7\uf0d8\uf0e0\uf0fc])[ \t\u00a0\u202f]*"
    r"|(?P<spaced>[-\u2013\u2014\u2212·§→➔*])[ \t\u00a0\u202f]+|(?P<hollow>o)(?:\t|[ \u00a0]{2})[ \t\u00a0]*"
    r"|(?P<number>\d{1,4}\.)[ \t\u00a0]+)(?P<text>\S.*)"
)


def typed_lists(text: str) -> str:
    """Return a text with its pasted lists written in the light markup; one that has none comes back as it is.

    A sign met inside a list for the first time begins a list inside it, as « – » under « • »; spaces before it say the
    same.
    """
    written: list[str] = []
    items: list[tuple[int, re.Match[str]]] = []  # the list under way: the place of each line, and what it holds
    is_after_empty = False
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        item = _PASTED_ITEM.fullmatch(line)
        if item:
            items.append((len(written), item))
        elif line.strip() and is_after_empty:
            # A paragraph: what follows is another list. A line right under an item goes on with it.
            _rewrite(written, items)
        written.append(line)
        is_after_empty = not line.strip()
    _rewrite(written, items)
    return "\n".join(written)


def _rewrite(written: list[str], items: list[tuple[int, re.Match[str]]]) -> None:
    if any(_sign(item) not in {_TYPED, ""} for _place, item in items):
        for (place, _item), line in zip(items, _as_typed([item for _place, item in items]), strict=True):
            written[place] = line
    items.clear()


def _as_typed(items: list[re.Match[str]]) -> Iterator[str]:
    levels: list[int] = []
    for item in items:
        family = _FAMILY_OF.get(_sign(item), _NUMBERED)
        indent = item["indent"].replace("\t", "  ").replace("\u00a0", " ")
        if not indent:
            del levels[levels.index(family) + 1 if family in levels else len(levels) :]
            if family not in levels:
                levels.append(family)
            indent = "  " * (len(levels) - 1)
        yield f"{indent}{item['number'] or _TYPED} {item['text']}"


def _sign(item: re.Match[str]) -> str:
    return item["sign"] or item["spaced"] or item["hollow"] or ""
