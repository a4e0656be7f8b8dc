"""From French text to the terms both engines compare: one chain for indexing, querying and highlighting.

Word → inclusive writing read as the plain word → lower case → elided article dropped → stop word left out (its place is
kept, so that a phrase stays exact) → acronym kept as it is, or word folded (no accents, œ → oe) and stemmed. Engines
receive terms, never raw text, so they cannot disagree on what a word is.
"""

import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, ClassVar, Self, TypeVar

import tantivy

from search import inclusive
from search.inclusive import TAIL, plain_form

# Stands, in the analysed text, where a stop word stood. Engines drop it and keep the gap.
STOP_MARK = "_"
MAX_TERM_LENGTH = 64
MAX_ACRONYM_LENGTH = 7

_DATA = Path(__file__).parent / "data"

# Letters and digits, with the apostrophes and dots inside them: quick to find, and taken apart once per spelling.
_CHUNK = re.compile(rf"\w+(?:['’ʼ.]\w+)*(?:{TAIL})?")
_ELISION = r"(?:\b(?:[ldjmtsnc]|qu|lorsqu|puisqu|jusqu|quoiqu)['’ʼ])?"
_WORD = re.compile(rf"{_ELISION}((?:\b[^\W\d_]\.){{2,}}(?:[^\W\d_]\b)?|[^\W_]+)({TAIL})?", re.IGNORECASE)
_UNREADABLE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffd-\uffff]")
_ORDINAL = re.compile(r"(\d+)(?:er|ere|e|eme|nd|nde)")
_SEPARATE_LETTERS = str.maketrans(
    {"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ø": "o", "Ø": "O", "ß": "ss", "ł": "l", "Ł": "L", "đ": "d"}
)
# Feminines and plurals the stemmer misses, and the accents it relies on, given back to words typed without them.
# The first rule that applies is the only one.
_ENDINGS = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"(?<=[a-z]{4})us$", "u"),  # détenus, revenus
        (r"(?<=[a-z]{3})ers$", "er"),  # étrangers, quartiers
        (r"(?<=[a-z]{2})(i|ll|g|ch|y)eres?$", r"\1er"),  # étrangère, conseillère
        (r"ctrices?$", "cteur"),  # directrice
        (r"(?<=[a-z]{3})iees?$", "ie"),  # salariée
        (r"(?<=[a-z]{3})ees$", "ées"),
        (r"(?<=[a-z]{3})ee$", "ée"),
        (r"(?<=[a-z]{3})ites$", "ités"),  # mobilites
        (r"(?<=[a-z]{3})ite$", "ité"),
        (r"(?<=[a-z]{3})erent$", "èrent"),
    )
)


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text: as written, the term it is indexed under (empty for a stop word), and where it stands.

    ``surface`` is the plain word of an inclusive writing, which stands from ``start`` to ``end`` as a whole.
    """

    surface: str
    term: str
    start: int
    end: int
    position: int


def clean(text: str) -> str:
    """Return ``text`` in composed form, without the characters no index or page can carry.

    Control characters and lone surrogates become spaces; lines are kept.
    """
    return _UNREADABLE.sub(" ", unicodedata.normalize("NFC", text))


def has_unreadable(text: str) -> bool:
    """Whether ``clean`` has more to take out of ``text`` than white space."""
    return any(not match[0].isspace() for match in _UNREADABLE.finditer(text))


def fold(text: str) -> str:
    """Return ``text`` in lower case without accents, with œ and æ as two letters."""
    if text.isascii():
        return text.lower()
    return _marks().sub("", unicodedata.normalize("NFKD", text.translate(_SEPARATE_LETTERS).lower()))


@cache
def _marks() -> re.Pattern[str]:
    """Return what finds the marks that stand above or below a letter; all are in the first two planes of Unicode."""
    runs: list[list[int]] = []
    for code in filter(lambda code: unicodedata.combining(chr(code)), range(0x300, 0x20000)):
        if runs and runs[-1][1] == code - 1:
            runs[-1][1] = code
        else:
            runs.append([code, code])
    return re.compile("[" + "".join(f"{chr(first)}-{chr(last)}" for first, last in runs) + "]+")


@dataclass(frozen=True, slots=True)
class AnalysedText:
    """What an engine indexes of a text. ``terms`` is to be split on spaces; ``chunks`` are the spellings met."""

    terms: str
    chunks: frozenset[str]


def words(text: str) -> Iterator[Word]:
    """Yield the words of a cleaned text, in order."""
    term_of = _Terms.shared()
    position = 0
    for start, line in _lines(text):
        shouted = _is_shouted(line)
        for chunk in _CHUNK.finditer(line):
            for match in _WORD.finditer(line, chunk.start(), chunk.end()):
                surface = _surface(match)
                term = term_of[surface.lower() if shouted else surface]
                begin, end = start + match.start(1), start + match.end()
                yield Word(surface, "" if term == STOP_MARK else term, begin, end, position)
                position += 1


def word_at(text: str, start: int) -> Word | None:
    """Return the word that begins at ``start`` of a cleaned text, if one does; its position is not counted."""
    match = _WORD.match(text, start)
    if match is None or match.start(1) != start:
        return None
    surface = _surface(match)
    term = _Terms.shared()[surface]
    return Word(surface, "" if term == STOP_MARK else term, start, match.end(), 0)


def analyse(text: str) -> AnalysedText:
    """Return the terms of a cleaned text separated by spaces, ``STOP_MARK`` standing for each stop word."""
    terms_of = _ChunkTerms.shared()
    terms: list[str] = []
    spellings: set[str] = set()
    for _, line in _lines(text):
        chunks = _CHUNK.findall(line)
        if _is_shouted(line):
            chunks = [chunk.lower() for chunk in chunks]
        terms.extend(map(terms_of.__getitem__, chunks))
        spellings.update(chunks)
    return AnalysedText(" ".join(terms), frozenset(spellings))


def spellings(text: str) -> set[str]:
    """Return the distinct words of a cleaned text, as ``folded|written``: for prefixes and spelling suggestions."""
    return spellings_of(_CHUNK.findall(text))


def spellings_of(chunks: Iterable[str]) -> set[str]:
    """Return the words of ``AnalysedText.chunks``, as ``folded|written``; stop words and single letters left out."""
    spelling_of = _ChunkSpellings.shared()
    return set(itertools.chain.from_iterable(map(spelling_of.__getitem__, chunks)))


def plain_term(surface: str) -> str:
    """Return the term of a word taken as an acronym: folded, never stemmed."""
    return fold(surface.replace(".", ""))[:MAX_TERM_LENGTH]


def stemmed_term(surface: str) -> str:
    """Return the term of a word taken as an ordinary word, whatever its capitals; empty for a stop word."""
    term = _Terms.shared()[surface.lower()]
    return "" if term == STOP_MARK else term


def is_written_as_acronym(surface: str) -> bool:
    """Whether a word is written the way acronyms are: S.I.A.O., or two to seven capitals or digits."""
    if "." in surface:
        return True
    return 1 < len(surface) <= MAX_ACRONYM_LENGTH and surface.isupper()


@cache
def stop_words() -> frozenset[str]:
    """Words that are never searched for, without accents."""
    return frozenset(_data_lines("stop_words.txt"))


@cache
def question_words() -> frozenset[str]:
    """Words of whoever asks (« comment », « existe »), without accents: they count only when they stand alone."""
    return frozenset(_data_lines("question_words.txt"))


def is_question_word(surface: str) -> bool:
    """Whether a typed word only asks. An acronym never does; the stem is not looked at (« aider », not « aide »)."""
    return not is_written_as_acronym(surface) and fold(surface) in question_words()


def override_forms(term: str) -> tuple[str, ...]:
    """Return the folded words the override list brings to ``term``; empty for any other term."""
    return tuple(form for form, target in _overrides().items() if target == term)


@cache
def fingerprint() -> str:
    """Identify this chain: when it changes, an index made by an earlier one must be rebuilt."""
    digest = sha256(Path(__file__).read_bytes())
    digest.update(Path(inclusive.__file__).read_bytes())
    for name in ("stop_words.txt", "stem_overrides.txt"):
        digest.update((_DATA / name).read_bytes())
    return digest.hexdigest()[:12]


_Value = TypeVar("_Value")


class _Computed(dict[str, _Value]):
    """A function of a spelling, computed once. Bounded: emptied when full, as common words come back at once."""

    _CAPACITY = 200_000
    _instance: ClassVar[Any] = None

    @classmethod
    def shared(cls) -> Self:
        if cls.__dict__.get("_instance") is None:
            cls._instance = cls()
        return cls._instance

    def __missing__(self, spelling: str) -> _Value:
        if len(self) >= self._CAPACITY:
            self.clear()
        value = self[spelling] = self.compute(spelling)
        return value

    def compute(self, spelling: str) -> _Value:
        raise NotImplementedError


class _Terms(_Computed[str]):
    """The term of a word, ``STOP_MARK`` for a stop word."""

    def compute(self, spelling: str) -> str:
        return _term(spelling)


class _ChunkTerms(_Computed[str]):
    """The terms of a chunk, separated by spaces."""

    def compute(self, spelling: str) -> str:
        return " ".join(_term(_surface(match)) for match in _WORD.finditer(spelling))


class _ChunkSpellings(_Computed[tuple[str, ...]]):
    """The words of a chunk worth suggesting, as ``folded|written``."""

    def compute(self, spelling: str) -> tuple[str, ...]:
        found = []
        for match in _WORD.finditer(spelling):
            written = _surface(match).replace(".", "").lower()[:MAX_TERM_LENGTH]
            folded = fold(written)
            if len(folded) > 1 and folded not in stop_words():
                found.append(f"{folded}|{written}")
        return tuple(found)


def _surface(match: re.Match[str]) -> str:
    return plain_form(match[1], match[2]) if match[2] else match[1]


def _term(surface: str) -> str:
    folded = fold(surface.replace(".", ""))[:MAX_TERM_LENGTH]
    if folded in stop_words():
        return STOP_MARK
    if is_written_as_acronym(surface) or not re.search("[aeiouy]", folded):
        return folded  # a word without a vowel is an acronym however it is written: hlm, CHRS
    if ordinal := _ORDINAL.fullmatch(folded):
        return ordinal[1]
    if override := _overrides().get(folded):
        return override
    for pattern, replacement in _ENDINGS:
        ended, changes = pattern.subn(replacement, folded)
        if changes:
            break
    return fold(_stemmer().analyze(ended)[0])


def _lines(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for line in text.splitlines(keepends=True):
        yield start, line
        start += len(line)


def _is_shouted(line: str) -> bool:
    """Whether a line is a title in capitals rather than a list of acronyms: it has a long word or an article."""
    if not line.isupper():
        return False
    surfaces = [match[1] for match in _WORD.finditer(line)]
    if len(surfaces) < 2:  # noqa: PLR2004 — a word alone may be an acronym
        return False
    return any(len(surface) > MAX_ACRONYM_LENGTH or fold(surface) in stop_words() for surface in surfaces)


@cache
def _stemmer() -> tantivy.TextAnalyzer:
    return tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.raw()).filter(tantivy.Filter.stemmer("french")).build()


@cache
def _overrides() -> dict[str, str]:
    families = (line.split() for line in _data_lines("stem_overrides.txt"))
    return {form: family[0] for family in families for form in family}


def _data_lines(name: str) -> list[str]:
    lines = (_DATA / name).read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]
