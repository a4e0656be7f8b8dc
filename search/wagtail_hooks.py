from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from search.admin_explanation import EXPLANATION_URL, SearchExplanationView
from search.admin_report import PERMISSION, READ_PERMISSION, URL_NAME, SearchReportView
from search.unanswered import admin as unanswered  # its own hooks


class SearchReportMenuItem(MenuItem):
    """Shown to those who look after the indexes, and to those who only look."""

    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm(READ_PERMISSION) or request.user.has_perm(PERMISSION)


@hooks.register("register_admin_urls")
def register_search_report_url() -> list[URLPattern]:
    """The report on the search."""
    return [
        path("rapports/recherche/", SearchReportView.as_view(), name=URL_NAME),
        path("rapports/recherche/pourquoi/", SearchExplanationView.as_view(), name=EXPLANATION_URL),
    ]


@hooks.register("register_reports_menu_item")
def register_search_report_menu_item() -> MenuItem:
    """The way to it, under the reports."""
    return SearchReportMenuItem("Recherche", reverse(URL_NAME), name="search-report", icon_name="search", order=1300)


@hooks.register("register_permissions")
def register_search_permission() -> QuerySet[Permission]:
    """Let an administrator give them to a group."""
    codenames = [permission.split(".")[1] for permission in (PERMISSION, READ_PERMISSION)]
    of_indexes = Permission.objects.filter(content_type__app_label="search", codename__in=codenames)
    return of_indexes | unanswered.unanswered_permissions(Permission.objects.all())
