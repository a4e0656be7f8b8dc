"""Importing a file of sheets from the administration: sent, checked line by line, confirmed, written."""

from typing import TYPE_CHECKING, Any, cast

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from initiatives.answers import wants_json
from initiatives.bulk.forms import ImportForm
from initiatives.bulk.jobs import KEPT, advance, confirm, receive_file, result_of, results_of, totals_of
from initiatives.bulk.refusal import UnreadableFile
from initiatives.bulk.report import report_texts
from initiatives.bulk.template import csv_template, workbook_template
from initiatives.enums import ImportOutcome, ImportPhase
from initiatives.models import BulkImport, InitiativeIndexPage

if TYPE_CHECKING:
    from hub.accounts.models import User

PERMISSION = "initiatives.add_bulkimport"
FORM_URL = "bulk-import"
IMPORT_URL = "bulk-import-job"
LINES_A_PAGE = 50
# Far below what web servers and proxies allow a request.
SECONDS_A_REQUEST = 3.0

_WORKBOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_UNPROCESSABLE = 422


class _ImportsView(WagtailAdminTemplateMixin, TemplateView):
    header_icon = "upload"
    page_title = "Importer des fiches"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        _require_right(request)
        return super().dispatch(request, *args, **kwargs)


class ImportFormView(_ImportsView):
    """The form, the templates to fill, and the imports one has made."""

    template_name = "initiatives/bulk/form.html"
    form: ImportForm | None = None

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = self.form or ImportForm()
        return super().get_context_data(form=form, imports=_own(self.request), kept_days=KEPT.days, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Take the file in, or say beside it why not."""
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
                    user=cast("User", request.user),
                    organisation=form.cleaned_data["organisation"],
                    is_to_submit=form.cleaned_data["is_to_submit"],
                )
            except UnreadableFile as error:
                form.add_error("file", str(error))
            else:
                return redirect(IMPORT_URL, pk=job.pk)
        return self.render_to_response(self.get_context_data(), status=_UNPROCESSABLE)


class ImportView(_ImportsView):
    """One import: how far it is, what became of each line, and what is to be done next."""

    template_name = "initiatives/bulk/import.html"

    @cached_property
    def job(self) -> BulkImport:
        """The import of the address. Raises ``Http404`` when it is not one of the person's."""
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
        """Go on, confirm, or forget the import."""
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
def csv_template_view(request: HttpRequest) -> HttpResponse:
    """The template, for any spreadsheet."""
    _require_right(request)
    return _download(csv_template(), content_type="text/csv; charset=utf-8", name="fiches.csv")


@require_safe
def workbook_template_view(request: HttpRequest) -> HttpResponse:
    """The template with what may be written in each column."""
    _require_right(request)
    return _download(workbook_template(), content_type=_WORKBOOK_TYPE, name="fiches.xlsx")


@require_safe
def report_view(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """What became of each line, as a file."""
    _require_right(request)
    job = _own_import(request, pk=pk)
    response = StreamingHttpResponse(report_texts(results=results_of(job=job)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="import-{job.pk}.csv"'
    return response


_GONE = "Cet import n’existe plus, ou n’est pas le vôtre."


def _require_right(request: HttpRequest) -> None:
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied


def _own(request: HttpRequest) -> QuerySet[BulkImport]:
    return BulkImport.objects.filter(user=cast("User", request.user)).select_related("organisation")


def _own_import(request: HttpRequest, *, pk: int) -> BulkImport:
    job = _own(request).filter(pk=pk).first()
    if job is None:
        raise Http404(_GONE)
    return job


def _download(content: bytes, *, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
