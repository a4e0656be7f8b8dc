"""Paragraphs, headings and lists: read from what is typed, written for people and for the database."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from initiatives.space.plain_text.inline import read_inline, write_inline
from initiatives.space.plain_text.segments import Segment, canonical, html_of

PARAGRAPH, BULLETS, NUMBERS = "p", "ul", "ol"
HEADINGS = {"###": "h3", "####": "h4"}
# Typed out of habit: a text has no heading above the third level.
_READ_AS = {"##": "h3", **HEADINGS}
DEEPEST = 4

_ITEM = re.compile(r"(?P<indent>[ \t]*)(?:(?P<bullet>-)|\d{1,4}\.)[ \t]+(?P<text>.*)")
_HEADING = re.compile(r"(?P<marks>#{2,4})[ \t]+(?P<text>.*)")
_MARKS = {tag: marks for marks, tag in HEADINGS.items()}


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a heading, or one item of a list, ``depth`` lists inside the first."""

    tag: str
    segments: tuple[Segment, ...]
    depth: int = 0

    @property
    def is_item(self) -> bool:
        """Whether it belongs to a list."""
        return self.tag in {BULLETS, NUMBERS}


def canonical_blocks(blocks: Iterable[Block]) -> list[Block]:
    """Return the blocks that say something, lists inside lists one step deeper at a time."""
    kept: list[Block] = []
    for block in blocks:
        segments = canonical(block.segments, on_one_line=block.tag in _MARKS)
        if segments:
            deepest = kept[-1].depth + 1 if kept and kept[-1].is_item else 0
            kept.append(Block(block.tag, segments, min(block.depth, deepest, DEEPEST) if block.is_item else 0))
    return kept


def read_plain(*, text: str, known: Collection[str]) -> list[Block]:
    """Return the blocks of a typed text; ``known`` addresses are allowed in links beside the safe ones."""
    found = _typed_blocks(text.replace("\r\n", "\n").replace("\r", "\n"))
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
        if current is not None and current[0] in _MARKS:
            yield current
            current = None
    if current is not None:
        yield current


def _block_started_by(line: str) -> tuple[str, list[str], int] | None:
    if item := _ITEM.fullmatch(line):
        depth = len(item["indent"].replace("\t", "  ")) // 2
        return (BULLETS if item["bullet"] else NUMBERS, [item["text"].strip(" \t")], depth)
    if heading := _HEADING.fullmatch(line.strip(" \t")):
        return (_READ_AS[heading["marks"]], [heading["text"]], 0)
    return None


def write_plain(*, blocks: Iterable[Block]) -> str:
    """Return the text a person edits."""
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
            text = f"{_MARKS[block.tag]} {text}" if block.tag in _MARKS else text
        written += ("" if not written else "\n" if follows_item and block.is_item else "\n\n") + text
        follows_item = block.is_item
    return written


def write_html(*, blocks: Iterable[Block]) -> str:
    """Return the HTML Wagtail stores."""
    pieces: list[str] = []
    lists: list[str] = []
    for block in blocks:
        while lists and (not block.is_item or len(lists) > block.depth + 1):
            pieces.append(f"</li></{lists.pop()}>")
        inner = html_of(block.segments)
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
