from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from hub.territories.choices import select_options
from search import presentation
from search.asked import answer_search, read_place, read_search
from search.enums import Scope
from search.nearest import places_to_browse
from search.presentation import Link
from search.query import SearchQuery
from search.service import PAGE_SIZE, SearchAnswer, search, standby_notice, totals
from search.unanswered.views import TELL_US_URL

# Wider territories and fewer filters are only worth proposing when they find something; each one asked is a search.
MAX_WAYS_OUT = 5


@require_safe
def results(request: HttpRequest) -> HttpResponse:
    asked, answer = answer_search(asked=read_search(params=request.GET), page_size=PAGE_SIZE, with_moments=True)
    query, notices = asked.query, list(asked.notices)
    if answer.results.total and not answer.results.hits:
        notices = [f"Il n’y a pas de page {query.page} : voici la dernière."]
        last = query.replace(page=-(-answer.results.total // PAGE_SIZE))
        answer = search(query=last, page_size=PAGE_SIZE, with_moments=True)
    query, found, labels = answer.query, answer.results, answer.labels
    place = read_place(asked=asked, query=query)
    nothing = found.total == 0
    territory_label = answer.territory.name if answer.territory else ""
    first_rank = (query.page - 1) * PAGE_SIZE + 1
    context = {
        "action": reverse("search"),
        "paper_address": f"{request.build_absolute_uri(request.path)}?{query.querystring()}".rstrip("?"),
        "query": query,
        "is_asked": not query.is_blank or bool(asked.typed.typed),
        "typed_text": answer.typed,
        "as_typed": answer.as_typed,
        "understood": presentation.understood(reading=answer.reading),
        "results": found,
        "full_total": found.total - found.near_total,
        "full_hits": [hit for hit in found.hits if not hit.missing],
        "near_hits": [hit for hit in found.hits if hit.missing],
        "standby_notice": standby_notice(found),
        "notices": [*notices, *answer.notices],
        "territory": answer.territory,
        "territory_options": select_options(),
        "typed_territory": asked.typed.typed,
        "place": place,
        "candidates": [] if place is None or place.territory else place.candidates,
        "scopes": Scope.choices,
        "scope_words": presentation.scope_words(
            query=query, results=found, territory_label=str(answer.territory) if answer.territory else ""
        ),
        "kept_params": [
            (name, value)
            for name, value in query.to_params(with_page=False)
            if name not in {"q", "lieux", "territoire", "portee"}
        ],
        "chips": presentation.chips(query=query, labels=labels, territory_label=territory_label),
        "without_filters": SearchQuery(text=query.text, places_as_words=query.places_as_words).querystring(),
        "sorts": presentation.sort_links(query=query),
        "groups": []
        if nothing
        else presentation.facet_groups(query=query, results=found, labels=labels, expanded=request.GET.get("voir", "")),
        "pagination": presentation.pagination(query=query, total=found.total, page_size=PAGE_SIZE),
        "first_rank": first_rank,
        "first_near_rank": first_rank + sum(not hit.missing for hit in found.hits),
        "wider": _wider(answer) if nothing else [],
        "without": _without_a_filter(answer) if nothing else [],
        "tried": presentation.tried(
            query=query,
            reading=answer.reading,
            corrections=answer.corrections,
            labels=labels,
            territory_label=territory_label,
        )
        if nothing
        else [],
        "browsing": places_to_browse(answer=answer) if nothing else [],
        "tell_us": _tell_us(answer) if nothing and not query.is_blank else "",
    }
    return render(request, "search/results.html", context)


def _tell_us(answer: SearchAnswer) -> str:
    asked = answer.query.replace(text=answer.typed or answer.query.text)
    return f"{reverse(TELL_US_URL)}?{asked.querystring(with_page=False)}"


def _wider(answer: SearchAnswer) -> list[Link]:
    containers = answer.containers[:MAX_WAYS_OUT]
    return _finding(answer, [(found.name, answer.query.replace(territory=found.code)) for found in containers])


def _without_a_filter(answer: SearchAnswer) -> list[Link]:
    query = answer.query
    candidates = [
        (
            presentation.value_label(field=field, value=value, labels=answer.labels),
            query.without_value(field=field, value=value),
        )
        for field, values in query.selected_values().items()
        for value in values
    ]
    if answer.territory:
        candidates.append((answer.territory.name, query.replace(territory="", scope=Scope.ALL)))
    return _finding(answer, candidates[:MAX_WAYS_OUT])


def _finding(answer: SearchAnswer, candidates: list[tuple[str, SearchQuery]]) -> list[Link]:
    found = totals(answer=answer, queries=[query for _, query in candidates])
    return [
        Link(f"{label} ({total})", query.querystring())
        for (label, query), total in zip(candidates, found, strict=True)
        if total
    ]
