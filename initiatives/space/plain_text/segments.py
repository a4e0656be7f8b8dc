"""What a line says: stretches of text, each with its styles and its link; the same thing in one way only."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html import escape

BOLD, ITALIC, SUPERSCRIPT, LINK = "b", "i", "sup", "a"
_KINDS = (LINK, BOLD, ITALIC, SUPERSCRIPT)
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


def html_of(segments: tuple[Segment, ...]) -> str:
    """Return the HTML Wagtail stores for these segments."""
    return nested(segments, leaf=_html_leaf, wrap=_html_wrap)


def _html_leaf(segment: Segment, _around: frozenset[str]) -> str:
    return escape(segment.text, quote=False).replace("\n", "<br/>")


def _html_wrap(kind: str, address: str, inner: str, _before: str, _after: str) -> str:
    if kind != LINK:
        return f"<{kind}>{inner}</{kind}>"
    linked, _, key = address.partition(":")
    if linked in {"page", "document"} and key.isdecimal():
        return f'<a linktype="{linked}" id="{key}">{inner}</a>'
    return f'<a href="{escape(address)}">{inner}</a>'
