"""What a word that no entry has was meant to be. The same for every engine: they only say what their index holds.

In this order: an apostrophe forgotten (« lhébergement »), a word cut in two (« heber gement »), two words in one
(« logementsocial »), else the nearest word that some entry has.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from search import analysis
from search.compiler import CompiledQuery, Concept
from search.engines.base import Correction

MAX_CORRECTIONS = 3
# How many near words are looked at closely.
MAX_CANDIDATES = 20
_MIN_LENGTH = 4
_LONG_WORD = 8  # from here on two mistakes are forgiven
_MIN_HALF = 4  # letters of each of two words that were typed as one
_MIN_WHOLE = 6  # letters of a word that was typed as two
_SHORT_ACRONYM = 5
_ELIDED = re.compile(r"(qu|[ldjmtsnc])([aeiouyh]\w*)")
_MIN_ELIDED = 4
_MIN_AFTER_ARTICLE = 3  # l’eau, d’âge
_ARTICLES = "ld"


@dataclass(frozen=True, slots=True)
class NearWord:
    """A word of the index near to a typed one: without accents, as it is most often written, in how many entries."""

    folded: str
    written: str
    frequency: int


@dataclass(frozen=True, slots=True)
class Doubt:
    """A typed word that no entry has.

    ``others`` are the words it may be made of, or part of: the engine counts the entries that have each of them.
    ``is_near`` is whether a word near to it may be meant: not for names and acronyms.
    """

    concept: Concept
    others: tuple[str, ...]
    is_near: bool

    @property
    def typed(self) -> str:
        return self.concept.typed


def doubts_of(query: CompiledQuery, *, frequencies: Sequence[int]) -> tuple[Doubt, ...]:
    """Return the words to correct among those of a query; ``frequencies`` say how many entries have each concept."""
    has_small_letters = any(concept.typed.islower() for concept in query.concepts)
    doubts = []
    for rank, (concept, frequency) in enumerate(zip(query.concepts, frequencies, strict=True)):
        if frequency or not concept.is_plain or any(map(str.isdigit, concept.typed)):
            continue
        is_acronym = analysis.is_written_as_acronym(concept.typed) and len(concept.typed) <= _SHORT_ACRONYM
        is_name = rank > 0 and concept.typed.istitle() and has_small_letters
        is_near = len(concept.typed) >= _MIN_LENGTH and not is_acronym and not is_name
        doubts.append(Doubt(concept, tuple(_others(concept)), is_near))
    return tuple(doubts[:MAX_CORRECTIONS])


def corrections_of(
    doubts: Iterable[Doubt],
    *,
    counts: Mapping[str, int],
    near: Mapping[str, Sequence[NearWord]],
    is_alone: bool = False,
) -> tuple[Correction, ...]:
    """Return how to write the words in doubt, as far as it is known.

    ``counts`` gives the entries that have each of the words of ``Doubt.others``, ``near`` the near words of each typed
    one. ``is_alone`` when nothing else was typed: a word too common to be looked for is no answer then.
    """
    found = [_correction(doubt, counts=counts, near=near.get(doubt.typed, ()), is_alone=is_alone) for doubt in doubts]
    return tuple(dict.fromkeys(correction for correction in found if correction is not None))


def nearest_first(typed: str, *, words: Iterable[tuple[str, int]]) -> list[str]:
    """Return the words near enough to a typed one among ``(word without accents, frequency)``, the likeliest first.

    Those with the same initial come before the others: people rarely miss the first letter.
    """
    folded = analysis.fold(typed)
    limit = allowed_mistakes(folded)
    ranked = []
    for word, frequency in words:
        distance = mistakes(folded, word, limit=limit)
        if 0 < distance <= limit and (word[0] == folded[0] or len(folded) > _SHORT_ACRONYM):
            ranked.append((word[0] != folded[0], distance, -frequency, word))
    return [word for *_, word in sorted(ranked)[:MAX_CANDIDATES]]


def allowed_mistakes(word: str) -> int:
    return 2 if len(word) >= _LONG_WORD else 1


def mistakes(first: str, second: str, *, limit: int) -> int:
    """Return how many letters to add, drop, change or swap with the next; more than ``limit`` as soon as it is sure."""
    before: list[int] = []
    previous = list(range(len(second) + 1))
    for i, letter in enumerate(first, start=1):
        current = [i]
        for j, other in enumerate(second, start=1):
            cost = min(previous[j] + 1, current[j - 1] + 1, previous[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == second[j - 2] and first[i - 2] == other:
                cost = min(cost, before[j - 2] + 1)
            current.append(cost)
        if min(current) > limit:
            return limit + 1
        before, previous = previous, current
    return previous[-1]


def _others(concept: Concept) -> list[str]:
    """Return the words an unknown one may be made of, or part of, those too common to be indexed left out."""
    halves = (half for halves in _halves(concept.typed) for half in halves)
    found = (_after_apostrophe(concept.typed), _joined(concept.with_previous), _joined(concept.with_next), *halves)
    return [word for word in dict.fromkeys(found) if word and not _is_common(word)]


def _correction(
    doubt: Doubt, *, counts: Mapping[str, int], near: Sequence[NearWord], is_alone: bool
) -> Correction | None:
    typed = doubt.typed
    rest = _after_apostrophe(typed)
    if rest and (counts.get(rest) or (_is_common(rest) and not is_alone)):
        return Correction(typed, f"{typed[: len(typed) - len(rest)]}’{rest}")
    for apart in (doubt.concept.with_previous, doubt.concept.with_next):
        if counts.get(_joined(apart)):
            return Correction(apart, _joined(apart))
    nearest = _nearest(doubt, near=near)
    if nearest is not None and _is_likely(typed, nearest):
        return Correction(typed, nearest.written)
    halves = [
        (min(_seen(first, counts=counts), _seen(second, counts=counts)), -rank, f"{first} {second}")
        for rank, (first, second) in enumerate(_halves(typed))
    ]
    frequency, _, written = max(halves, default=(0, 0, ""))
    if frequency:
        return Correction(typed, written)
    return Correction(typed, nearest.written) if nearest is not None else None


def _nearest(doubt: Doubt, *, near: Sequence[NearWord]) -> NearWord | None:
    """Return the likeliest near word that some entry has: first the same initial, then few mistakes, then frequent."""
    present = [word for word in near if word.frequency] if doubt.is_near else []
    folded = analysis.fold(doubt.typed)
    return min(
        present,
        key=lambda word: (
            word.folded[0] != folded[0],
            mistakes(folded, word.folded, limit=2),
            -word.frequency,
            word.folded,
        ),
        default=None,
    )


def _is_likely(typed: str, near: NearWord) -> bool:
    """Whether a near word is likelier than two words typed as one: one mistake, and the same initial."""
    folded = analysis.fold(typed)
    return near.folded[0] == folded[0] and mistakes(folded, near.folded, limit=1) <= 1


def _after_apostrophe(typed: str) -> str:
    """Return what follows the apostrophe that may be missing, as it was typed; empty when none may be."""
    match = _ELIDED.fullmatch(analysis.fold(typed))
    if match is None or len(analysis.fold(typed)) != len(typed):
        return ""
    rest = typed[len(match[1]) :]
    if _is_common(rest):
        return "" if match[2] in {"un", "une"} else rest  # « lune » and « dune » are words
    return rest if len(rest) >= (_MIN_AFTER_ARTICLE if match[1] in _ARTICLES else _MIN_ELIDED) else ""


def _halves(typed: str) -> list[tuple[str, str]]:
    return [(typed[:cut], typed[cut:]) for cut in range(_MIN_HALF, len(typed) - _MIN_HALF + 1)]


def _joined(apart: str) -> str:
    joined = re.sub(r"[\s-]", "", apart)
    return joined if len(joined) >= _MIN_WHOLE else ""


def _seen(word: str, *, counts: Mapping[str, int]) -> int:
    """Return in how many entries a half stands: a common word (« sans ») is as frequent as one likes."""
    return 1 << 30 if _is_common(word) else counts.get(word, 0)


def _is_common(word: str) -> bool:
    return analysis.fold(word) in analysis.stop_words()
