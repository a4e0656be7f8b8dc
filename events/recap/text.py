"""The text of a recap as the reader hands it to the parser: ordered blocks, their links, their sentences."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum
from functools import lru_cache

from events.recap.typography import tokens_of


class BlockKind(Enum):
    """What a block was in the source."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list_item"
    QUOTE = "quote"
    TABLE_ROW = "table_row"
    EMBED = "embed"  # a player or another frame: a link, no text


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link of a block: ``start`` and ``end`` are the offsets of its words in the text of the block."""

    href: str
    text: str = ""
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A paragraph, heading or list item. ``level`` is that of a heading (1 to 6) or of an item (from 1), 0 elsewhere.

    ``is_strong`` says that all the words of a paragraph are set in bold, as editors do instead of a heading.
    """

    index: int
    kind: BlockKind
    text: str
    level: int = 0
    links: tuple[Link, ...] = ()
    is_strong: bool = False

    def part(self, *, start: int, end: int | None = None) -> "Block":
        """Return the part of the block between two offsets, its links moved along; trimmed of surrounding spaces."""
        stop = len(self.text) if end is None else end
        piece = self.text[start:stop]
        start += len(piece) - len(piece.lstrip())
        piece = piece.strip()
        stop = start + len(piece)
        links = tuple(
            replace(link, start=max(link.start, start) - start, end=min(link.end, stop) - start)
            for link in self.links
            if link.start < stop and link.end > start
        )
        return replace(self, text=piece, links=links)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecapText:
    """A recap that was read: its blocks in order, and what the reader set aside.

    ``chrome`` holds the menus, share buttons and other furniture of the page: not content, but never lost either.
    ``base_url`` is the address of the page when the HTML says it, "" otherwise.
    """

    blocks: tuple[Block, ...]
    chrome: tuple[Block, ...] = ()
    source_format: str = "text"
    encoding: str = "utf-8"
    filename: str = ""
    base_url: str = ""

    def folded_words(self) -> frozenset[str]:
        """Return the distinct words of the content, folded."""
        return frozenset(token.folded for block in self.blocks for token in tokens_of(text=block.text))

    def sentences(self) -> Iterator[tuple[Block, str]]:
        """Yield every sentence of the content and of the chrome with its block."""
        for block in (*self.blocks, *self.chrome):
            for sentence in split_sentences(text=block.text):
                yield block, sentence.text


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence and where it starts in the text it comes from."""

    start: int
    text: str

    @property
    def end(self) -> int:
        return self.start + len(self.text)


_ABBREVIATIONS = frozenset(
    "m mm mme mmes mlle mlles dr me pr prof st ste cf ex p pp art al av bd env vol no n chap fig réf resp dir tél "
    "janv févr fév avr juil sept oct nov déc c.-à-d i.e e.g hab nb approx".split()
)
# The look-behind starts each match at the first sign of a run: a megabyte of dots is read once, not once per dot.
_STOP = re.compile(r"(?<![.!?…])[.!?…]+[»”\"’')\]]?(?:\s?»)?\s+(?=[«“\"(\[\d–—-]|[^\W_a-zà-öø-ÿœ])")
_LONGEST_ABBREVIATION = 12
_MAX_KEPT = 5_000
_WORD_BEFORE = re.compile(r"[^\s(«“\"’']*\Z")


def split_sentences(*, text: str) -> tuple[Sentence, ...]:
    """Split a text at the ends of its sentences; joined again, the sentences are the text, spaces aside.

    A dot after an abbreviation (« M. », « cf. »), an initial (« J. ») or a number at the start (« 1. ») ends nothing.
    """
    return _split_kept(text) if len(text) <= _MAX_KEPT else _split_long_kept(text)


def _split(text: str) -> tuple[Sentence, ...]:
    sentences = []
    start = 0
    for stop in _STOP.finditer(text):
        if stop.group()[0] == "." and _ends_nothing(text=text, start=start, dot=stop.start()):
            continue
        sentences.append(_trimmed(text=text, start=start, end=stop.end()))
        start = stop.end()
    sentences.append(_trimmed(text=text, start=start, end=len(text)))
    return tuple(sentence for sentence in sentences if sentence.text)


# Each finder reads the same paragraphs in turn; long texts are few, and kept few.
_split_kept = lru_cache(maxsize=512)(_split)
_split_long_kept = lru_cache(maxsize=2)(_split)


def _ends_nothing(*, text: str, start: int, dot: int) -> bool:
    """Say whether the dot at an offset belongs to an abbreviation, an initial or a leading number."""
    before = text[max(start, dot - _LONGEST_ABBREVIATION) : dot]
    found = _WORD_BEFORE.search(before)
    word = found.group() if found else ""
    if word.casefold() in _ABBREVIATIONS or (len(word) == 1 and word.isalpha() and word.isupper()):
        return True
    is_leading = dot - start < _LONGEST_ABBREVIATION and not text[start : dot - len(word)].strip()
    return is_leading and (word.isdigit() or word.upper() in {"I", "II", "III", "IV", "V", "VI", "VII", "VIII"})


def _trimmed(*, text: str, start: int, end: int) -> Sentence:
    piece = text[start:end]
    return Sentence(start + len(piece) - len(piece.lstrip()), piece.strip())
