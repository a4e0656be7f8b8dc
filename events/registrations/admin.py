"""Who registered, in the administration: the list, its export, who was there, and what of it goes to the recap."""

import io
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import TemplateView
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.log_actions import log
from wagtail.permission_policies.pages import PagePermissionPolicy

from events.models import WorkshopPage
from events.registrations.acting import cancel, give_seat, seats_left
from events.registrations.attendance import MAX_BYTES, Attendee, Outcome, decoded, keep, match, read_attendees
from events.registrations.fields import PARIS
from events.registrations.models import Registration, RegistrationState
from hub.accounts.screens import MemberRequest
from hub.refusals import UNPROCESSABLE, Refused, telling
from hub.vocabulary.models import OrganisationKind
from initiatives.bulk.tables import as_data, csv_line

INDEX_URL, LIST_URL, ATTENDANCE_URL = "registered-workshops", "workshop-registrations", "workshop-attendance"
EXPORTED, ACTED, ATTENDED = "events.export_registrations", "events.act_on_registration", "events.attendance"
LOG_ACTIONS = (
    (EXPORTED, "Exporter les inscriptions", "Liste des inscrits exportée"),
    (ACTED, "Changer une inscription", "Inscription changée"),
    (ATTENDED, "Relever les présences", "Présences relevées"),
)
ROWS_A_PAGE = 50
MOST_PARTICIPANTS = 100_000
_WORKBOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_HEADINGS = (
    "nom",
    "adresse électronique",
    "structure",
    "type de structure",
    "territoire",
    "question",
    "état",
    "depuis le",
    "inscrit le",
    "prévenir du replay",
    "présent",
    "minutes de présence",
)


def editable_workshops(*, user: Any) -> QuerySet[WorkshopPage]:
    pages = PagePermissionPolicy().instances_user_has_permission_for(user, "change")
    return WorkshopPage.objects.filter(pk__in=pages.values("pk"))


def may_see_registrations(*, user: Any) -> bool:
    return bool(user.has_perm("wagtailadmin.access_admin")) and editable_workshops(user=user).exists()


class _Screen(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    request: MemberRequest
    header_icon = "group"
    permission_required = "change"


class RegisteredWorkshopsView(_Screen):
    """The workshops that somebody registered to, or can."""

    template_name = "events/registrations/admin/index.html"
    page_title = "Inscriptions"

    def user_has_permission(self, permission: str) -> bool:
        del permission  # that of a page, not of pages in general
        return may_see_registrations(user=self.request.user)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        state = "registrations__state"
        workshops = (
            editable_workshops(user=self.request.user)
            .annotate(
                confirmed=Count("registrations", filter=Q(**{state: RegistrationState.CONFIRMED})),
                waiting=Count("registrations", filter=Q(**{state: RegistrationState.WAITING})),
            )
            .filter(Q(takes_registrations=True) | Q(confirmed__gt=0) | Q(waiting__gt=0))
            .order_by("-starts_on", "-number")
        )
        page = Paginator(workshops, ROWS_A_PAGE).get_page(self.request.GET.get("page"))
        return super().get_context_data(page=page, **kwargs)


class _WorkshopScreen(_Screen):
    @cached_property
    def workshop(self) -> WorkshopPage:
        return get_object_or_404(WorkshopPage, pk=self.kwargs["pk"])

    def user_has_permission(self, permission: str) -> bool:
        del permission  # that of this page
        return bool(self.workshop.permissions_for_user(self.request.user).can_edit())

    @property
    def registrations(self) -> QuerySet[Registration]:
        return Registration.objects.filter(workshop=self.workshop).select_related("kind", "territory")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse(INDEX_URL), "label": "Inscriptions"},
            {"url": reverse(LIST_URL, args=[self.workshop.pk]), "label": self.workshop.title},
        ]

    def note(self, action: str, /, **data: Any) -> None:
        log(instance=self.workshop, action=action, user=self.request.user, data=data)

    def back(self) -> HttpResponse:
        return redirect(LIST_URL, pk=self.workshop.pk)


class RegistrationsView(_WorkshopScreen):
    template_name = "events/registrations/admin/list.html"

    def get_page_title(self) -> str:
        return f"Inscriptions – {self.workshop.title}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown = self.request.GET.get("etat", "")
        rows = self.registrations.order_by("state_since", "pk")
        if shown in RegistrationState.values:
            rows = rows.filter(state=shown)
        page = Paginator(rows, ROWS_A_PAGE).get_page(self.request.GET.get("page"))
        counts = dict(self.registrations.order_by().values_list("state").annotate(Count("pk")))
        present = self.registrations.filter(is_present=True).count()
        return super().get_context_data(
            workshop=self.workshop,
            page=page,
            shown=shown,
            counts=[(state.value, state.label, counts.get(state.value, 0)) for state in RegistrationState],
            left=seats_left(workshop=self.workshop),
            present=present,
            offered=_count_in(self.request.GET.get("presents", "")) or present or counts.get("inscrit", 0),
            kinds=kinds_of_who_came(workshop=self.workshop),
            most=MOST_PARTICIPANTS,
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Bring the number and the kinds of who came to a draft of the recap, which the editor reads and publishes."""
        del args, kwargs
        count = _count_in(request.POST.get("participants", ""))
        if count is None:
            messages.error(request, f"Le nombre de participants va de 1 à {MOST_PARTICIPANTS}.")
            return self.back()
        if self.workshop.permissions_for_user(request.user).page_locked():
            messages.error(request, "La page de l’atelier est verrouillée : rien n’a été écrit.")
            return self.back()
        draft = self.workshop.get_latest_revision_as_object()
        draft.participants_count, draft.participants_is_minimum = count, False
        kinds = {*draft.structure_kinds.all(), *kinds_of_who_came(workshop=self.workshop)}
        draft.structure_kinds = sorted(kinds, key=lambda kind: (kind.position, kind.label))
        draft.save_revision(user=request.user, clean=False, log_action=True)
        messages.success(request, "Un brouillon reprend ces nombres. Relisez-le, puis publiez.")
        return redirect("wagtailadmin_pages:edit", self.workshop.pk)


class ExportView(_WorkshopScreen):
    file_format = "csv"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        del request, args, kwargs
        rows = [_cells(row) for row in self.registrations.order_by("state", "state_since", "pk")]
        self.note(EXPORTED, format=self.file_format, count=len(rows))
        if self.file_format == "csv":
            response = HttpResponse(_as_csv(rows), content_type="text/csv; charset=utf-8")
        else:
            response = HttpResponse(_as_workbook(rows), content_type=_WORKBOOK_TYPE)
        name = f"inscriptions-{self.workshop.slug}.{self.file_format}"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        response["Cache-Control"] = "no-store"
        return response


class RegistrationActView(_WorkshopScreen):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        del args, kwargs
        registration = get_object_or_404(self.registrations, pk=self.kwargs["registration_pk"])
        action, now = request.POST.get("action", ""), timezone.now()
        if action == "annuler":
            cancel(registration=registration, now=now, is_by_dihal=True)
            messages.success(request, f"L’inscription de {registration.email} est annulée. Un courriel le lui dit.")
        elif action == "placer":
            with telling(request, done=f"{registration.email} a une place. Un courriel le lui dit."):
                give_seat(registration=registration, now=now)
        else:
            messages.error(request, "Rien n’a été fait : l’action demandée est inconnue.")
            return self.back()
        self.note(ACTED, registration=registration.pk, action=action)
        return self.back()


class AttendanceForm(forms.Form):
    """The table, chosen or pasted; once read, its words are in ``content``, and what is applied is what was shown."""

    content = forms.CharField(
        label="Liste de présence",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text="Collez le tableau, titres compris…",
    )
    upload = forms.FileField(
        label="ou fichier",
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv"}),
        help_text="…ou choisissez le fichier CSV que Teams ou Zoom donne après la réunion (2 Mo au plus).",
    )
    attendees: list[Attendee] = []

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        upload, content = cleaned.get("upload"), cleaned.get("content") or ""
        try:
            # One byte more than what is taken says that there is more.
            content = content if upload is None else decoded(upload.read(MAX_BYTES + 1))
            self.attendees = read_attendees(content)
        except Refused as refusal:
            self.add_error("content" if upload is None else "upload", refusal.message)
        return {**cleaned, "content": content}

    def as_read(self) -> "AttendanceForm":
        return AttendanceForm(initial={"content": self.cleaned_data["content"]})


class AttendanceView(_WorkshopScreen):
    """Read a table, show what would be noted line by line, note it once the editor says so."""

    template_name = "events/registrations/admin/attendance.html"

    def get_page_title(self) -> str:
        return f"Présences – {self.workshop.title}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", AttendanceForm())
        kwargs.setdefault("attendees", [])
        return super().get_context_data(workshop=self.workshop, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        del args, kwargs
        form = AttendanceForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=UNPROCESSABLE)
        attendees = match(attendees=form.attendees, workshop=self.workshop)
        if request.POST.get("action") != "noter" or request.FILES:
            counts = [(outcome.value, sum(one.outcome is outcome for one in attendees)) for outcome in Outcome]
            shown = {"form": form.as_read(), "attendees": attendees, "counts": [pair for pair in counts if pair[1]]}
            return self.render_to_response(self.get_context_data(**shown))
        noted = keep(attendees=attendees, workshop=self.workshop)
        self.note(ATTENDED, people=len(attendees), noted=noted)
        messages.success(request, f"{noted} personne(s) notée(s) présente(s), sur {len(attendees)} au tableau.")
        return redirect(f"{reverse(LIST_URL, args=[self.workshop.pk])}?presents={len(attendees)}#compte-rendu")


def kinds_of_who_came(*, workshop: WorkshopPage) -> list[OrganisationKind]:
    """Return the kinds of structures of those who were there; of those who have a seat when nobody noted who was."""
    rows = Registration.objects.filter(workshop=workshop, is_present=True)
    if not rows.exists():
        rows = Registration.objects.confirmed().filter(workshop=workshop)
    return list(OrganisationKind.objects.filter(pk__in=rows.exclude(kind=None).values("kind")))


def _count_in(text: str) -> int | None:
    digits = text.strip()
    count = int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 10 else 0  # noqa: PLR2004
    return count if 1 <= count <= MOST_PARTICIPANTS else None


def _cells(row: Registration) -> list[str]:
    return [
        row.name,
        row.email,
        row.structure,
        str(row.kind or ""),
        str(row.territory or ""),
        row.question,
        str(row.get_state_display()),
        _moment(row.state_since),
        _moment(row.created_at),
        "oui" if row.wants_replay else "non",
        {True: "oui", False: "non", None: ""}[row.is_present],
        "" if row.minutes_present is None else str(row.minutes_present),
    ]


def _moment(value: datetime) -> str:
    return f"{value.astimezone(PARIS):%d/%m/%Y %H:%M}"


def _as_csv(rows: Iterable[list[str]]) -> bytes:
    return "".join([csv_line(_HEADINGS), *map(csv_line, rows)]).encode("utf-8-sig")


def _as_workbook(rows: Iterable[list[str]]) -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.title = "Inscriptions"
    sheet.append(list(_HEADINGS))
    sheet.freeze_panes = "A2"
    for cell in sheet[1]:
        cell.font = Font(bold=True)
        sheet.column_dimensions[cell.column_letter].width = 24
    for row in rows:
        sheet.append([as_data(ILLEGAL_CHARACTERS_RE.sub(" ", text)) for text in row])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()
