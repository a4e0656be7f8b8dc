from collections.abc import Iterable

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, reverse
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.admin.viewsets.base import ViewSet
from wagtail.admin.widgets.button import Button
from wagtail.documents.models import Document
from wagtail.log_actions import LogActionRegistry
from wagtail.models import Page

import hub.web.path_converters  # noqa: F401 — the converter « key »
from hub.admin_menu import RightMenuItem
from initiatives.bulk import admin as bulk
from initiatives.bulk.importing import LOG_ACTION as IMPORT_LOG_ACTION
from initiatives.review.admin_views import ReviewPreviewView, ReviewQueueView, ReviewSheetView
from initiatives.review.queue import review_button, review_menu_item
from initiatives.space.files import is_private, may_read_file, private_document
from initiatives.upkeep import admin as upkeep
from initiatives.waiting_panel import WaitingPanel


@hooks.register("register_admin_urls")
def register_urls() -> list[URLPattern]:
    report = upkeep.SheetsToConfirmView
    return [
        path("relectures/", ReviewQueueView.as_view(), name="review-queue"),
        path("relectures/<key:pk>/", ReviewSheetView.as_view(), name="review-sheet"),
        path("relectures/<key:pk>/apercu/", ReviewPreviewView.as_view(), name="review-preview"),
        path("rapports/fiches-a-confirmer/", report.as_view(), name=upkeep.REPORT_URL),
        path(
            "rapports/fiches-a-confirmer/resultats/",
            report.as_view(results_only=True),
            name=report.index_results_url_name,
        ),
        path("rapports/fiches-a-confirmer/<key:pk>/", upkeep.confirm_by_hand, name="sheet-confirm-by-hand"),
        path("fiches/signalements/traiter/<key:pk>/", upkeep.settle_report, name="error-report-settle"),
        path("fiches/importer/", bulk.ImportFormView.as_view(), name=bulk.FORM_URL),
        path("fiches/importer/modele.csv", bulk.csv_template_view, name="bulk-import-csv"),
        path("fiches/importer/modele.xlsx", bulk.workbook_template_view, name="bulk-import-xlsx"),
        path("fiches/importer/<key:pk>/", bulk.ImportView.as_view(), name=bulk.IMPORT_URL),
        path("fiches/importer/<key:pk>/rapport.csv", bulk.report_view, name="bulk-import-report"),
    ]


hooks.register("register_admin_menu_item", review_menu_item)


@hooks.register("construct_homepage_panels")
def say_what_waits(request: HttpRequest, panels: list[Component]) -> None:
    panel = WaitingPanel(user=request.user)
    if panel.is_for_somebody:
        panels.insert(0, panel)


@hooks.register("register_page_header_buttons")
def register_review_button(
    page: Page,
    user: AbstractBaseUser,
    view_name: str,  # noqa: ARG001 — Wagtail's signature
    next_url: str | None = None,  # noqa: ARG001 — likewise
) -> Iterable[Button]:
    """The way from the editor of a sheet to its review."""
    return review_button(page=page, user=user)


@hooks.register("register_admin_viewset")
def register_upkeep_viewsets() -> list[ViewSet]:
    return [upkeep.DossierViewSet(), upkeep.ErrorReportViewSet()]


@hooks.register("register_reports_menu_item")
def register_upkeep_report() -> MenuItem:
    return RightMenuItem(
        "Fiches à confirmer",
        reverse(upkeep.REPORT_URL),
        right=upkeep.CHANGE_DOSSIER,
        name="sheets-to-confirm",
        icon_name="history",
        order=1320,
    )


@hooks.register("register_admin_menu_item")
def register_dossiers() -> MenuItem:
    address = reverse("sheet_dossiers:index")
    return RightMenuItem(
        "Dossiers des fiches",
        address,
        right=upkeep.CHANGE_DOSSIER,
        name="dossiers",
        icon_name="folder-open-inverse",
        order=107,
    )


@hooks.register("register_permissions")
def register_upkeep_permissions() -> QuerySet[Permission]:
    """Let an administrator give these rights to a group."""
    models = ("dossier", "errorreport", "bulkimport")
    return Permission.objects.filter(content_type__app_label="initiatives", content_type__model__in=models)


@hooks.register("before_serve_document")
def keep_partners_documents(document: Document, request: HttpRequest) -> HttpResponseBase | None:
    """Keep a partner's document from everybody else until a published page shows it, as if it did not exist."""
    if not is_private(file=document):
        return None
    if not may_read_file(user=request.user, file=document):
        raise Http404
    return private_document(document=document)


@hooks.register("register_log_actions")
def register_import_log_action(actions: LogActionRegistry) -> None:
    actions.register_action(IMPORT_LOG_ACTION, "Importer", "Écrite par un import")


@hooks.register("register_admin_menu_item")
def register_import_menu_item() -> MenuItem:
    address = reverse(bulk.FORM_URL)
    return RightMenuItem(
        "Importer des fiches", address, right=bulk.PERMISSION, name="bulk-import", icon_name="upload", order=108
    )
