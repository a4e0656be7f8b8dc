import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from hub.pages.markup.segments import BOLD, ITALIC, LINK, SUPERSCRIPT, Segment, nested

_TOKEN = re.compile(r'\\(?P<escaped>[\\*_\[\]()^#.-])|\*\*|__|_|\^\(|\)|\[|\]\((?P<address>[^\s()<>"\\]{1,2000})\)')
_KIND_OF = {"**": BOLD, "__": ITALIC, "_": ITALIC, "^(": SUPERSCRIPT, "[": LINK}
_SAFE = re.compile(r"https://[\w-][^\s]*|mailto:[^\s@]+@[^\s@]+")
_ESCAPABLE = frozenset("\\*_[]()^#.-")
_MARKED_LINE = re.compile(r"^(#{2,4}(?= )|-(?= )|\*(?=[ \u00a0\u202f])|\d{1,4}(?=\. ))", re.MULTILINE)


@dataclass(slots=True)
class _Frame:
    """A mark that was opened: its sign, the node at ``position``, stays plain text if it is never closed."""

    sign: str
    position: int
    is_dead: bool = False


@dataclass(frozen=True, slots=True)
class _Mark:
    kind: str
    address: str
    children: list["_Node"]


_Node = str | _Mark


def read_inline(*, text: str, known: Collection[str]) -> list[Segment]:
    """Return the segments of a text; links go to safe addresses and to those already ``known``."""
    return _flat(_Reader(text=text, known=known).read(), frozenset(), "")


class _Reader:
    """Reads once from left to right: a closing sign goes with the nearest opening one, others stay plain text.

    What is read is in one list, opening signs included: giving one up costs nothing, and each node is moved once into
    each mark around it. A thousand brackets that nothing closes take no longer than a thousand letters.
    """

    def __init__(self, *, text: str, known: Collection[str]) -> None:
        self.text = text
        self.known = known
        self.nodes: list[_Node] = []
        self.frames: list[_Frame] = []
        self.open: Counter[str] = Counter()
        self.open_links: list[_Frame] = []

    def read(self) -> list[_Node]:
        position = 0
        for token in _TOKEN.finditer(self.text):
            self._add(self.text[position : token.start()])
            self._take(token)
            position = token.end()
        self._add(self.text[position:])
        return self.nodes

    def _take(self, token: re.Match[str]) -> None:
        sign = token[0]
        if token["escaped"]:
            self._add(token["escaped"])
        elif token["address"]:
            is_allowed = token["address"] in self.known or _SAFE.fullmatch(token["address"])
            if not is_allowed or not self._close("[", token["address"]):
                self._add(sign)
        elif sign == ")":
            if not self._close("^("):
                self._add(sign)
        elif sign == "[":
            self._open(sign)
        elif sign == "_":
            self._take_underscore(token)
        elif not self._close(sign):
            self._open(sign)

    def _take_underscore(self, token: re.Match[str]) -> None:
        """An underscore inside a word is part of the word."""
        start, end = token.span()
        before, after = self.text[max(start - 1, 0) : start], self.text[end : end + 1]
        if before.strip() and not after.isalnum() and self._close("_"):
            return
        if after.strip() and not before.isalnum() and not self.open["_"]:
            self._open("_")
        else:
            self._add("_")

    def _open(self, sign: str) -> None:
        if sign == "^(" and self.open[sign]:
            self._add(sign)
            return
        frame = _Frame(sign, len(self.nodes))
        self.frames.append(frame)
        self.nodes.append(sign)
        self.open[sign] += 1
        if sign == "[":
            self.open_links.append(frame)

    def _close(self, sign: str, address: str = "") -> bool:
        if not self.open[sign]:
            return False
        while self.frames[-1].sign != sign or self.frames[-1].is_dead:
            self._forget(self.frames.pop())
        frame = self.frames.pop()
        self._forget(frame)
        children = self.nodes[frame.position + 1 :]
        if not children:
            self._add(f"]({address})" if address else ")" if sign == "^(" else sign)
            return True
        del self.nodes[frame.position :]
        self.nodes.append(_Mark(_KIND_OF[sign], address, children))
        if sign == "[":
            # A link holds no link.
            for outer in self.open_links:
                outer.is_dead = True
            self.open_links.clear()
            self.open["["] = 0
        return True

    def _forget(self, frame: _Frame) -> None:
        """An opening sign that waits for nothing any more."""
        if frame.is_dead:
            return
        self.open[frame.sign] -= 1
        if frame.sign == "[":
            self.open_links.pop()

    def _add(self, text: str) -> None:
        if text:
            self.nodes.append(text)


def _flat(nodes: list[_Node], styles: frozenset[str], address: str) -> list[Segment]:
    found: list[Segment] = []
    for node in nodes:
        if isinstance(node, str):
            found.append(Segment(node, styles, address))
        elif node.kind == LINK:
            found += _flat(node.children, styles, node.address)
        else:
            found += _flat(node.children, styles | {node.kind}, address)
    return found


def write_inline(*, segments: tuple[Segment, ...]) -> str:
    return _MARKED_LINE.sub(_unmark_line, nested(segments, leaf=_write_leaf, wrap=_write_mark))


def _unmark_line(start: re.Match[str]) -> str:
    return f"{start[0]}\\" if start[0].isdigit() else f"\\{start[0]}"


def _write_mark(kind: str, address: str, inner: str, before: str, after: str) -> str:
    match kind:
        case "a":
            return f"[{inner}]({address})"
        case "b":
            return f"**{inner}**"
        case "sup":
            return f"^({inner})"
    touches_words = before.isalnum() or after.isalnum()
    sign = "__" if touches_words or inner[0].isspace() or inner[-1].isspace() else "_"
    return f"{sign}{inner}{sign}"


def _write_leaf(segment: Segment, around: frozenset[str]) -> str:
    text = segment.text
    return "".join(
        f"\\{sign}" if sign in _ESCAPABLE and _has_meaning(text, position, around) else sign
        for position, sign in enumerate(text)
    )


def _has_meaning(text: str, position: int, around: frozenset[str]) -> bool:  # noqa: PLR0911 — one for each sign
    """Whether a sign of a text could be read as a mark where it stands. At the ends of a text it always could."""
    before, after = text[position - 1 : position] if position else "", text[position + 1 : position + 2]
    match text[position]:
        case "\\":
            return not after or after in _ESCAPABLE
        case "*":
            return not before or not after or "*" in (before, after)
        case "_":
            return not (before.isalnum() and after.isalnum())
        case "^":
            return not after or after == "("
        case "]":
            return not after or after == "("
        case "[":
            return LINK in around
        case ")":
            return SUPERSCRIPT in around
    return False
