import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

import tantivy
from tantivy import Occur, Query

from search import analysis
from search.compiler import CompiledQuery, TerritoryFilter, without_exclusions, word_node
from search.engines.base import Correction
from search.engines.contents import BM25_SHARES_OF, KEYWORD_WEIGHT, SAID, TEXTS_OF, TIE_BREAKER
from search.engines.embedded.documents import PAGE, SPELLINGS
from search.engines.embedded.reading import OpenIndex
from search.enums import Scope, Shelf
from search.spelling import NearWord, allowed_mistakes, corrections_of, doubts_of, nearest_first
from search.tiers import scores_of
from search.tree import AllOf, AnyOf, AtLeast, Keyword, Node, Not, Phrase, Prefix, Term, Weighted, wanted_leaves


class Translator:
    """Translates for one index, which may lack fields the hub knows; not scored, a query finds the same for less."""

    def __init__(self, opened: OpenIndex, *, shelf: Shelf, is_scored: bool = True) -> None:
        self._opened = opened
        self._shelf = shelf
        self._searcher = opened.searcher
        self._schema = opened.schema
        self._known = opened.known_fields
        self._is_scored = is_scored
        self._text_fields = [(name, weight) for name, weight in TEXTS_OF[shelf].items() if name in opened.known_fields]

    def query(self, compiled: CompiledQuery, *, without: str = "", tier: Query | None = None) -> Query:
        """Return the whole query, less the filter on the field ``without``, and within ``tier`` if given."""
        clauses: list[tuple[Occur, Query]] = []
        if compiled.text is not None:
            wanted, unwanted = without_exclusions(compiled.text)
            clauses += [(Occur.Must, self._node(node)) for node in wanted]
            clauses += [(Occur.MustNot, self._node(node)) for node in unwanted]
            if wanted and self._shelf is Shelf.MOMENTS:
                clauses.append((Occur.Must, self._says_itself(wanted)))
        filters = [chosen for chosen in compiled.filters if chosen.field != without]
        clauses += [(Occur.Must, self._one_of(chosen.field, chosen.values)) for chosen in filters]
        if tier is not None:
            clauses.append((Occur.Must, tier))
        elif compiled.territory is not None:
            clauses.append((Occur.Must, self._territory(compiled.territory)))
        if not any(occur == Occur.Must for occur, _ in clauses):
            clauses.append((Occur.Must, Query.const_score_query(Query.all_query(), 0.0)))
        return Query.boolean_query(clauses)

    def matching(self, node: Node, *, among: Sequence[str] | None = None) -> Query:
        """Return what finds ``node`` whatever the rest of a query, in the pages ``among`` if given."""
        query = self._node(node)
        if among is None:
            return query
        pages = _silent(Query.term_set_query(self._schema, PAGE, list(among)))
        return Query.boolean_query([(Occur.Must, query), (Occur.Must, pages)])

    def located(self, territory: TerritoryFilter) -> Query:
        return self._one_of("located_in", (territory.code,))

    def covering_only(self, territory: TerritoryFilter) -> Query:
        """Return the filter on entries that cover a territory without lying inside it."""
        covering = self._one_of("territories", territory.containers)
        return _silent(Query.boolean_query([(Occur.Must, covering), (Occur.MustNot, self.located(territory))]))

    def _says_itself(self, wanted: Sequence[Node]) -> Query:
        """Return what leaves out the moments that have all they are found by in the end of the one before."""
        found: list[Query] = []
        for leaf in dict.fromkeys(leaf for node in wanted for leaf in wanted_leaves(node)):
            match leaf:
                case Prefix():
                    found.append(self._node(leaf))
                case Term(value):
                    found += self._said(value)
                case Phrase(terms):
                    found += [query for _, value in terms for query in self._said(value)]
        return _silent(_any(found)) if found else Query.empty_query()

    def _said(self, value: str) -> list[Query]:
        if not self._searcher.doc_freq(SAID, value):
            return []
        return [Query.term_query(self._schema, SAID, value, index_option="basic")]

    def _territory(self, territory: TerritoryFilter) -> Query:
        located, covering = self.located(territory), self._one_of("territories", territory.containers)
        match territory.scope:
            case Scope.WITHIN:
                return located
            case Scope.COVERING:
                return covering
        return _silent(_any([located, covering]))

    def _one_of(self, field: str, values: Sequence[str]) -> Query:
        if field not in self._known:
            return Query.empty_query()
        if len(values) == 1:
            return _silent(Query.term_query(self._schema, field, values[0], index_option="basic"))
        return _silent(Query.term_set_query(self._schema, field, list(values)))

    def _node(self, node: Node) -> Query:  # noqa: C901, PLR0911 — one for each kind of node
        match node:
            case Term(value):
                return self._word(value)
            case Phrase(terms):
                places: list[str | tuple[int, str]] = list(terms)
                return self._anywhere(
                    [
                        (Query.phrase_query(self._schema, name, places), weight)
                        for name, weight in self._text_fields
                        if all(self._searcher.doc_freq(name, term) for _, term in terms)
                    ]
                )
            case Prefix(value):
                return Query.const_score_query(Query.regex_query(self._schema, SPELLINGS, f"{re.escape(value)}.*"), 1.0)
            case Keyword() if self._shelf is Shelf.MOMENTS:
                return Query.empty_query()
            case Keyword(field, value):
                weight = KEYWORD_WEIGHT if self._is_scored else 0.0
                return Query.const_score_query(self._one_of(field, (value,)), weight)
            case Weighted(child, factor):
                query = self._node(child)
                return Query.boost_query(query, factor) if self._is_scored else query
            case AtLeast():
                return self._at_least(node)
            case AnyOf(children):
                return self._alternatives([self._node(child) for child in children if self._may_match(child)])
            case AllOf(children):
                return Query.boolean_query([(Occur.Must, self._node(child)) for child in children])
            case Not(child):
                everything = Query.const_score_query(Query.all_query(), 0.0)
                return Query.boolean_query([(Occur.Must, everything), (Occur.MustNot, self._node(child))])

    def _at_least(self, node: AtLeast) -> Query:
        silent = Translator(self._opened, shelf=self._shelf, is_scored=False)
        found = [_silent(silent.matching(child.node)) for child in node.children]
        counted = [
            (Occur.Should, query) for query, child in zip(found, node.children, strict=True) for _ in range(child.share)
        ]
        enough = _silent(Query.boolean_query(counted, minimum_number_should_match=node.needed))
        if not self._is_scored:
            return enough
        (point, field_factor), clauses = scores_of(node), [(Occur.Must, enough)]
        for query, child in zip(found, node.children, strict=True):
            clauses.append((Occur.Should, Query.const_score_query(query, point * child.weight)))
            clauses.append((Occur.Should, Query.boost_query(self._node(child.node), field_factor)))
        return Query.boolean_query(clauses)

    def _may_match(self, node: Node) -> bool:
        match node:
            case Term(value):
                return any(self._searcher.doc_freq(name, value) for name, _ in self._text_fields)
            case Keyword():
                return self._shelf is not Shelf.MOMENTS
            case Weighted(child):
                return self._may_match(child)
        return True

    def _alternatives(self, queries: list[Query]) -> Query:
        if len(queries) <= 1:
            return queries[0] if queries else Query.empty_query()
        return Query.disjunction_max_query(queries) if self._is_scored else _any(queries)

    def _word(self, value: str) -> Query:
        """A word wherever it stands. Looking it up first spares the fields, and the readings, that do not have it."""
        found = [(name, weight) for name, weight in self._text_fields if self._searcher.doc_freq(name, value)]
        terms = {name: Query.term_query(self._schema, name, value, index_option="freq") for name, _ in found}
        query = self._anywhere([(terms[name], weight) for name, weight in found])
        if self._is_scored:
            # One optional clause at a time: tantivy then computes it for the results only, not for every match.
            for name, share in BM25_SHARES_OF[self._shelf].items():
                if name in terms:
                    more = Query.boost_query(terms[name], share)
                    query = Query.boolean_query([(Occur.Must, query), (Occur.Should, more)])
        return query

    def _anywhere(self, weighted: list[tuple[Query, float]]) -> Query:
        if not weighted:
            return Query.empty_query()
        if not self._is_scored:
            return _any(query for query, _ in weighted)
        constants = [Query.const_score_query(query, weight) for query, weight in weighted]
        return Query.disjunction_max_query(constants, tie_breaker=TIE_BREAKER)


def _any(queries: Iterable[Query]) -> Query:
    return Query.boolean_query([(Occur.Should, query) for query in queries])


def _silent(query: Query) -> Query:
    """A filter: it decides what matches and weighs nothing in the score."""
    return Query.const_score_query(query, 0.0)


# More words than a catalogue of a hundred thousand entries has.
_MAX_WORDS = 500_000


class Dictionary:
    """The words of one state of the index, as they are written, with how often they are. Dear: made once a state."""

    def __init__(self, searcher: tantivy.Searcher) -> None:
        self.written: dict[str, list[tuple[int, str]]] = defaultdict(list)
        self._by_length: dict[int, list[tuple[int, str, int]]] = defaultdict(list)
        for spelling, frequency in searcher.terms_with_prefix(SPELLINGS, "", limit=_MAX_WORDS):
            folded, _, written = spelling.partition("|")
            self.written[folded].append((frequency, written))
        for folded, spellings in self.written.items():
            frequency = max(count for count, _ in spellings)
            self._by_length[len(folded)].append((_letters(folded), folded, frequency))

    def near(self, typed: str) -> list[str]:
        return nearest_first(typed, words=self._similar(analysis.fold(typed)))

    def _similar(self, folded: str) -> Iterator[tuple[str, int]]:
        allowed, letters = allowed_mistakes(folded), _letters(folded)
        for length in range(len(folded) - allowed, len(folded) + allowed + 1):
            for other, word, frequency in self._by_length.get(length, ()):
                # Each mistake changes the set of letters by two at most: this leaves very few words to measure.
                if (letters ^ other).bit_count() <= 2 * allowed:
                    yield word, frequency


def count_each(opened: OpenIndex, *, nodes: Sequence[Node], shelf: Shelf) -> list[int]:
    """Return how many entries have each of ``nodes``, whatever the filters of a search."""
    translator = Translator(opened, shelf=shelf, is_scored=False)
    return [opened.count(translator.matching(node)) for node in nodes]


def suggest_corrections(
    opened: OpenIndex, *, query: CompiledQuery, frequencies: Sequence[int]
) -> tuple[Correction, ...]:
    """Return how to write the words of a query that no entry has; ``frequencies`` are those of its concepts."""
    doubts = doubts_of(query, frequencies=frequencies)
    if not doubts:
        return ()
    others = list(dict.fromkeys(word for doubt in doubts for word in doubt.others))
    nodes = [word_node(word) for word in others]
    counts = dict(zip(others, count_each(opened, nodes=nodes, shelf=query.shelf), strict=True))
    near = {doubt.typed: _near(opened, doubt.typed) for doubt in doubts if doubt.is_near}
    return corrections_of(doubts, counts=counts, near=near, is_alone=len(query.concepts) == 1)


def _near(opened: OpenIndex, typed: str) -> list[NearWord]:
    words = opened.once(Dictionary)
    found = []
    for folded in words.near(typed):
        spellings = words.written[folded]
        terms = [f"{folded}|{written}" for _, written in spellings]
        count = opened.count(Query.term_set_query(opened.schema, SPELLINGS, terms))
        found.append(NearWord(folded, min(spellings, key=lambda item: (-item[0], item[1]))[1], count))
    return found


def _letters(word: str) -> int:
    mask = 0
    for character in word:
        mask |= 1 << (ord(character) & 63)
    return mask
