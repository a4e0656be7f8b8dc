"""The lines of a recap, as everything after reads them: typography made one, words compared without accents."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

# Soft hyphens, zero-width characters and direction marks say nothing and break words in two.
_INVISIBLE = dict.fromkeys([0x00AD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2065), 0xFEFF])
# Thin and figure spaces are the unbreakable thin space of French typography, however they were typed.
_SPACES = dict.fromkeys([*range(0x2002, 0x200B), 0x205F, 0x3000], "\u202f")
_CONTROLS = dict.fromkeys([*range(9), 0x0B, *range(0x0E, 0x20), 0x7F, *range(0x80, 0x85), *range(0x86, 0xA0), 0xFFFD])
# Word processors print their bullets, and sites their icons, with private characters.
_PRIVATE = {**dict.fromkeys(range(0xE000, 0xF900)), **dict.fromkeys([0xF0A7, 0xF0B7, 0xF0D8, 0xF0FC], "•")}
_REGULAR = {
    **_INVISIBLE,
    **_SPACES,
    **_CONTROLS,
    **_PRIVATE,
    **dict.fromkeys(range(0xD800, 0xE000)),  # half characters, which no database stores
    **dict.fromkeys([0x0C, 0x85, 0x2028, 0x2029], "\n"),
}
_BLANKS = re.compile(r"[ \t\u00a0\u202f]+")
_LONGEST_KEPT = 5_000
_MIN_PLURAL = 4  # shorter words end in -s by nature
WORD = re.compile(r"[^\W_]+")


def regular(*, text: str) -> str:
    """Return the text composed (NFC), with one kind of line end and no invisible character."""
    return unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").translate(_REGULAR)


def collapsed(*, text: str) -> str:
    """Return the text on one line, each run of spaces become one; an unbreakable space stays unbreakable."""
    return _BLANKS.sub(_one_blank, text.replace("\n", " "))


def _one_blank(match: re.Match[str]) -> str:
    blanks = match.group()
    if "\u202f" in blanks:
        return "\u202f"
    return "\u00a0" if "\u00a0" in blanks else " "


def plain(*, text: str) -> str:
    """Return a short text (a name, a subject) with ordinary single spaces only."""
    return " ".join(text.split())


@lru_cache(maxsize=50_000)
def fold(word: str) -> str:
    """Return a word without case, accents, ligatures, nor the -s or -x of the plural: « Étés » equals « été »."""
    decomposed = unicodedata.normalize("NFD", word.casefold().replace("œ", "oe").replace("æ", "ae"))
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return bare[:-1] if len(bare) >= _MIN_PLURAL and bare[-1] in "sx" else bare


class Token(NamedTuple):
    """A word of a text: as printed, folded, and its offsets. A tuple, for a long text makes a million of them."""

    raw: str
    folded: str
    start: int
    end: int


def tokens_of(*, text: str) -> Sequence[Token]:
    """Split a text into words: elisions, hyphens and slashes separate (« l’Ain » is « l », « ain »)."""
    return _tokens_kept(text) if len(text) <= _LONGEST_KEPT else _tokens(text)


def _tokens(text: str) -> tuple[Token, ...]:
    return tuple(Token(found.group(), fold(found.group()), *found.span()) for found in WORD.finditer(text))


# Each vocabulary reads the same paragraphs in turn.
_tokens_kept = lru_cache(maxsize=256)(_tokens)


def folded_words(*, text: str) -> tuple[str, ...]:
    return tuple(fold(word) for word in WORD.findall(text))


class BlockKind(Enum):
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
        return frozenset(token.folded for block in self.blocks for token in tokens_of(text=block.text))


@dataclass(frozen=True, slots=True)
class Sentence:
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
_WORD_BEFORE = re.compile(r"[^\s(«“\"’']*\Z")


def split_sentences(*, text: str) -> tuple[Sentence, ...]:
    """Split a text at the ends of its sentences; joined again, the sentences are the text, spaces aside.

    A dot after an abbreviation (« M. », « cf. »), an initial (« J. ») or a number at the start (« 1. ») ends nothing.
    """
    return _split_kept(text) if len(text) <= _LONGEST_KEPT else _split_long_kept(text)


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


# A bullet no sentence begins with, or a dash or the « o » of a word processor with its space.
BULLET = re.compile(r"(?:[•▪◦●○■‣·►➢✓]|[-–—*](?=\s)|o(?=\s{2,}|\u00a0|\t)|§(?=\s{2,}|\u00a0))\s*")
# The level word processors give a sign: « • », then « o », then « ▪ ».
LEVELS = {"o": 2, "◦": 2, "○": 2, "▪": 3, "■": 3, "§": 3}


def without_bullet(*, block: Block) -> Block:
    """Return the item of a list whose sign is printed in the text, without it; any other block as it is."""
    bullet = BULLET.match(block.text)
    if bullet is None or bullet.end() == len(block.text):
        return block
    level = block.level if block.kind is BlockKind.LIST_ITEM else LEVELS.get(bullet.group()[:1], 1)
    return replace(block.part(start=bullet.end()), kind=BlockKind.LIST_ITEM, level=level)
