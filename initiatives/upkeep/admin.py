"""The upkeep of the sheets in the administration: who keeps which, what readers report, what is to be confirmed."""

from typing import TYPE_CHECKING, Any, ClassVar, cast

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.db.models.functions import Coalesce, Greatest
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST
from wagtail.admin import messages
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views.generic.models import IndexView
from wagtail.admin.views.reports.base import ReportView
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy

from initiatives.enums import ReportState
from initiatives.models import Dossier, ErrorReport
from initiatives.reporting import settle
from initiatives.states import state_of
from initiatives.upkeep.confirming import confirm

if TYPE_CHECKING:
    from hub.accounts.models import User

CHANGE_DOSSIER = "initiatives.change_dossier"
CHANGE_REPORT = "initiatives.change_errorreport"
REPORT_URL = "sheets-to-confirm"


class NeverMadeByHand(ModelPermissionPolicy):
    """Rows that follow from what people do elsewhere: nobody adds or deletes one here, superusers included."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action not in {"add", "delete"} and bool(super().user_has_permission(user, action))

    def user_has_any_permission(self, user: Any, actions: Any) -> bool:
        return any(self.user_has_permission(user, action) for action in actions)


register_permission_policy(ErrorReport, NeverMadeByHand(ErrorReport))


class ButtonColumn(Column):
    """A cell that does something to its row: a form, for a link would act when it is read."""

    cell_template_name = "initiatives/upkeep/admin/button_cell.html"

    def __init__(self, name: str, *, url_name: str, words: str) -> None:
        super().__init__(name, label="Action", accessor=lambda row: row)
        self.url_name, self.words = url_name, words

    def is_offered(self, row: Any) -> bool:
        del row
        return True

    def get_cell_context_data(self, instance: Any, parent_context: dict[str, Any]) -> dict[str, Any]:
        context: dict[str, Any] = super().get_cell_context_data(instance, parent_context)
        request = parent_context.get("request")
        return {
            **context,
            "action": reverse(self.url_name, args=[instance.pk]) if self.is_offered(instance) else "",
            "words": self.words,
            "about": str(instance.page),
            "token": get_token(request) if request is not None else "",
        }


class SettleColumn(ButtonColumn):
    def is_offered(self, row: Any) -> bool:
        return bool(row.state == ReportState.NEW)


class DossierIndexView(IndexView):
    add_item_label = "Ajouter un dossier"


class DossierViewSet(ModelViewSet):
    model = Dossier
    index_view_class = DossierIndexView
    name = "sheet_dossiers"
    url_prefix = "fiches/dossiers"
    menu_label = "Dossiers des fiches"
    icon = "folder-open-inverse"
    add_to_admin_menu = False
    copy_view_enabled = False
    inspect_view_enabled = False
    list_display: ClassVar[list[Any]] = [
        TitleColumn("page", label="Fiche", url_name="sheet_dossiers:edit"),
        Column("steward", label="Structure qui la tient", sort_key="steward__name"),
        Column("state", label="État", accessor=lambda dossier: state_of(sheet=dossier.page).label),
        DateColumn("confirmed_at", label="Confirmée le", sort_key="confirmed_at"),
        DateColumn("archived_at", label="Archivée le", sort_key="archived_at"),
    ]
    list_filter: ClassVar[list[str]] = ["steward"]
    search_fields: ClassVar[list[str]] = ["page__title", "steward__name"]
    search_backend_name = None
    edit_handler = ObjectList(
        [
            FieldPanel("page"),
            FieldPanel("steward", help_text="Ses membres écrivent la fiche. Vide : la fiche est celle de la Dihal."),
            FieldPanel("external_id"),
            FieldPanel("confirmed_at", read_only=True),
            FieldPanel("confirmed_by", read_only=True),
            FieldPanel("confirmation_asked_at", read_only=True),
            FieldPanel("archived_at", read_only=True),
        ]
    )


class ErrorReportForm(WagtailAdminModelForm):
    def save(self, commit: bool = True) -> ErrorReport:  # noqa: FBT001, FBT002 — Django's signature
        is_closed = self.instance.state == ReportState.CLOSED
        self.instance.closed_at = (self.instance.closed_at or timezone.now()) if is_closed else None
        report: ErrorReport = super().save(commit=commit)
        return report


class ErrorReportViewSet(ModelViewSet):
    model = ErrorReport
    name = "error_reports"
    url_prefix = "fiches/signalements"
    menu_label = "Signalements"
    icon = "warning"
    add_to_admin_menu = True
    menu_order = 110
    copy_view_enabled = False
    list_display: ClassVar[list[Any]] = [
        TitleColumn("page", label="Fiche", url_name="error_reports:edit"),
        Column("text", label="Ce qui est inexact", accessor=lambda report: _shortened(report.text)),
        Column("get_state_display", label="État", sort_key="state"),
        DateColumn("created_at", label="Reçu le", sort_key="created_at"),
        SettleColumn("settle", url_name="error-report-settle", words="Marquer comme traité"),
    ]
    list_filter: ClassVar[list[str]] = ["state"]
    search_fields: ClassVar[list[str]] = ["page__title", "text"]
    search_backend_name = None
    edit_handler = ObjectList(
        [
            FieldPanel("page", read_only=True),
            FieldPanel("text", read_only=True),
            FieldPanel("email", read_only=True),
            FieldPanel("created_at", read_only=True),
            FieldPanel("state"),
        ],
        base_form_class=ErrorReportForm,
    )


class SheetsToConfirmView(ReportView):
    """The published sheets, those known to be true for the longest time first."""

    page_title = "Fiches à confirmer"
    header_icon = "history"
    model = Dossier
    index_url_name = REPORT_URL
    index_results_url_name = "sheets-to-confirm-results"
    permission_policy = ModelPermissionPolicy(Dossier)
    permission_required = "change"
    # A title could be read as a formula by a spreadsheet, and Wagtail does not escape it.
    list_export: ClassVar[list[str]] = []
    columns: ClassVar[list[Any]] = [
        TitleColumn("page", label="Fiche", get_url=lambda dossier: reverse("sheet_dossiers:edit", args=[dossier.pk])),
        Column("steward", label="Structure qui la tient", accessor=lambda dossier: dossier.steward or "Dihal"),
        DateColumn("published", label="Publiée le", accessor="page.last_published_at"),
        DateColumn("known_true", label="Réputée vraie depuis", accessor="known_true"),
        Column("confirmed_by", label="Confirmée par"),
        DateColumn("confirmation_asked_at", label="Demandée le"),
        Column("confirmation_reminders", label="Rappels"),
        Column("state", label="État", accessor=lambda dossier: state_of(sheet=dossier.page).label),
        ButtonColumn("confirm", url_name="sheet-confirm-by-hand", words="Confirmer"),
    ]

    def get_queryset(self) -> QuerySet[Dossier]:
        return (
            Dossier.objects.filter(page__live=True)
            .select_related("page", "steward")
            .annotate(
                known_true=Coalesce(
                    Greatest("confirmed_at", "page__last_published_at"), "confirmed_at", "page__last_published_at"
                )
            )
            .order_by("known_true", "pk")
        )


@require_POST
def confirm_by_hand(request: HttpRequest, pk: int) -> HttpResponse:
    if not request.user.has_perm(CHANGE_DOSSIER):
        raise PermissionDenied
    dossier = get_object_or_404(Dossier.objects.filter(page__live=True).select_related("page"), pk=pk)
    confirm(sheet=dossier.page, user=cast("User", request.user), now=timezone.now(), is_from_dihal=True)
    messages.success(request, f"« {dossier.page} » est confirmée.")
    return redirect(REPORT_URL)


@require_POST
def settle_report(request: HttpRequest, pk: int) -> HttpResponse:
    if not request.user.has_perm(CHANGE_REPORT):
        raise PermissionDenied
    report = get_object_or_404(ErrorReport.objects.select_related("page"), pk=pk)
    settle(report=report, now=timezone.now())
    messages.success(request, f"Le signalement sur « {report.page} » est traité.")
    return redirect("error_reports:index")


def _shortened(text: str) -> str:
    longest = 120
    return text if len(text) <= longest else f"{text[:longest].rstrip()}…"
