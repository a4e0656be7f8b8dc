"""Spelling suggestions: for a word no entry has, the nearest word that some have."""

import json
from collections.abc import Iterable, Iterator

from tantivy import Query

from search import analysis
from search.engines.base import Correction
from search.engines.contents import STORED_TEXTS, TEXT_FIELDS
from search.engines.embedded.documents import SOURCE, SPELLINGS
from search.engines.embedded.reading import OpenIndex
from search.spelling import MAX_CORRECTIONS, allowed_mistakes, correctable_words, mistakes
from search.tree import Node

_MAX_CANDIDATES = 20_000


def suggest_corrections(opened: OpenIndex, *, node: Node) -> tuple[Correction, ...]:
    """Return a replacement for each typed word, as far as one is near enough, that no document of the index has."""
    corrections: list[Correction] = []
    for surface, terms in correctable_words(node).items():
        if len(corrections) == MAX_CORRECTIONS:
            break
        if any(_is_known(opened, term) for term in terms):
            continue
        if replacement := _nearest(opened, surface):
            corrections.append(Correction(surface, replacement))
    return tuple(corrections)


def _is_known(opened: OpenIndex, term: str) -> bool:
    return any(opened.searcher.doc_freq(name, term) for name in TEXT_FIELDS if name in opened.known_fields)


def _nearest(opened: OpenIndex, surface: str) -> str:
    """Return the nearest word with the same initial, failing that the nearest of any; empty if none is near."""
    typed = analysis.fold(surface)
    same_initial = opened.searcher.terms_with_prefix(SPELLINGS, typed[0], limit=_MAX_CANDIDATES)
    return _best(typed, same_initial) or _best(typed, _similar_words(opened, surface))


def _similar_words(opened: OpenIndex, surface: str) -> Iterator[tuple[str, int]]:
    """Yield the words of a few documents that have something like the typed word, a wrong first letter included."""
    term = analysis.stemmed_term(surface)
    fuzzy = [
        Query.fuzzy_term_query(opened.schema, name, term, distance=1)
        for name in TEXT_FIELDS
        if name in opened.known_fields
    ]
    for _, address in opened.searcher.search(Query.disjunction_max_query(fuzzy), limit=3, count=False).hits:
        document = opened.searcher.doc(address)
        texts = [bytes(document.get_first(f"page__{name}") or b"").decode() for name in STORED_TEXTS]
        for text in (json.loads(document.get_first(SOURCE) or "{}").get("title", ""), *texts):
            yield from ((spelling, 1) for spelling in analysis.spellings(text))


def _best(typed: str, candidates: Iterable[tuple[str, int]]) -> str:
    allowed = allowed_mistakes(typed)
    letters = _letters(typed)
    best: tuple[int, int, str] | None = None
    for spelling, frequency in candidates:
        folded, _, written = spelling.partition("|")
        # Each mistake changes the set of letters by two at most: this leaves very few words to measure.
        if abs(len(folded) - len(typed)) > allowed or (letters ^ _letters(folded)).bit_count() > 2 * allowed:
            continue
        distance = mistakes(typed, folded, limit=allowed)
        if distance <= allowed and (best is None or (distance, -frequency, written) < best):
            best = (distance, -frequency, written)
    return best[2] if best else ""


def _letters(word: str) -> int:
    mask = 0
    for character in word:
        mask |= 1 << (ord(character) & 63)
    return mask
