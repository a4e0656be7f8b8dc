"""The page of the admin that says, for any search, why an entry is found and where it stands."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from search import presentation
from search.admin_report import URL_NAME, may_read
from search.asked import answer_search, read_search
from search.explained import ExplainedSearch
from search.service import standby_notice

EXPLANATION_URL = "search-explained"
PAGE_SIZE = 10
_MAX_NAMED = 500


class SearchExplanationView(WagtailAdminTemplateMixin, TemplateView):
    """Runs a search as a visitor's, and explains each of its results; ``contenu`` names one entry more."""

    template_name = "search/admin/explanation.html"
    page_title = "Pourquoi ce résultat ?"
    header_icon = "search"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not may_read(request):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

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
            query = asked.query
            first = (query.page - 1) * PAGE_SIZE + 1
            explained = ExplainedSearch(answer)
            entry = explained.entry_named(named) if named and explained.is_possible else None
            context |= {
                "answer": answer,
                "query": answer.query,
                "kept_params": [
                    (name, value) for name, value in answer.query.to_params(with_page=False) if name != "q"
                ],
                "filters": presentation.chips(
                    query=answer.query,
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
                "pagination": presentation.pagination(
                    query=answer.query, total=answer.results.total, page_size=PAGE_SIZE
                ),
                "results_url": f"{reverse('search')}?{answer.query.querystring()}",
            }
        return super().get_context_data(**context, **kwargs)
