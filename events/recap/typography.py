"""Characters made regular on reading, and words made comparable for matching, with their place in the text."""

import re
import unicodedata
from collections.abc import Sequence
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
_MAX_KEPT = 5_000
_MIN_PLURAL = 4  # shorter words end in -s by nature
WORD = re.compile(r"[^\W_]+")


def regular(*, text: str) -> str:
    """Return the text composed (NFC), with one kind of line end and no invisible character."""
    return unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").translate(_REGULAR)


def single_spaced(*, text: str) -> str:
    """Return the text on one line with single spaces inside and none around; an unbreakable space stays unbreakable."""
    return collapsed(text=text).strip()


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
    return _tokens_kept(text) if len(text) <= _MAX_KEPT else _tokens(text)


def _tokens(text: str) -> tuple[Token, ...]:
    return tuple(Token(found.group(), fold(found.group()), *found.span()) for found in WORD.finditer(text))


# Each vocabulary reads the same paragraphs in turn.
_tokens_kept = lru_cache(maxsize=256)(_tokens)


def folded_words(*, text: str) -> tuple[str, ...]:
    """Return the folded words of a name."""
    return tuple(fold(word) for word in WORD.findall(text))
