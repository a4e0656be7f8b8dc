from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from hub.territories.enums import TerritoryKind
from hub.territories.models import Territory
from hub.territories.suggestions import resolve_territory
from hub.vocabulary.models import Audience, Organisation, Scheme
from search.enums import Scope, Sort
from search.query import SearchQuery
from search.service import search


@dataclass(frozen=True, slots=True)
class FactLink:
    """A word of the page's facts; ``url`` is empty for plain text."""

    label: str
    url: str = ""


@require_safe
def audience(request: HttpRequest, slug: str) -> HttpResponse:
    subject = get_object_or_404(Audience.objects.select_related("parent"), slug=slug)
    facts = []
    if subject.parent:
        facts.append(("Public plus large", [FactLink(subject.parent.label, subject.parent.get_absolute_url())]))
    children = [FactLink(child.label, child.get_absolute_url()) for child in subject.children.all()]
    if children:
        facts.append(("Publics plus précis", children))
    asked = SearchQuery(audiences=(subject.slug,))
    return _page(
        request,
        kicker="Public",
        title=subject.label,
        definition=subject.definition,
        description=f"Ateliers et initiatives pour : {subject.label}.",
        facts=facts,
        sections=[("Ateliers et initiatives pour ce public", "Rien n’est encore publié pour ce public.", asked)],
    )


@require_safe
def scheme(request: HttpRequest, slug: str) -> HttpResponse:
    subject = get_object_or_404(Scheme, slug=slug)
    return _page(
        request,
        kicker="Dispositif",
        title=f"{subject.expansion} ({subject.acronym})" if subject.acronym else subject.expansion,
        definition=subject.definition,
        description=subject.definition or f"Ateliers et initiatives autour du dispositif {subject.short_label}.",
        facts=[],
        sections=[
            (
                "Ateliers et initiatives autour de ce dispositif",
                "Rien n’est encore publié autour de ce dispositif.",
                SearchQuery(schemes=(subject.slug,)),
            )
        ],
    )


@require_safe
def organisation(request: HttpRequest, slug: str) -> HttpResponse:
    subject = get_object_or_404(Organisation.objects.validated().select_related("kind", "territory"), slug=slug)
    facts = [("Type de structure", [FactLink(subject.kind.label)])]
    if subject.territory:
        facts.append(("Territoire", [FactLink(subject.territory.name, subject.territory.get_absolute_url())]))
    if subject.website:
        facts.append(("Site internet", [FactLink(subject.website, subject.website)]))
    return _page(
        request,
        kicker="Structure",
        title=subject.name,
        definition="",
        description=f"Ateliers et initiatives auxquels participe {subject.name}.",
        facts=facts,
        sections=[
            (
                "Ateliers et initiatives auxquels elle participe",
                "Cette structure n’apparaît encore dans aucun contenu publié.",
                SearchQuery(organisations=(subject.slug,)),
            )
        ],
    )


@require_safe
def territory(request: HttpRequest, code: str) -> HttpResponse:
    """What happens on a territory, then what covers it from further up. A merged commune leads to its successor."""
    subject = resolve_territory(code=code) or get_object_or_404(Territory, code=code)
    if subject.code != code:
        return redirect("territory", subject.code, permanent=True)
    containers = sorted(
        subject.containers.all(), key=lambda container: (-TerritoryKind(container.kind).rank, container.name)
    )
    facts = [("Échelle", [FactLink(subject.get_kind_display())])]
    if containers:
        facts.append(
            ("Contenu dans", [FactLink(container.name, container.get_absolute_url()) for container in containers])
        )
    if subject.kind != TerritoryKind.PAYS and subject.population:
        facts.append(("Population", [FactLink(f"{subject.population:,} habitants".replace(",", "\u202f"))]))
    asked = SearchQuery(territory=subject.code, scope=Scope.WITHIN)
    sections = [("Sur ce territoire", "Rien n’est encore publié sur ce territoire.", asked)]
    if containers:
        nothing = "Rien n’est encore publié sur les territoires qui le contiennent."
        sections.append(("Sur les territoires qui le contiennent", nothing, asked.replace(scope=Scope.COVERING)))
    return _page(
        request,
        kicker="Territoire",
        title=subject.name,
        definition="",
        description=f"Ateliers et initiatives sur le territoire : {subject.name}.",
        facts=facts,
        sections=sections,
    )


def _page(request: HttpRequest, *, sections: Iterable[tuple[str, str, SearchQuery]], **context: Any) -> HttpResponse:
    """Show what is newest of each section: its title, what to say when it is empty, what it asks."""
    context |= {"action": reverse("search"), "sections": []}
    for title, empty_text, asked in sections:
        query = asked.replace(sort=Sort.NEWEST)
        found = {"results": search(query=query).results, "querystring": query.querystring()}
        context["sections"].append({"title": title, "empty_text": empty_text, **found})
    return render(request, "search/landing.html", context)
