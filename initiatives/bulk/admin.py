import io
from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.permission_policies import ModelPermissionPolicy

from hub.accounts.screens import MemberRequest
from hub.refusals import UNPROCESSABLE
from hub.vocabulary.fields import OrganisationChoiceField
from hub.vocabulary.models import Audience, Axis, Organisation, Scheme
from initiatives.answers import wants_json
from initiatives.bulk.columns import columns
from initiatives.bulk.jobs import (
    KEPT,
    MAX_BYTES,
    MAX_LINES,
    advance,
    confirm,
    receive_file,
    result_of,
    results_of,
    totals_of,
)
from initiatives.bulk.report import report_texts
from initiatives.bulk.tables import SHEET_NAME, UnreadableFile, as_data, csv_line
from initiatives.enums import ImportOutcome, ImportPhase, InitiativeStatus, PartnershipRole
from initiatives.models import BulkImport, InitiativeIndexPage


class ImportForm(forms.Form):
    file = forms.FileField(
        label="Fichier",
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
        help_text=(
            f"CSV ou XLSX, {MAX_LINES // 1000}\u202f000 lignes et {MAX_BYTES // 2**20} Mo au plus. "
            "Il est d’abord vérifié ligne par ligne, sans rien écrire."
        ),
        error_messages={
            "required": "Choisissez un fichier.",
            "empty": "Le fichier est vide.",
            "invalid": "Choisissez un fichier.",
            "missing": "Choisissez un fichier.",
        },
    )
    organisation = OrganisationChoiceField(
        label="Structure qui tient les fiches",
        queryset=Organisation.objects.validated(),
        required=False,
        help_text="Pour les lignes dont la colonne « structure » est vide ; sans structure, la fiche est à la Dihal.",
    )
    is_to_submit = forms.BooleanField(
        label="Envoyer directement en relecture",
        required=False,
        help_text="Les lignes incomplètes sont alors refusées. Sinon, les fiches sont des brouillons.",
    )

    def clean_file(self) -> forms.FileField:
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(f"Le fichier est trop lourd : {MAX_BYTES // 2**20} Mo au plus.")
        return file


_WIDTH = 28
_EXPLANATION_WIDTH = 90


def csv_template() -> bytes:
    return csv_line(column.heading for column in columns().values()).encode("utf-8-sig")


def workbook_template() -> bytes:
    book = Workbook()
    sheets = book.active
    sheets.title = SHEET_NAME
    sheets.append([column.heading for column in columns().values()])
    sheets.freeze_panes = "A2"
    explanations = book.create_sheet("Mode d’emploi")
    explanations.append(["colonne", "obligatoire", "ce qu’on y écrit", "exemple"])
    for column in columns().values():
        cells = [column.heading, "oui" if column.is_required else "", column.explanation, column.example]
        explanations.append([as_data(cell) for cell in cells])
    values = book.create_sheet("Valeurs")
    values.append(["colonne", "valeur", "identifiant"])
    for row in _allowed_values():
        values.append([as_data(cell) for cell in row])
    for sheet in (sheets, explanations, values):
        for cell in sheet[1]:
            cell.font = Font(bold=True)
            sheet.column_dimensions[cell.column_letter].width = _WIDTH
    explanations.column_dimensions["C"].width = _EXPLANATION_WIDTH
    for (cell,) in explanations.iter_rows(min_col=3, max_col=3):
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _allowed_values() -> Iterator[tuple[str, str, str]]:
    for status in InitiativeStatus:
        yield "état d’avancement", str(status.label), status.value
    for role in PartnershipRole:
        yield "partenaires (rôle)", str(role.label), role.value
    for heading, rows in (("publics", Audience.objects.all()), ("axes", Axis.objects.all())):
        yield from ((heading, row.label, row.slug) for row in rows)
    yield from (("dispositifs", scheme.short_label, scheme.slug) for scheme in Scheme.objects.all())
    yield from (("structure, partenaires", row.name, row.slug) for row in Organisation.objects.validated())


PERMISSION = "initiatives.add_bulkimport"
FORM_URL = "bulk-import"
IMPORT_URL = "bulk-import-job"
LINES_A_PAGE = 50
# Far below what web servers and proxies allow a request.
SECONDS_A_REQUEST = 3.0

_WORKBOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class _ImportsView(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    request: MemberRequest
    permission_policy = ModelPermissionPolicy(BulkImport)
    permission_required = "add"
    header_icon = "upload"
    page_title = "Importer des fiches"


class ImportFormView(_ImportsView):
    template_name = "initiatives/bulk/form.html"
    form: ImportForm | None = None

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = self.form or ImportForm()
        return super().get_context_data(form=form, imports=_own(self.request), kept_days=KEPT.days, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        del args, kwargs
        form = self.form = ImportForm(request.POST, request.FILES)
        if form.is_valid() and not InitiativeIndexPage.objects.exists():
            form.add_error(None, "Le site n’a pas encore de liste de fiches.")
        if form.is_valid():
            file = form.cleaned_data["file"]
            try:
                job = receive_file(
                    stream=file,
                    name=file.name,
                    user=self.request.user,
                    organisation=form.cleaned_data["organisation"],
                    is_to_submit=form.cleaned_data["is_to_submit"],
                )
            except UnreadableFile as error:
                form.add_error("file", error.message)
            else:
                return redirect(IMPORT_URL, pk=job.pk)
        return self.render_to_response(self.get_context_data(), status=UNPROCESSABLE)


class ImportView(_ImportsView):
    """One import: how far it is, what became of each line, and what is to be done next."""

    template_name = "initiatives/bulk/import.html"

    @cached_property
    def job(self) -> BulkImport:
        return _own_import(self.request, pk=self.kwargs["pk"])

    def get_page_title(self) -> str:
        return f"Import de {self.job.file_name}"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse(FORM_URL), "label": self.page_title},
            {"url": "", "label": self.job.file_name},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        totals = totals_of(job=self.job)
        shown = self.request.GET.get("resultat", "")
        lines = self.job.lines.exclude(outcome="").defer("content")
        if shown in ImportOutcome.values:
            lines = lines.filter(outcome=shown)
        page = Paginator(lines, LINES_A_PAGE).get_page(self.request.GET.get("page"))
        return super().get_context_data(
            job=self.job,
            line_count=self.job.lines.count(),
            done_count=totals.lines,
            counts=[
                (outcome.value, str(outcome.label), totals.counts[outcome])
                for outcome in ImportOutcome
                if totals.counts[outcome]
            ],
            accepted_count=totals.lines - totals.refused - totals.counts[ImportOutcome.UNCHANGED],
            refused_count=totals.refused,
            is_checked=self.job.phase == ImportPhase.CHECKED,
            is_done=self.job.phase == ImportPhase.DONE,
            shown=shown,
            page=page,
            results=[result_of(line=line) for line in page],
            kept_days=KEPT.days,
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        del args, kwargs
        action = request.POST.get("action", "")
        try:
            if action == "advance":
                return self._advance()
            if action == "confirm" and self.job.phase != ImportPhase.CHECKING:
                confirm(job=self.job)
            elif action == "forget":
                self.job.delete()
                messages.success(request, "L’import est oublié. Les fiches déjà écrites restent.")
                return redirect(FORM_URL)
            else:
                messages.error(request, "Rien n’a été fait : l’action demandée est inconnue, ou vient trop tôt.")
        except BulkImport.DoesNotExist as error:
            raise Http404(_GONE) from error
        return redirect(IMPORT_URL, pk=self.job.pk)

    def _advance(self) -> HttpResponse:
        job = advance(job=self.job, seconds=SECONDS_A_REQUEST)
        if not wants_json(request=self.request):
            return redirect(IMPORT_URL, pk=job.pk)
        done = job.lines.exclude(outcome="").count()
        return JsonResponse({"done": done, "isOver": not job.is_under_way})


@require_safe
@permission_required(PERMISSION, raise_exception=True)
def csv_template_view(_request: HttpRequest) -> HttpResponse:
    return _download(csv_template(), content_type="text/csv; charset=utf-8", name="fiches.csv")


@require_safe
@permission_required(PERMISSION, raise_exception=True)
def workbook_template_view(_request: HttpRequest) -> HttpResponse:
    return _download(workbook_template(), content_type=_WORKBOOK_TYPE, name="fiches.xlsx")


@require_safe
@permission_required(PERMISSION, raise_exception=True)
def report_view(request: MemberRequest, pk: int) -> StreamingHttpResponse:
    job = _own_import(request, pk=pk)
    response = StreamingHttpResponse(report_texts(results=results_of(job=job)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="import-{job.pk}.csv"'
    return response


_GONE = "Cet import n’existe plus, ou n’est pas le vôtre."


def _own(request: MemberRequest) -> QuerySet[BulkImport]:
    return BulkImport.objects.filter(user=request.user).select_related("organisation")


def _own_import(request: MemberRequest, *, pk: int) -> BulkImport:
    job = _own(request).filter(pk=pk).first()
    if job is None:
        raise Http404(_GONE)
    return job


def _download(content: bytes, *, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
