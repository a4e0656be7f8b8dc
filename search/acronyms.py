"""Acronyms and what they stand for, as the query needs them: terms on both sides."""

from collections.abc import Iterable
from dataclasses import dataclass

from search import analysis
from search.tree import Node, Phrase, Term, all_of, any_of


@dataclass(frozen=True, slots=True)
class Acronym:
    """One acronym: its words as terms, and its expansion's words with their places."""

    name: tuple[str, ...]
    is_capitals: bool
    expansion: tuple[tuple[int, str], ...]

    @property
    def expansion_terms(self) -> tuple[str, ...]:
        """The expansion without its stop words."""
        return tuple(term for _, term in self.expansion)

    def as_node(self, *, surfaces: tuple[str, ...]) -> Node:
        """What finds the acronym itself.

        ``surfaces`` is how it was typed. In small letters it may be an ordinary word as well (« clés »), so both
        readings are taken; in capitals it is the acronym and nothing else, unless the table itself writes it like a
        word (« Visale »).
        """
        exact = _sequence([Term(term, surface) for term, surface in zip(self.name, surfaces, strict=True)])
        if self.is_capitals and all(analysis.is_written_as_acronym(surface) for surface in surfaces):
            return exact
        stemmed = [Term(analysis.stemmed_term(surface), surface) for surface in surfaces]
        return any_of([exact, _sequence(stemmed)]) if all(term.value for term in stemmed) else exact

    def expansion_node(self) -> Node:
        """What finds the expansion, word after word."""
        if len(self.expansion) == 1:
            return Term(self.expansion[0][1])
        return Phrase(self.expansion)


class AcronymTable:
    """Every acronym known at the time of a query, ready to be looked up from either side."""

    def __init__(self, rows: Iterable[tuple[str, str]] = ()) -> None:
        """Read ``(acronym, expansion)`` rows, skipping those without an acronym or made of too common words."""
        self._by_name: dict[tuple[str, ...], list[Acronym]] = {}
        self._by_expansion: dict[tuple[str, ...], list[Acronym]] = {}
        self.longest = 0
        for written, expansion in rows:
            words = list(analysis.words(analysis.clean(written)))
            places = [(word.position, word.term) for word in analysis.words(analysis.clean(expansion)) if word.term]
            if not words or not places:
                continue
            first = places[0][0]
            acronym = Acronym(
                name=tuple(analysis.plain_term(word.surface) for word in words),
                is_capitals=all(analysis.is_written_as_acronym(word.surface) for word in words),
                expansion=tuple((place - first, term) for place, term in places),
            )
            self._by_name.setdefault(acronym.name, []).append(acronym)
            self._by_expansion.setdefault(acronym.expansion_terms, []).append(acronym)
            self.longest = max(self.longest, len(words), len(places))

    def alternatives(self, *, surfaces: tuple[str, ...]) -> Node | None:
        """Return what a run of typed words also means, itself included; ``None`` when it names nothing known."""
        if named := self._by_name.get(tuple(analysis.plain_term(surface) for surface in surfaces)):
            return any_of([named[0].as_node(surfaces=surfaces), *(acronym.expansion_node() for acronym in named)])
        terms = [Term(analysis.stemmed_term(surface), surface) for surface in surfaces]
        if expanded := self._by_expansion.get(tuple(term.value for term in terms)):
            own_names = [_sequence([Term(term) for term in acronym.name]) for acronym in expanded]
            return any_of([all_of(list(terms)), *own_names])
        return None


def _sequence(terms: list[Term]) -> Node:
    if len(terms) == 1:
        return terms[0]
    return Phrase(tuple((place, term.value) for place, term in enumerate(terms)))
