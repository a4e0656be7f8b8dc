"""What the embedded index knows of words: how many entries have each, and which are near to one that none has."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

import tantivy
from tantivy import Query

from search import analysis
from search.compiler import CompiledQuery
from search.engines.base import Correction
from search.engines.embedded.documents import SPELLINGS
from search.engines.embedded.reading import OpenIndex
from search.engines.embedded.translation import Translator
from search.reading import word_node
from search.spelling import NearWord, allowed_mistakes, corrections_of, doubts_of, nearest_first
from search.tree import Node

# More words than a catalogue of a hundred thousand entries has.
_MAX_WORDS = 500_000


class Dictionary:
    """The words of one state of the index, as they are written, with how often they are. Dear: made once a state."""

    def __init__(self, searcher: tantivy.Searcher) -> None:
        """Read them."""
        self.written: dict[str, list[tuple[int, str]]] = defaultdict(list)
        self._by_length: dict[int, list[tuple[int, str, int]]] = defaultdict(list)
        for spelling, frequency in searcher.terms_with_prefix(SPELLINGS, "", limit=_MAX_WORDS):
            folded, _, written = spelling.partition("|")
            self.written[folded].append((frequency, written))
        for folded, spellings in self.written.items():
            frequency = max(count for count, _ in spellings)
            self._by_length[len(folded)].append((_letters(folded), folded, frequency))

    def near(self, typed: str) -> list[str]:
        """Return the words near to a typed one, without accents, the likeliest first."""
        return nearest_first(typed, words=self._similar(analysis.fold(typed)))

    def _similar(self, folded: str) -> Iterator[tuple[str, int]]:
        allowed, letters = allowed_mistakes(folded), _letters(folded)
        for length in range(len(folded) - allowed, len(folded) + allowed + 1):
            for other, word, frequency in self._by_length.get(length, ()):
                # Each mistake changes the set of letters by two at most: this leaves very few words to measure.
                if (letters ^ other).bit_count() <= 2 * allowed:
                    yield word, frequency


def count_each(opened: OpenIndex, *, nodes: Sequence[Node]) -> list[int]:
    """Return how many entries have each of ``nodes``, whatever the filters of a search."""
    translator = Translator(opened, is_scored=False)
    return [_count(opened, translator.matching(node)) for node in nodes]


def suggest_corrections(
    opened: OpenIndex, *, query: CompiledQuery, frequencies: Sequence[int]
) -> tuple[Correction, ...]:
    """Return how to write the words of a query that no entry has; ``frequencies`` are those of its concepts."""
    doubts = doubts_of(query, frequencies=frequencies)
    if not doubts:
        return ()
    others = list(dict.fromkeys(word for doubt in doubts for word in doubt.others))
    counts = dict(zip(others, count_each(opened, nodes=[word_node(word) for word in others]), strict=True))
    near = {doubt.typed: _near(opened, doubt.typed) for doubt in doubts if doubt.is_near}
    return corrections_of(doubts, counts=counts, near=near, is_alone=len(query.concepts) == 1)


def _near(opened: OpenIndex, typed: str) -> list[NearWord]:
    words = opened.once(Dictionary)
    found = []
    for folded in words.near(typed):
        spellings = words.written[folded]
        terms = [f"{folded}|{written}" for _, written in spellings]
        count = _count(opened, Query.term_set_query(opened.schema, SPELLINGS, terms))
        found.append(NearWord(folded, min(spellings, key=lambda item: (-item[0], item[1]))[1], count))
    return found


def _count(opened: OpenIndex, query: Query) -> int:
    total: int = opened.searcher.search(query, limit=1).count  # type: ignore[attr-defined]  # missing from the stub
    return total


def _letters(word: str) -> int:
    mask = 0
    for character in word:
        mask |= 1 << (ord(character) & 63)
    return mask
