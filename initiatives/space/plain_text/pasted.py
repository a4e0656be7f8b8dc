"""Lists as word processors and spreadsheets hand them over, in plain text: « • … », « o … », « – … »."""

import re
from collections.abc import Iterator

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
_ITEM = re.compile(
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
        item = _ITEM.fullmatch(line)
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
