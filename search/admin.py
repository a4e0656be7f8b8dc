import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.timesince import timesince
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.models import Page
from wagtail.permission_policies import ModelPermissionPolicy

from search import presentation
from search.asked import answer_search, read_search
from search.engines.base import EngineState
from search.explaining import ExplainedSearch
from search.models import IndexConsumer
from search.outbox import retry_set_aside
from search.service import PAGE_SIZE, standby_notice
from search.status import ConsumerStatus, EngineStatus, SearchStatus, search_status

PERMISSION = "search.change_indexconsumer"
# Whoever reviews looks, and asks why an entry is found; acting on the indexes is for those who look after them.
READ_PERMISSION = "search.view_indexconsumer"
_POLICY = ModelPermissionPolicy(IndexConsumer)
URL_NAME = "search-report"
# Workers show that they are alive three times as often.
WORKER_ABSENT_SECONDS = 60
_PAGE_ID = re.compile(r"[0-9]{1,9}")

_STATES = {
    EngineState.READY: "répond, à jour de cette version du hub",
    EngineState.OUTDATED: "répond, mais vient d’une autre version du hub : il faut le reconstruire",
    EngineState.MISSING: "n’existe pas encore : il faut le construire",
}


class SearchReportView(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    """Shows the report; a POST asks for a rebuild, or for another try of what was set aside.

    A rebuild may last minutes and a request may not: it is asked for in the database, and the worker does it. Whoever
    looks at the report is told when no worker is there to hear.
    """

    template_name = "search/admin/report.html"
    page_title = "Recherche"
    header_icon = "search"
    permission_policy = _POLICY
    any_permission_required = ("view", "change")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        sections = index_sections(found=search_status())
        may_act = self.user_has_permission("change")
        asked = self.request.GET.get("reconstruire", "") if may_act else ""
        to_confirm = next((section for section in sections if section["name"] == asked and section["is_known"]), None)
        return super().get_context_data(sections=sections, may_act=may_act, to_confirm=to_confirm, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        del args, kwargs
        if not self.user_has_permission("change"):
            raise PermissionDenied
        consumer = get_object_or_404(IndexConsumer, name=request.POST.get("index", ""))
        page_id = request.POST.get("page", "")
        action = request.POST.get("action")
        if action == "rebuild":
            IndexConsumer.objects.filter(pk=consumer.pk).update(rebuild_requested_at=timezone.now())
            messages.success(request, f"La reconstruction de « {consumer.name} » est demandée au livreur.")
        elif action == "retry" and (not page_id or _PAGE_ID.fullmatch(page_id)):
            count = retry_set_aside(consumer=consumer.name, page_ids=[int(page_id)] if page_id else None)
            messages.success(request, f"{count} page(s) seront réessayées dans un instant.")
        else:
            messages.error(request, "Rien n’a été fait : l’action demandée est inconnue.")
        return redirect(reverse(URL_NAME))


def index_sections(*, found: SearchStatus) -> list[dict[str, Any]]:
    """Return the sections of the report, the engine that answers visitors first."""
    consumers = [engine.consumer for engine in found.engines if engine.consumer] + list(found.elsewhere)
    pages = Page.objects.in_bulk({page_id for consumer in consumers for page_id, _ in consumer.set_aside})
    sections = [_section_of_engine(engine, found=found, pages=pages) for engine in found.engines]
    return sections + [
        _section(consumer, name=consumer.row.name, role="Index d’un autre serveur", pages=pages)
        for consumer in found.elsewhere
    ]


def _section(
    consumer: ConsumerStatus | None,
    *,
    name: str,
    role: str,
    pages: dict[int, Page],
    problems: Sequence[str] = (),
    facts: Sequence[tuple[str, str]] = (),
    documents: tuple[tuple[str, int, int | None], ...] = (),
) -> dict[str, Any]:
    return {
        "name": name,
        "role": role,
        "problems": [*problems, *(_problems(consumer) if consumer else ())],
        "facts": [*facts, *(_facts(consumer) if consumer else ())],
        "documents": documents,
        "set_aside": list(_set_aside(consumer, pages=pages)) if consumer else [],
        "set_aside_count": consumer.set_aside_count if consumer else 0,
        "is_known": consumer is not None,
    }


def _section_of_engine(engine: EngineStatus, *, found: SearchStatus, pages: dict[int, Page]) -> dict[str, Any]:
    problems = [f"Ne répond pas : {engine.error}"] if engine.state is None else []
    if engine.needs_rebuild and engine.state is EngineState.READY:
        problems.append("Cet index n’est pas celui que la base connaît : il faut le reconstruire.")
    if engine.consumer is None:
        problems.append("Cet index n’est pas encore suivi par la base : le livreur le construira.")
    return _section(
        engine.consumer,
        name=engine.name,
        role="Secours de ce serveur" if engine.is_standby else "Moteur qui répond aux visiteurs",
        pages=pages,
        problems=problems,
        facts=[("État", "ne répond pas" if engine.state is None else _STATES[engine.state])],
        documents=() if engine.state is None else found.documents_by_type(engine),
    )


def _problems(consumer: ConsumerStatus) -> Iterable[str]:
    row = consumer.row
    if row.failing_since:
        yield f"En panne depuis {_ago(row.failing_since)} : {row.last_error}"
    elif row.last_error:
        yield row.last_error
    if not row.worker_seen_at or timezone.now() - row.worker_seen_at >= timedelta(seconds=WORKER_ABSENT_SECONDS):
        last = f"le dernier a été vu il y a {_ago(row.worker_seen_at)}" if row.worker_seen_at else "aucun vu"
        yield (
            f"Aucun livreur ne s’occupe de cet index en ce moment ({last}) : lancez « manage.py run_worker » "
            "sur le serveur, ou « manage.py rebuild_search » pour reconstruire sans lui."
        )


def _facts(consumer: ConsumerStatus) -> Iterable[tuple[str, str]]:
    yield "Dernière reconstruction", _moment(consumer.row.rebuilt_at)
    if consumer.row.rebuild_requested_at:
        yield "Reconstruction demandée", f"il y a {_ago(consumer.row.rebuild_requested_at)}"
    yield "Changements en attente", str(consumer.pending)
    if consumer.oldest_change:
        yield "Le plus ancien attend depuis", _ago(consumer.oldest_change)
    if consumer.errors:
        yield "Essais manqués", " ; ".join(consumer.errors)
    yield "Dernier signe de vie", _moment(consumer.row.last_seen_at)


def _set_aside(consumer: ConsumerStatus, *, pages: dict[int, Page]) -> Iterable[dict[str, Any]]:
    """Yield the pages that were refused for good. ``edit_url`` is empty once the page is gone."""
    for page_id, reason in consumer.set_aside:
        page = pages.get(page_id)
        title = page.get_admin_display_title() if page else f"Page {page_id}, supprimée"
        edit_url = reverse("wagtailadmin_pages:edit", args=[page.pk]) if page else ""
        yield {"page_id": page_id, "title": title, "edit_url": edit_url, "reason": reason}


def _ago(moment: datetime) -> str:
    if timezone.now() - moment < timedelta(minutes=1):
        return "moins d’une minute"
    return timesince(moment)


def _moment(moment: datetime | None) -> str:
    return f"{timezone.localtime(moment):%d/%m/%Y à %H:%M}" if moment else "jamais"


EXPLANATION_URL = "search-explained"
_MAX_NAMED = 500


class SearchExplanationView(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    """Runs a search as a visitor's, and explains each of its results; ``contenu`` names one entry more."""

    template_name = "search/admin/explanation.html"
    page_title = "Pourquoi ce résultat ?"
    header_icon = "search"
    permission_policy = _POLICY
    any_permission_required = ("view", "change")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        parents = [{"url": reverse(URL_NAME), "label": "Recherche"}]
        return [*self.breadcrumbs_items, *parents, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = read_search(params=self.request.GET)
        query = asked.query
        named = self.request.GET.get("contenu", "").strip()[:_MAX_NAMED]
        context: dict[str, Any] = {"query": query, "named": named, "answer": None}
        if not query.is_blank:
            asked, answer = answer_search(asked=asked, page_size=PAGE_SIZE)
            first = (asked.query.page - 1) * PAGE_SIZE + 1
            query = answer.query
            explained = ExplainedSearch(answer)
            entry = explained.entry_named(named) if named and explained.is_possible else None
            context |= {
                "answer": answer,
                "query": query,
                "kept_params": [(name, value) for name, value in query.to_params(with_page=False) if name != "q"],
                "filters": presentation.chips(
                    query=query,
                    labels=answer.labels,
                    territory_label=answer.territory.name if answer.territory else "",
                ),
                "notices": [*asked.notices, *answer.notices],
                "standby_notice": standby_notice(answer.results),
                "asked": explained.asked,
                "ignored": explained.ignored,
                "needed": explained.enough.needed if explained.enough else None,
                "shares": sum(child.share for child in explained.enough.children) if explained.enough else None,
                "entries": explained.entries(first_rank=first) if explained.is_possible else [],
                "is_possible": explained.is_possible,
                "full_total": answer.results.total - answer.results.near_total,
                "entry": entry,
                "is_unknown": bool(named) and explained.is_possible and entry is None,
                "pagination": presentation.pagination(query=query, total=answer.results.total, page_size=PAGE_SIZE),
                "results_url": f"{reverse('search')}?{query.querystring()}",
            }
        return super().get_context_data(**context, **kwargs)
