"""The compiler's tree in tantivy's terms. Nothing typed by a person is ever parsed by tantivy."""

import re
from collections.abc import Sequence

from tantivy import Occur, Query

from search.compiler import CompiledQuery, FacetFilter, TerritoryFilter, without_exclusions
from search.engines.contents import BM25_SHARES, TEXT_FIELDS, TIE_BREAKER
from search.engines.embedded.documents import SPELLINGS
from search.engines.embedded.reading import OpenIndex
from search.enums import Scope
from search.tree import AllOf, AnyOf, Node, Not, Phrase, Prefix, Term


class Translator:
    """Translates for one index, which may lack fields this version of the hub knows."""

    def __init__(self, opened: OpenIndex, *, is_scored: bool = True) -> None:
        """Translate for this index; not scored, a query finds the same documents for less."""
        self._searcher = opened.searcher
        self._schema = opened.schema
        self._known = opened.known_fields
        self._is_scored = is_scored
        self._text_fields = [(name, weight) for name, weight in TEXT_FIELDS.items() if name in opened.known_fields]

    def query(self, compiled: CompiledQuery, *, without: str = "", tier: Query | None = None) -> Query:
        """Return the whole query, less the filter on the field ``without``, and within ``tier`` if given."""
        clauses: list[tuple[Occur, Query]] = []
        if compiled.text is not None:
            wanted, unwanted = without_exclusions(compiled.text)
            clauses += [(Occur.Must, self._node(node)) for node in wanted]
            clauses += [(Occur.MustNot, self._node(node)) for node in unwanted]
        for chosen in compiled.filters:
            if chosen.field != without:
                clauses.append((Occur.Must, self._filter(chosen)))
        if tier is not None:
            clauses.append((Occur.Must, tier))
        elif compiled.territory is not None:
            clauses.append((Occur.Must, self._territory(compiled.territory)))
        if not any(occur == Occur.Must for occur, _ in clauses):
            clauses.append((Occur.Must, Query.const_score_query(Query.all_query(), 0.0)))
        return Query.boolean_query(clauses)

    def located(self, territory: TerritoryFilter) -> Query:
        """Return the filter on entries inside a territory, or meeting it."""
        return self._one_of("located_in", (territory.code,))

    def covering_only(self, territory: TerritoryFilter) -> Query:
        """Return the filter on entries that cover a territory without lying inside it."""
        covering = self._one_of("territories", territory.containers)
        return _silent(Query.boolean_query([(Occur.Must, covering), (Occur.MustNot, self.located(territory))]))

    def _territory(self, territory: TerritoryFilter) -> Query:
        match territory.scope:
            case Scope.WITHIN:
                return self.located(territory)
            case Scope.COVERING:
                return self._one_of("territories", territory.containers)
        both = [self.located(territory), self._one_of("territories", territory.containers)]
        return _silent(Query.boolean_query([(Occur.Should, query) for query in both]))

    def _filter(self, chosen: FacetFilter) -> Query:
        return self._one_of(chosen.field, chosen.values)

    def _one_of(self, field: str, values: Sequence[str]) -> Query:
        if field not in self._known:
            return Query.empty_query()
        if len(values) == 1:
            return _silent(Query.term_query(self._schema, field, values[0], index_option="basic"))
        return _silent(Query.term_set_query(self._schema, field, list(values)))

    def _node(self, node: Node) -> Query:
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
            case AnyOf(children):
                return self._alternatives([self._node(child) for child in children if self._may_match(child)])
            case AllOf(children):
                return Query.boolean_query([(Occur.Must, self._node(child)) for child in children])
            case Not(child):
                everything = Query.const_score_query(Query.all_query(), 0.0)
                return Query.boolean_query([(Occur.Must, everything), (Occur.MustNot, self._node(child))])

    def _may_match(self, node: Node) -> bool:
        if isinstance(node, Term):
            return any(self._searcher.doc_freq(name, node.value) for name, _ in self._text_fields)
        return True

    def _alternatives(self, queries: list[Query]) -> Query:
        if not queries:
            return Query.empty_query()
        if len(queries) == 1:
            return queries[0]
        if not self._is_scored:
            return Query.boolean_query([(Occur.Should, query) for query in queries])
        return Query.disjunction_max_query(queries)

    def _word(self, value: str) -> Query:
        """A word wherever it stands. Looking it up first spares the fields, and the readings, that do not have it."""
        found = [(name, weight) for name, weight in self._text_fields if self._searcher.doc_freq(name, value)]
        terms = {name: Query.term_query(self._schema, name, value, index_option="freq") for name, _ in found}
        query = self._anywhere([(terms[name], weight) for name, weight in found])
        if self._is_scored:
            # One optional clause at a time: tantivy then computes it for the results only, not for every match.
            for name, share in BM25_SHARES.items():
                if name in terms:
                    more = Query.boost_query(terms[name], share)
                    query = Query.boolean_query([(Occur.Must, query), (Occur.Should, more)])
        return query

    def _anywhere(self, weighted: list[tuple[Query, float]]) -> Query:
        if not weighted:
            return Query.empty_query()
        if not self._is_scored:
            return Query.boolean_query([(Occur.Should, query) for query, _ in weighted])
        constants = [Query.const_score_query(query, weight) for query, weight in weighted]
        return Query.disjunction_max_query(constants, tie_breaker=TIE_BREAKER)


def _silent(query: Query) -> Query:
    """A filter: it decides what matches and weighs nothing in the score."""
    return Query.const_score_query(query, 0.0)
