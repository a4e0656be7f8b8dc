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
from search.engines.base import SearchResults
from search.enums import Scope, Sort
from search.query import SearchQuery
from search.service import search


@dataclass(frozen=True, slots=True)
class FactLink:
    """A word of the page's facts; ``url`` is empty for plain text."""

    label: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    results: SearchResults
    querystring: str
    empty_text: str


@require_safe
def audience(request: HttpRequest, slug: str) -> HttpResponse:
    subject = get_object_or_404(Audience.objects.select_related("parent"), slug=slug)
    facts = []
    if subject.parent:
        facts.append(("Public plus large", [FactLink(subject.parent.label, subject.parent.get_absolute_url())]))
    children = [FactLink(child.label, child.get_absolute_url()) for child in subject.children.all()]
    if children:
        facts.append(("Publics plus précis", children))
    return _page(
        request,
        kicker="Public",
        title=subject.label,
        definition=subject.definition,
        description=f"Ateliers et initiatives pour : {subject.label}.",
        facts=facts,
        sections=[
            _section(
                title="Ateliers et initiatives pour ce public",
                query=SearchQuery(audiences=(subject.slug,), sort=Sort.NEWEST),
                empty_text="Rien n’est encore publié pour ce public.",
            )
        ],
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
            _section(
                title="Ateliers et initiatives autour de ce dispositif",
                query=SearchQuery(schemes=(subject.slug,), sort=Sort.NEWEST),
                empty_text="Rien n’est encore publié autour de ce dispositif.",
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
            _section(
                title="Ateliers et initiatives auxquels elle participe",
                query=SearchQuery(organisations=(subject.slug,), sort=Sort.NEWEST),
                empty_text="Cette structure n’apparaît encore dans aucun contenu publié.",
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
    sections = [
        _section(
            title="Sur ce territoire",
            query=SearchQuery(territory=subject.code, scope=Scope.WITHIN, sort=Sort.NEWEST),
            empty_text="Rien n’est encore publié sur ce territoire.",
        )
    ]
    if containers:
        sections.append(
            _section(
                title="Sur les territoires qui le contiennent",
                query=SearchQuery(territory=subject.code, scope=Scope.COVERING, sort=Sort.NEWEST),
                empty_text="Rien n’est encore publié sur les territoires qui le contiennent.",
            )
        )
    return _page(
        request,
        kicker="Territoire",
        title=subject.name,
        definition="",
        description=f"Ateliers et initiatives sur le territoire : {subject.name}.",
        facts=facts,
        sections=sections,
    )


def _section(*, title: str, query: SearchQuery, empty_text: str) -> Section:
    return Section(
        title=title, results=search(query=query).results, querystring=query.querystring(), empty_text=empty_text
    )


def _page(request: HttpRequest, **context: Any) -> HttpResponse:
    return render(request, "search/landing.html", {"action": reverse("search"), **context})
