"""The compiler's tree in tantivy's terms. Nothing typed by a person is ever parsed by tantivy."""

import re
from collections.abc import Sequence

import tantivy
from tantivy import Occur, Query

from search.compiler import CompiledQuery, FacetFilter, TerritoryFilter, without_exclusions
from search.engines.embedded.documents import SPELLINGS, TEXT_FIELDS
from search.enums import Scope
from search.tree import AllOf, AnyOf, Node, Not, Phrase, Prefix, Term

# What the other fields where a word stands add to its best field.
TIE_BREAKER = 0.1
# How much a word's frequency and rarity change the weight of the field it stands in. BM25 stays under 12 up to a
# million documents, so a field never passes the one above it: the order title > keywords > … holds whatever the corpus,
# and both engines agree on most of a score.
BM25_SHARE = 0.05


class Translator:
    """Translates for one index, which may lack fields this version of the hub knows."""

    def __init__(self, *, schema: tantivy.Schema, known_fields: frozenset[str], is_scored: bool = True) -> None:
        """Translate for an index of this ``schema``; not scored, a query finds the same documents for less."""
        self._is_scored = is_scored
        self._schema = schema
        self._known = known_fields
        self._text_fields = [(name, weight) for name, weight in TEXT_FIELDS.items() if name in known_fields]

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

    def _node(self, node: Node) -> Query:  # noqa: PLR0911 — one return for each kind of node
        match node:
            case Term(value):
                return self._anywhere([(self._term(name, value), weight) for name, weight in self._text_fields])
            case Phrase(terms):
                places: list[str | tuple[int, str]] = list(terms)
                return self._anywhere(
                    [(Query.phrase_query(self._schema, name, places), weight) for name, weight in self._text_fields]
                )
            case Prefix(value):
                return Query.const_score_query(Query.regex_query(self._schema, SPELLINGS, f"{re.escape(value)}.*"), 1.0)
            case AnyOf(children) if not self._is_scored:
                return Query.boolean_query([(Occur.Should, self._node(child)) for child in children])
            case AnyOf(children):
                return Query.disjunction_max_query([self._node(child) for child in children])
            case AllOf(children):
                return Query.boolean_query([(Occur.Must, self._node(child)) for child in children])
            case Not(child):
                everything = Query.const_score_query(Query.all_query(), 0.0)
                return Query.boolean_query([(Occur.Must, everything), (Occur.MustNot, self._node(child))])

    def _term(self, field: str, value: str) -> Query:
        return Query.term_query(self._schema, field, value, index_option="freq")

    def _anywhere(self, weighted: list[tuple[Query, float]]) -> Query:
        if not self._is_scored:
            return Query.boolean_query([(Occur.Should, query) for query, _ in weighted])
        return Query.disjunction_max_query(
            [_weighed(query, weight) for query, weight in weighted], tie_breaker=TIE_BREAKER
        )


def _weighed(query: Query, weight: float) -> Query:
    """A word in a field: the field's weight, and a little of BM25 to tell apart the entries that have it there."""
    constant = Query.const_score_query(query, weight)
    return Query.boolean_query([(Occur.Must, constant), (Occur.Should, Query.boost_query(query, weight * BM25_SHARE))])


def _silent(query: Query) -> Query:
    """A filter: it decides what matches and weighs nothing in the score."""
    return Query.const_score_query(query, 0.0)
