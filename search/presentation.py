"""What the page of results shows beside the results: filters, chips, links. Pure: no request, no engine."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from search.analysis import fold
from search.compiler import Reading
from search.engines.base import Correction, SearchResults
from search.enums import Scope, Sort
from search.query import FACET_BY_FIELD, FACETS, MAX_PAGE, YES, FacetCount, SearchQuery

# How many values of a facet are shown before « Voir tout »; what is not named is reached from elsewhere (key words).
SHOWN_VALUES: Mapping[str, int] = {
    "audiences": 4,
    "axes": 3,
    "schemes": 3,
    "type": 3,
    "speakers": 4,
    "years": 2,
    "organisations": 2,
    "has_replay": 1,
}
EXPANDED_VALUES = 60
SHOWN_SYNONYMS = 4
PAGE_NEIGHBOURS = 1

Labels = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class FacetChoice:
    """A value of a facet, and the address that adds it to the search, or takes it away when it is chosen."""

    label: str
    count: int
    querystring: str
    is_selected: bool


@dataclass(frozen=True, slots=True)
class FacetGroup:
    field: str
    title: str
    choices: tuple[FacetChoice, ...]
    expand_querystring: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    label: str
    querystring: str
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class Pagination:
    """Where one is in the results. ``links`` holds ``None`` where pages are left out."""

    links: tuple[Link | None, ...]
    previous: Link | None
    next: Link | None


@dataclass(frozen=True, slots=True)
class Understood:
    """What was typed, and what it was taken to mean as well; ``has_more`` when that is not all of it."""

    typed: str
    others: tuple[str, ...]
    has_more: bool


def understood(*, reading: Reading) -> list[Understood]:
    found = []
    for concept in reading.concepts:
        typed = fold(concept.typed)
        others = tuple(dict.fromkeys(s.label for s in concept.synonyms if fold(s.label) != typed))
        if others:
            found.append(Understood(concept.typed, others[:SHOWN_SYNONYMS], len(others) > SHOWN_SYNONYMS))
    return found


def tried(
    *, query: SearchQuery, reading: Reading, corrections: Sequence[Correction], labels: Labels, territory_label: str
) -> list[tuple[str, tuple[str, ...]]]:
    """Return what a search that found nothing looked for, in pairs of a label and its values, none of them empty."""
    filters = chips(query=query.replace(territory="", scope=Scope.ALL), labels=labels)
    scope = f"{territory_label} ({Scope(query.scope).label.lower()})" if territory_label else ""
    lines = (
        ("Mots cherchés", tuple(concept.typed for concept in reading.concepts)),
        ("Orthographes corrigées", tuple(f"« {found.word} » en « {found.replacement} »" for found in corrections)),
        ("Cherchés aussi", tuple(other for word in understood(reading=reading) for other in word.others)),
        ("Territoire", (scope,) if scope else ()),
        ("Filtres", tuple(chip.label for chip in filters)),
    )
    return [(label, values) for label, values in lines if values]


def facet_groups(*, query: SearchQuery, results: SearchResults, labels: Labels, expanded: str = "") -> list[FacetGroup]:
    """Return the filters in the order of the page, empty ones left out; ``expanded`` names the one shown whole."""
    groups = []
    for field, limit in SHOWN_VALUES.items():
        counts = results.facets.get(field, ())
        if FACET_BY_FIELD[field].of_moments and not query.is_for_moments:
            continue
        if field == "has_replay":
            counts = tuple(count for count in counts if count.value == YES)
        shown = _shown(counts, limit=EXPANDED_VALUES if field == expanded else limit)
        choices = tuple(_choice(query=query, field=field, count=count, labels=labels) for count in shown)
        if not choices:
            continue
        has_more = len(shown) < len(counts) and field != expanded
        expand = f"{query.querystring()}&voir={field}".lstrip("&") if has_more else ""
        groups.append(
            FacetGroup(field=field, title=FACET_BY_FIELD[field].label, choices=choices, expand_querystring=expand)
        )
    return groups


def chips(*, query: SearchQuery, labels: Labels, territory_label: str = "") -> list[Link]:
    links = []
    if query.territory:
        anywhere = query.replace(territory="", scope=Scope.ALL)
        links.append(Link(territory_label or query.territory, anywhere.querystring()))
    for facet in FACETS:
        for value in query.selected_values().get(facet.field, ()):
            without = query.without_value(field=facet.field, value=value)
            links.append(Link(value_label(field=facet.field, value=value, labels=labels), without.querystring()))
    return links


def scope_words(*, query: SearchQuery, results: SearchResults, territory_label: str) -> str:
    """Return what the scope of a search means on its territory; nothing without a territory or a result."""
    if not territory_label or not results.total:
        return ""
    if query.scope is Scope.WITHIN:
        words = "seulement dans ce territoire, et dans ceux qu’il contient"
    elif query.scope is Scope.COVERING:
        words = "seulement pour un territoire plus large qui le contient, jusqu’à la France"
    elif not results.located_total:
        words = "aucun dans ce territoire même, tous pour un plus large qui le contient"
    elif results.located_total == results.total:
        words = "tous dans ce territoire"
    else:
        wider = results.total - results.located_total
        words = (
            f"{results.located_total} dans ce territoire, {wider} pour un plus large qui le contient, jusqu’à la France"
        )
    return f"{territory_label} : {words}."


def sort_links(*, query: SearchQuery) -> list[Link]:
    return [
        Link(str(sort.label), query.replace(sort=sort).querystring(), is_current=sort == query.sort) for sort in Sort
    ]


def pagination(*, query: SearchQuery, total: int, page_size: int) -> Pagination | None:
    last = min(-(-total // page_size), MAX_PAGE)
    if last <= 1:
        return None
    current = min(query.page, last)
    kept = sorted({1, last, *range(max(1, current - PAGE_NEIGHBOURS), min(last, current + PAGE_NEIGHBOURS) + 1)})
    links: list[Link | None] = []
    for position, number in enumerate(kept):
        if position and number - kept[position - 1] > 1:
            links.append(None)
        links.append(_page_link(query=query, number=number, is_current=number == query.page))
    return Pagination(
        links=tuple(links),
        previous=_page_link(query=query, number=current - 1) if current > 1 else None,
        next=_page_link(query=query, number=current + 1) if current < last else None,
    )


def value_label(*, field: str, value: str, labels: Labels) -> str:
    return labels.get(field, {}).get(value, value)


def _shown(counts: tuple[FacetCount, ...], *, limit: int) -> tuple[FacetCount, ...]:
    """The first values, chosen ones always among them, in the engine's order."""
    chosen = [count for count in counts if count.is_selected]
    others = [count for count in counts if not count.is_selected][: max(0, limit - len(chosen))]
    kept = {count.value for count in (*chosen, *others)}
    return tuple(count for count in counts if count.value in kept)


def _choice(*, query: SearchQuery, field: str, count: FacetCount, labels: Labels) -> FacetChoice:
    change = query.without_value if count.is_selected else query.with_value
    return FacetChoice(
        label=value_label(field=field, value=count.value, labels=labels),
        count=count.count,
        querystring=change(field=field, value=count.value).querystring(),
        is_selected=count.is_selected,
    )


def _page_link(*, query: SearchQuery, number: int, is_current: bool = False) -> Link:
    return Link(str(number), query.replace(page=number).querystring(), is_current=is_current)
