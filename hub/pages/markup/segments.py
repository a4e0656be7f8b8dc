"""What a text says: paragraphs, titles and items, made of stretches of text; the same thing in one way only."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

BOLD, ITALIC, SUPERSCRIPT, LINK = "b", "i", "sup", "a"
_KINDS = (LINK, BOLD, ITALIC, SUPERSCRIPT)
PARAGRAPH, BULLETS, NUMBERS = "p", "ul", "ol"
HEADINGS = {"h3": "###", "h4": "####"}
DEEPEST = 4
# White space as HTML has it: a no-break space is none.
_SPACES = re.compile(r"[ \t\r\f]+")
_AROUND_BREAK = re.compile(r" ?\n[ \n]*")


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of text; a line break is one character. ``address`` is that of the link it belongs to, if any."""

    text: str
    styles: frozenset[str] = frozenset()
    address: str = ""

    def value(self, kind: str) -> str:
        """What this segment has of a kind of mark: an address, the name of a style, or nothing."""
        return self.address if kind == LINK else kind if kind in self.styles else ""


@dataclass(slots=True)
class _Stretch:
    """A segment being put together: joining its pieces one by one would copy it as many times."""

    pieces: list[str]
    styles: frozenset[str]
    address: str


def canonical(segments: Iterable[Segment], *, on_one_line: bool = False) -> tuple[Segment, ...]:
    """Return the segments with white space as a browser shows it, and neighbours of the same kind joined."""
    kept: list[_Stretch] = []
    for segment in segments:
        text = _SPACES.sub(" ", segment.text.replace("\n", " ") if on_one_line else segment.text)
        text = _AROUND_BREAK.sub("\n", text)
        before = _last_character(kept)
        if before in " \n":
            text = text.lstrip(" \n") if before == "\n" else text.removeprefix(" ")
        if before == " " and text.startswith("\n"):
            _drop_last_character(kept)
            if _last_character(kept) == "\n":
                text = text.lstrip(" \n")
        if not text:
            continue
        if kept and (kept[-1].styles, kept[-1].address) == (segment.styles, segment.address):
            kept[-1].pieces.append(text)
        else:
            kept.append(_Stretch([text], segment.styles, segment.address))
    while kept and _last_character(kept) in " \n":
        _drop_last_character(kept)
    return tuple(Segment("".join(stretch.pieces), stretch.styles, stretch.address) for stretch in kept)


def _last_character(kept: list[_Stretch]) -> str:
    """A text begins as if after a line break."""
    return kept[-1].pieces[-1][-1] if kept else "\n"


def _drop_last_character(kept: list[_Stretch]) -> None:
    pieces = kept[-1].pieces
    last = pieces.pop()
    if len(last) > 1:
        pieces.append(last[:-1])
    elif not pieces:
        kept.pop()


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a heading, or one item of a list, ``depth`` lists inside the first."""

    tag: str
    segments: tuple[Segment, ...]
    depth: int = 0

    @property
    def is_item(self) -> bool:
        return self.tag in {BULLETS, NUMBERS}


def canonical_blocks(blocks: Iterable[Block]) -> list[Block]:
    """Return the blocks that say something, lists inside lists one step deeper at a time."""
    kept: list[Block] = []
    for block in blocks:
        segments = canonical(block.segments, on_one_line=block.tag in HEADINGS)
        if segments:
            deepest = kept[-1].depth + 1 if kept and kept[-1].is_item else 0
            kept.append(Block(block.tag, segments, min(block.depth, deepest, DEEPEST) if block.is_item else 0))
    return kept


def nested(
    segments: tuple[Segment, ...],
    *,
    leaf: Callable[[Segment, frozenset[str]], str],
    wrap: Callable[[str, str, str, str, str], str],
    around: frozenset[str] = frozenset(),
    before: str = "",
    after: str = "",
) -> str:
    """Write segments with marks inside marks, the longest outside.

    ``leaf`` writes a text, given the kinds of marks around it; ``wrap(kind, address, inner, before, after)`` writes a
    mark, given what is written inside and the letters of the text on each side of it.
    """
    written: list[str] = []
    position = 0
    while position < len(segments):
        left = segments[position - 1].text[-1] if position else before
        runs = {kind: _run(segments, position, kind) for kind in _KINDS if kind not in around}
        kind = max(runs, key=lambda kind: runs[kind], default="")
        length = runs.get(kind, 0)
        if not length:
            written.append(leaf(segments[position], around))
            position += 1
            continue
        end = position + length
        right = segments[end].text[0] if end < len(segments) else after
        inside = segments[position:end]
        inner = nested(inside, leaf=leaf, wrap=wrap, around=around | {kind}, before=left, after=right)
        written.append(wrap(kind, inside[0].address, inner, left, right))
        position = end
    return "".join(written)


def _run(segments: tuple[Segment, ...], start: int, kind: str) -> int:
    """How many segments, from ``start``, share what the first has of this kind; 0 when it has nothing."""
    value = segments[start].value(kind)
    if not value:
        return 0
    end = start
    while end < len(segments) and segments[end].value(kind) == value:
        end += 1
    return end - start
