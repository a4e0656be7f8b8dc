"""The page of results."""

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from hub.territories.models import Territory
from search import presentation
from search.enums import Scope, Sort
from search.facets import FACETS
from search.presentation import Link
from search.query import SearchQuery
from search.service import SearchAnswer, search
from search.typed_territory import read_typed_territory

PAGE_SIZE = 10
# Wider territories and fewer filters are only worth proposing when they find something; each one asked is a search.
MAX_WAYS_OUT = 5


@require_safe
def results(request: HttpRequest) -> HttpResponse:
    """Search by words, public and territory, and every other facet."""
    territory = read_typed_territory(params=request.GET)
    query, notices = SearchQuery.from_params(territory.params)
    answer = search(query=query, page_size=PAGE_SIZE)
    query, found, labels = answer.query, answer.results, answer.labels
    nothing = found.total == 0
    context = {
        "action": reverse("search"),
        "query": query,
        "results": found,
        "notices": [*([territory.notice] if territory.notice else []), *notices, *answer.notices],
        "territory": answer.territory,
        "typed_territory": territory.typed,
        "candidates": [
            Link(str(candidate), query.replace(territory=candidate.code).querystring()) for candidate in territory.candidates
        ],
        "scopes": Scope.choices,
        "kept_params": [
            (name, value) for name, value in query.to_params(with_page=False) if name not in {"q", "territoire", "portee"}
        ],
        "chips": presentation.chips(query=query, labels=labels, territory_label=answer.territory.name if answer.territory else ""),
        "without_filters": SearchQuery(text=query.text).querystring(),
        "sorts": presentation.sort_links(query=query),
        "groups": presentation.facet_groups(query=query, results=found, labels=labels, expanded=_expanded(request)),
        "pagination": presentation.pagination(query=query, total=found.total, page_size=PAGE_SIZE),
        "first_rank": (query.page - 1) * PAGE_SIZE + 1,
        "corrected": _corrected(answer) if nothing else None,
        "wider": _wider(answer) if nothing else [],
        "without": _without_a_filter(answer) if nothing else [],
    }
    return render(request, "search/results.html", context)


def _expanded(request: HttpRequest) -> str:
    asked = request.GET.get("voir", "")
    return asked if asked in presentation.SHOWN_VALUES else ""


def _corrected(answer: SearchAnswer) -> Link | None:
    text = answer.query.text
    for correction in answer.results.corrections:
        text = text.replace(correction.word, correction.replacement)
    return Link(text, answer.query.replace(text=text).querystring()) if text != answer.query.text else None


def _wider(answer: SearchAnswer) -> list[Link]:
    """Containers of the chosen territory where the same search finds something, the nearest first."""
    if answer.territory is None:
        return []
    containers = sorted(answer.territory.containers.all(), key=_nearest_first)
    return list(_finding((container.name, answer.query.replace(territory=container.code)) for container in containers[:MAX_WAYS_OUT]))


def _without_a_filter(answer: SearchAnswer) -> list[Link]:
    """The same search without one of its filters, when it then finds something."""
    query = answer.query
    candidates = [
        (presentation.value_label(field=facet.field, value=value, labels=answer.labels), query.without_value(field=facet.field, value=value))
        for facet in FACETS
        for value in query.selected_values().get(facet.field, ())
    ]
    if query.territory and answer.territory:
        candidates.append((answer.territory.name, query.replace(territory="", scope=Scope.ALL)))
    return list(_finding(iter(candidates[:MAX_WAYS_OUT])))


def _finding(candidates: Iterator[tuple[str, SearchQuery]]) -> Iterator[Link]:
    for label, query in candidates:
        total = search(query=query.replace(sort=Sort.RELEVANCE), page_size=1, with_facets=False).results.total
        if total:
            yield Link(f"{label} ({total})", query.querystring())


def _nearest_first(container: Territory) -> tuple[int, str]:
    order = ["arrondissement", "commune", "epci", "departement", "collectivite", "region", "pays"]
    return order.index(container.kind), container.name
