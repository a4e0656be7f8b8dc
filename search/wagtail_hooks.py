from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from search.admin_report import PERMISSION, URL_NAME, SearchReportView


class SearchReportMenuItem(MenuItem):
    """Shown to those who look after the indexes."""

    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm(PERMISSION)


@hooks.register("register_admin_urls")
def register_search_report_url() -> list[URLPattern]:
    """The report on the search."""
    return [path("rapports/recherche/", SearchReportView.as_view(), name=URL_NAME)]


@hooks.register("register_reports_menu_item")
def register_search_report_menu_item() -> MenuItem:
    """The way to it, under the reports."""
    return SearchReportMenuItem("Recherche", reverse(URL_NAME), name="search-report", icon_name="search", order=1300)


@hooks.register("register_permissions")
def register_search_permission() -> QuerySet[Permission]:
    """Let an administrator give it to a group."""
    app_label, codename = PERMISSION.split(".")
    return Permission.objects.filter(content_type__app_label=app_label, codename=codename)
