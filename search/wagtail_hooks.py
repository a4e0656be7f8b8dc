from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.widgets.button import Button
from wagtail.snippets.models import register_snippet

from search.admin import EXPLANATION_URL, PERMISSION, READ_PERMISSION, URL_NAME, SearchExplanationView, SearchReportView
from search.thesaurus.admin import (
    EXPORT_URL,
    IMPORT_URL,
    PERMISSIONS,
    TRIAL_URL,
    ThesaurusExportView,
    ThesaurusImportView,
    ThesaurusTrialView,
    ThesaurusViewSet,
)
from search.thesaurus.models import ThesaurusEntry
from search.unanswered import admin as unanswered  # its own hooks

register_snippet(ThesaurusViewSet)


class SearchReportMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm(READ_PERMISSION) or request.user.has_perm(PERMISSION)


@hooks.register("register_admin_urls")
def register_search_urls() -> list[URLPattern]:
    return [
        path("rapports/recherche/", SearchReportView.as_view(), name=URL_NAME),
        path("rapports/recherche/pourquoi/", SearchExplanationView.as_view(), name=EXPLANATION_URL),
        path("thesaurus/importer/", ThesaurusImportView.as_view(), name=IMPORT_URL),
        path("thesaurus/exporter/", ThesaurusExportView.as_view(), name=EXPORT_URL),
        path("thesaurus/essayer/", ThesaurusTrialView.as_view(), name=TRIAL_URL),
    ]


@hooks.register("register_reports_menu_item")
def register_search_report_menu_item() -> MenuItem:
    return SearchReportMenuItem("Recherche", reverse(URL_NAME), name="search-report", icon_name="search", order=1300)


@hooks.register("register_permissions")
def register_search_permission() -> QuerySet[Permission]:
    codenames = [permission.split(".")[1] for permission in (PERMISSION, READ_PERMISSION)]
    of_indexes = Permission.objects.filter(content_type__app_label="search", codename__in=codenames)
    return of_indexes | unanswered.unanswered_permissions(Permission.objects.all())


@hooks.register("register_snippet_listing_buttons")
def thesaurus_listing_buttons(snippet: Model, user: Any, next_url: str | None = None) -> list[Button]:
    del next_url
    if not isinstance(snippet, ThesaurusEntry) or not user.has_perms(PERMISSIONS):
        return []
    return [Button("Essayer", url=f"{reverse(TRIAL_URL)}?entree={snippet.pk}", icon_name="search", priority=30)]
