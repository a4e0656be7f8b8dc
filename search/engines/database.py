"""When no engine has an index to ask: the site's own database, searched as the administration is.

Modest, and never out of date: pages that are live and public, whose title or texts have every word as it is typed or in
the other number. Those that have the words in their title come first, then the newest. No synonym, no facet count.
"""

from functools import reduce
from operator import and_, or_
from typing import TypeAlias

from django.db.models import Case, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce, TruncDate
from wagtail.models import Page
from wagtail.search.backends import get_search_backend
from wagtail.search.query import PlainText, SearchQuery

from hub.pages.catalogue import CatalogueEntry, catalogue_models, published_entries
from hub.pages.records import MOMENT_TYPE, CatalogueRecord
from search import analysis
from search.compiler import CompiledQuery, FacetFilter, TerritoryFilter
from search.engines.base import Hit, SearchResults
from search.enums import Scope, Shelf, Sort
from search.highlighting import Highlighter
from search.query import NO, YES, counts_of_all

NAME = "database"
# More pages than this are not looked through for a year, a replay or a speaker, which are no column of the database.
_MAX_RECORDS = 200
_MAX_FOUND = 5_000
# Facets that are a relation of every type of entry.
_RELATIONS = {"axes": "axes__slug__in", "schemes": "schemes__slug__in", "tags": "tagged_items__tag__slug__in"}


# What a page is ordered by, and its id.
_Row: TypeAlias = tuple[tuple[int, str], int]


def search_database(*, query: CompiledQuery, text: str) -> SearchResults:
    """Answer a compiled query, ``text`` being what was typed. A dozen SQL queries, whatever is found."""
    wanted, unwanted = _words_of(text)
    located: list[_Row] = []
    others: list[_Row] = []
    matching = _pages(reduce(and_, map(_either_number, wanted))) if wanted else set()
    # Moments are nowhere but in an index: the entries that have some stand for them.
    types = [chosen.values for chosen in query.filters if chosen.field == "type" and MOMENT_TYPE not in chosen.values]
    for model in catalogue_models():
        if not all(model.catalogue_type in values for values in types):
            continue
        found = _filtered(model, query=query)
        if wanted:
            found = found.filter(pk__in=matching)
        if unwanted:
            found = found.exclude(pk__in=set().union(*(_pages(_either_number(word)) for word in unwanted)))
        found = _narrowed(found, model=model, query=query)
        rows = _rows(found, wanted=wanted, sort=query.sort)
        inside: set[int] = set()
        if query.territory is not None and rows:
            inside = set(model.objects.filter(_located(query.territory)).values_list("pk", flat=True))
        located += [row for row in rows if row[1] in inside]
        others += [row for row in rows if row[1] not in inside]
    groups = (located, others) if query.sort is Sort.RELEVANCE else ([*located, *others],)
    ranked = [pk for rows in groups for _, pk in sorted(rows, reverse=query.sort is not Sort.OLDEST)]
    both = query.territory is not None and query.territory.scope is Scope.ALL
    return SearchResults(
        engine=NAME,
        total=len(ranked),
        located_total=len(located) if both else None,
        hits=_hits(ranked[query.offset : query.offset + query.size], query=query),
        facets=counts_of_all(buckets={}, selected=query.selected) if query.with_facets else {},
        from_standby=True,
    )


def _words_of(text: str) -> tuple[list[str], list[str]]:
    wanted: dict[str, None] = {}
    unwanted: dict[str, None] = {}
    for chunk in analysis.clean(text).split():
        words = dict.fromkeys(word.surface for word in analysis.words(chunk) if word.term)
        (unwanted if chunk.startswith("-") else wanted).update(words)
    return list(wanted), list(unwanted)


def _either_number(word: str) -> SearchQuery:
    singular = word.removesuffix("s").removesuffix("S")
    forms = dict.fromkeys(form for form in (word, singular, f"{singular}s") if form)
    return reduce(or_, [PlainText(form) for form in forms])


def _pages(query: SearchQuery) -> set[int]:
    found = get_search_backend().search(query, Page.objects.all(), order_by_relevance=False)
    return {page.pk for page in found[:_MAX_FOUND]}


def _filtered(model: type[CatalogueEntry], *, query: CompiledQuery) -> QuerySet:
    found = model.objects.live().public()
    for chosen in query.filters:
        condition = _condition(model, chosen)
        if condition is not None:
            # Each in a subquery of its own: an entry with several values is found once.
            found = found.filter(pk__in=model.objects.filter(condition).values("pk"))
    if query.territory is not None:
        found = found.filter(pk__in=model.objects.filter(_place(query.territory)).values("pk"))
    return found


def _condition(model: type[CatalogueEntry], chosen: FacetFilter) -> Q | None:
    if chosen.field == "audiences":
        return Q(audiences__slug__in=chosen.values) | Q(audiences__parent__slug__in=chosen.values)
    if chosen.field == "organisations":
        lookups = [Q(**{f"{lookup}__slug__in": chosen.values}) for lookup in model.organisation_lookups]
        return reduce(or_, lookups, Q(pk__in=()))
    relation = _RELATIONS.get(chosen.field)
    return Q(**{relation: chosen.values}) if relation else None


def _located(territory: TerritoryFilter) -> Q:
    return Q(territories__code=territory.code) | Q(territories__containers__code=territory.code)


def _place(territory: TerritoryFilter) -> Q:
    located, covering = _located(territory), Q(territories__code__in=territory.containers)
    return {Scope.WITHIN: located, Scope.COVERING: covering}.get(territory.scope, located | covering)


def _narrowed(found: QuerySet, *, model: type[CatalogueEntry], query: CompiledQuery) -> QuerySet:
    """Keep the entries of the chosen years, with or without a replay, among the newest."""
    chosen = {one.field: one.values for one in query.filters if one.field in {"years", "has_replay", "speakers"}}
    if query.shelf is Shelf.MOMENTS:
        chosen["has_moments"] = (YES,)
    if not chosen:
        return found
    newest = found.order_by("-first_published_at").values_list("pk", flat=True)[:_MAX_RECORDS]
    kept = []
    for entry in published_entries(model).filter(pk__in=list(newest)):
        record: CatalogueRecord = entry.catalogue_record()
        values = {
            "years": set(record.years),
            "speakers": set(record.speakers),
            "has_replay": {YES if record.has_replay else NO},
            "has_moments": {YES if record.moments else NO},
        }
        if all(values[name] & set(wanted) for name, wanted in chosen.items()):
            kept.append(entry.pk)
    return found.filter(pk__in=kept)


def _rows(found: QuerySet, *, wanted: list[str], sort: Sort) -> list[_Row]:
    rank: Value | Case = Value(0)
    if wanted and sort is Sort.RELEVANCE:
        rank = Case(When(reduce(and_, [Q(title__icontains=word) for word in wanted]), then=1), default=0)
    day = Coalesce("original_published_on", TruncDate("first_published_at"))
    rows = found.annotate(rank=rank, day=day).values_list("rank", "day", "pk")
    return [((rank, str(day or "")), pk) for rank, day, pk in rows]


def _hits(pks: list[int], *, query: CompiledQuery) -> tuple[Hit, ...]:
    highlighter = Highlighter(query.text)
    entries = [entry for model in catalogue_models() for entry in published_entries(model).filter(pk__in=pks)]
    hits = {entry.pk: _hit(entry.catalogue_record(), highlighter=highlighter) for entry in entries}
    return tuple(hits[pk] for pk in pks if pk in hits)


def _hit(record: CatalogueRecord, *, highlighter: Highlighter) -> Hit:
    texts = [analysis.clean(text) for text in (record.summary, record.body, record.transcript)]
    return Hit(
        key=record.key,
        page_id=record.page_id,
        type=record.type,
        card=record.card,
        title=highlighter.segments(analysis.clean(record.title)),
        extract=highlighter.extract(*texts).segments,
    )
