import re
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any, Literal, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotAllowed,
    JsonResponse,
    QueryDict,
)
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import time_format
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from hub.accounts.models import User
from hub.accounts.screens import MemberRequest, member_screen
from hub.files import FileRefused
from hub.files.apart import end_of_request, together
from hub.files.reading import readable_size
from hub.files.upload_handlers import require_received
from hub.pages.markup import to_html
from hub.pages.markup.content import html_of
from hub.refusals import UNPROCESSABLE
from initiatives.answers import wants_json
from initiatives.drafts import text_of
from initiatives.fields import STEPS, Step, field_address, step_named
from initiatives.models import InitiativePage, Upload
from initiatives.space.access import actions_on, may_read_draft, sheet_or_404
from initiatives.space.errors import NOTHING_WRONG, summary_of
from initiatives.space.files import private_document, private_thumbnail
from initiatives.space.forms import FORMS, StepForm
from initiatives.space.forms.essential import suggested_tags
from initiatives.space.forms.fields import TEXT_MAX_LENGTH
from initiatives.space.forms.rows import rearrange
from initiatives.space.held import (
    forget,
    held_text,
    hold_and_sign_in,
    is_of_another_person,
    last_sent,
    note_sent,
    proof_of,
)
from initiatives.space.presence import newer_text, note_departure, note_presence, people_on
from initiatives.space.saving import (
    EditConflictError,
    NotSavedError,
    Saved,
    SheetLockedError,
    may_be_written,
    save_step,
    seen_of,
)
from initiatives.space.uploads import UploadKind, receive_upload
from initiatives.space.views.sending import check_page, page_context
from initiatives.states import state_of

LONGEST_SESSION_NUMBER = 18  # digits


@never_cache
@require_POST
def presence(request: HttpRequest, pk: int) -> JsonResponse:
    """Note the presence (``session``, ``writing``) or the departure (``leaving``), and tell the others'."""
    if not request.user.is_authenticated:
        return JsonResponse({"signed_out": True, "login": reverse("account_login")}, status=403)
    sheet = sheet_or_404(user=request.user, pk=pk)
    number = request.POST.get("session", "")
    is_number = number.isascii() and number.isdecimal() and len(number) <= LONGEST_SESSION_NUMBER
    session_id = int(number) if is_number else None
    if request.POST.get("leaving") == "1":
        if session_id is not None:
            note_departure(sheet=sheet, user=request.user, session_id=session_id)
        return JsonResponse({})
    session = note_presence(
        sheet=sheet, user=request.user, session_id=session_id, is_writing=request.POST.get("writing") == "1"
    )
    return JsonResponse(
        {
            "session": session.pk,
            "others": people_on(sheet=sheet, user=request.user),
            "newer": newer_text(sheet=sheet, user=request.user, since=_moment(request.POST.get("since", ""))),
        }
    )


def _moment(written: str) -> datetime:
    """Read when the page was loaded; what cannot be read is now: nothing is newer."""
    try:
        moment = parse_datetime(written)
    except ValueError:
        moment = None
    if moment is None:
        return timezone.now()
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)


QUERY_MAX_LENGTH = 100
_ADDRESS = re.compile(r"\]\(((?:page|document):[0-9]{1,18})\)")


@member_screen("GET")
def tags(request: MemberRequest) -> JsonResponse:
    """Return the keywords of published pages that have a word beginning like ``?q=``, the most used first."""
    names = suggested_tags(text=request.GET.get("q", "").replace("\x00", "")[:QUERY_MAX_LENGTH])
    return JsonResponse([{"code": name, "label": name} for name in names], safe=False)


@member_screen("POST")
def formatted(request: MemberRequest) -> JsonResponse:
    """Return the HTML of a text typed with marks, for the visual editor: kept on a device and put back, or pasted."""
    text = request.POST.get("text", "").replace("\x00", "")
    if len(text) > TEXT_MAX_LENGTH:
        return JsonResponse({"error": "Ce texte est trop long pour être mis en forme."}, status=413)
    # Shown to the one who wrote it, and checked when it is saved: links to the site's own pages stay links.
    known = frozenset(_ADDRESS.findall(text))
    write = html_of if request.POST.get("titles") else to_html
    return JsonResponse({"html": write(text=text, known=known)})


FIELD = "file"
_FIELD_OF_SHEET: dict[UploadKind, Literal["image", "documents"]] = {"image": "image", "document": "documents"}
_UNDER_REVIEW = (
    "Cette fiche est en relecture, ou la Dihal y travaille : reprenez-la, ou attendez, pour y ajouter un fichier."
)


@member_screen("POST")
def send(request: MemberRequest, pk: int) -> HttpResponse:
    """Take a file for a sheet: ``file``, and ``kind`` (``image`` or ``document``).

    Answers in JSON to who asks for it, otherwise leads back to the step of the form the file is for.
    """
    sheet = sheet_or_404(user=request.user, pk=pk)
    kind: UploadKind = "image" if request.POST.get("kind") == "image" else "document"
    if not may_be_written(sheet=sheet):
        return _refused(request, sheet=sheet, kind=kind, message=_UNDER_REVIEW, status=HTTPStatus.CONFLICT)
    try:
        upload = _received(request, sheet=sheet, kind=kind)
    except FileRefused as refusal:
        return _refused(request, sheet=sheet, kind=kind, message=refusal.message, status=UNPROCESSABLE)
    if wants_json(request=request):
        return JsonResponse(described(upload=upload), status=201)
    messages.success(request, f"Le fichier « {upload} » est reçu.")
    return redirect(_step_address(sheet=sheet, kind=kind))


@member_screen("GET")
def show(request: MemberRequest, pk: int, upload: int) -> HttpResponse:
    """Show a file that was sent, to the partner's members and to Dihal: a picture small, a document to download."""
    found = Upload.objects.select_related("page", "image", "document").filter(pk=upload, page=pk).first()
    if found is None or not may_read_draft(user=request.user, sheet=found.page):
        raise Http404("Ce fichier n’existe pas, ou n’est pas à votre structure.")
    return private_thumbnail(image=found.image) if found.image else private_document(document=found.document)


def described(*, upload: Upload) -> dict[str, object]:
    """What a script is told of a file: ``file`` is the key of the image or document a text names."""
    file = upload.file
    return {
        "upload": upload.pk,
        "kind": "image" if upload.image else "document",
        "file": file.pk,
        "title": file.title,
        "size": file.file_size,
        "url": reverse("sheet-file", args=[upload.page_id, upload.pk]),
    }


def _received(request: MemberRequest, *, sheet: InitiativePage, kind: UploadKind) -> Upload:
    require_received(request=request, field=FIELD)
    file = request.FILES.get(FIELD)
    if file is None:
        raise FileRefused("Choisissez un fichier à envoyer.")
    return receive_upload(sheet=sheet, user=request.user, file=file, kind=kind)


def _refused(
    request: HttpRequest, *, sheet: InitiativePage, kind: UploadKind, message: str, status: int
) -> HttpResponse:
    if wants_json(request=request):
        return JsonResponse({"error": message}, status=status)
    messages.error(request, message)
    return redirect(_step_address(sheet=sheet, kind=kind))


def _step_address(*, sheet: InitiativePage, kind: UploadKind) -> str:
    return field_address(page_id=sheet.pk, name=_FIELD_OF_SHEET[kind])


# First field of a new row of each list that a button may lengthen.
_FIRST_FIELDS = {"partnerships": "organisation", "key_figures": "value"}
MOST_FILES_AT_ONCE = 10
OTHER_ACCOUNT = "Cette page avait été ouverte sous un autre compte : rien n’a été enregistré."


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def write_step(request: HttpRequest, pk: int, step: str) -> HttpResponseBase:
    """Show one step of the form, or save it. ``Accept: application/json`` is a saving the person did not ask for."""
    if not request.user.is_authenticated or not request.user.is_active:
        return _sign_in(request)
    sheet = sheet_or_404(user=request.user, pk=pk)
    found = step_named(step)
    if found is None:
        raise Http404("Cette étape n’existe pas.")
    if found.slug not in FORMS:
        return HttpResponseNotAllowed(["GET", "HEAD"]) if request.method == "POST" else check_page(request, sheet=sheet)
    page = _Page(request=request, sheet=sheet, step=found)
    if request.method != "POST":
        return page.loaded()
    if is_of_another_person(request=request):
        return _refuse_another_person(request)
    return page.saved_in_background() if wants_json(request=request) else page.saved()


def _sign_in(request: HttpRequest) -> HttpResponse:
    if wants_json(request=request):
        return _signed_out(request)
    return hold_and_sign_in(request=request) if request.method == "POST" else redirect_to_login(request.path)


def _signed_out(request: HttpRequest) -> JsonResponse:
    login = redirect_to_login(request.path).url
    return JsonResponse({"saved": False, "signed_out": True, "login": login}, status=403)


def _refuse_another_person(request: HttpRequest) -> HttpResponse:
    if wants_json(request=request):
        return _signed_out(request)
    messages.error(request, OTHER_ACCOUNT)
    return redirect(request.path)


@dataclass(slots=True)
class _Page:
    request: HttpRequest
    sheet: InitiativePage
    step: Step

    @property
    def user(self) -> User:
        return cast("User", self.request.user)

    @property
    def form_class(self) -> type[StepForm]:
        return FORMS[self.step.slug]

    def loaded(self) -> HttpResponse:
        text = text_of(sheet=self.sheet)
        seen = seen_of(text=text, step=self.step)
        if not may_be_written(sheet=self.sheet):
            return self._render(self.form_class(text=text, user=self.user, is_read_only=True), seen=seen)
        held = held_text(request=self.request)
        if held is None:
            return self._render(self.form_class(text=text, user=self.user), seen=seen)
        # Written before the session ended; saving it says whether the text changed meanwhile.
        form = self.form_class(text=text, user=self.user, data=held)
        return self._render(form, seen=held.get("seen", ""), is_unsaved=True)

    def saved_in_background(self) -> JsonResponse:
        try:
            saved = self._save(self.request.POST.copy(), is_background=True)
        except SheetLockedError as error:
            return JsonResponse({"saved": False, "locked": True}, status=error.status)
        except EditConflictError as conflict:
            body = {"saved": False, "conflict": True, "url": self.request.path, "words": conflict.author.asking}
            return JsonResponse(body, status=conflict.status)
        forget(request=self.request)
        return JsonResponse(
            {
                "saved": True,
                "seen": saved.seen,
                "merged": saved.merged,
                "at": time_format(timezone.localtime(saved.at), "H:i"),
                "errors": saved.form.messages(),
                "url": self.request.path,
            }
        )

    def saved(self) -> HttpResponse:
        data = self.request.POST.copy()
        forget(request=self.request)
        refused = self._receive_files(data) if may_be_written(sheet=self.sheet) else {}
        name, _, order = data.get("do", "").partition(":")
        at_row = ""
        if name in self.step.fields and order:
            at_row = rearrange(data=data, name=name, order=order, first_field=_FIRST_FIELDS.get(name, "title"))
        try:
            saved = self._save(data)
        except NotSavedError as error:
            return self._render(
                error.form, seen=error.seen, differences=error.differences, author=error.author, status=error.status
            )
        wrong = saved.form.messages() or refused
        if not wrong:
            note_sent(request=self.request, sending=data.get("sending", ""))
        if wrong or order:
            status = UNPROCESSABLE if wrong else 200
            if name in saved.form.rows:
                saved.form.rows[name].stand_at(at_row, is_new=order == "add")
            return self._render(
                saved.form, seen=saved.seen, refused=refused, saved=saved, is_rearranged=bool(order), status=status
            )
        words = f"Étape enregistrée à {time_format(timezone.localtime(saved.at), 'H:i')}."
        unsent = state_of(sheet=InitiativePage.objects.get(pk=self.sheet.pk)).unsent
        messages.success(self.request, " ".join(filter(None, (words, unsent, saved.merged))))
        if name != "next":
            return redirect(self.request.path)
        following = STEPS[min(STEPS.index(self.step) + 1, len(STEPS) - 1)]
        return redirect("sheet-step", pk=self.sheet.pk, step=following.slug)

    def _save(self, data: QueryDict, *, is_background: bool = False) -> Saved:
        try:
            return save_step(
                pk=self.sheet.pk, form_class=self.form_class, data=data, user=self.user, is_background=is_background
            )
        except InitiativePage.DoesNotExist as error:
            raise Http404("Cette fiche vient d’être supprimée.") from error

    def _receive_files(self, data: QueryDict) -> dict[str, list[str]]:
        """Keep the files that were sent and name them in the form; return why others are refused, by field."""
        refused: dict[str, list[str]] = {}
        if self.step.slug != "documents":
            return refused
        if data.get("image-remove"):
            data["image"] = ""
        with together(until=end_of_request()):
            if (key := self._received("image", "new_image", refused)) is not None:
                data["image"] = str(key[0])
            for number, document in enumerate(self._received("documents", "new_documents", refused) or []):
                data[f"documents-recu{number}-document"] = str(document)
                data[f"documents-recu{number}-title"] = ""
        return refused

    def _received(self, field: str, sent_as: str, refused: dict[str, list[str]]) -> list[int] | None:
        kind: UploadKind = "image" if field == "image" else "document"
        keys = []
        files = self.request.FILES.getlist(sent_as)
        try:
            require_received(request=self.request, field=sent_as)
        except FileRefused as error:
            refused[field] = [error.message]
        if len(files) > MOST_FILES_AT_ONCE:
            refused.setdefault(field, []).append(
                f"{MOST_FILES_AT_ONCE} fichiers au plus à la fois : envoyez à part ceux qui manquent."
            )
        for file in files[:MOST_FILES_AT_ONCE]:
            try:
                upload = receive_upload(sheet=self.sheet, user=self.user, file=file, kind=kind)
            except FileRefused as error:
                # Several may be refused for the same reason.
                refused.setdefault(field, []).append(f"« {file.name} » : {error.message}")
            else:
                keys.append(cast("int", upload.image_id if field == "image" else upload.document_id))
        return keys or None

    def _render(self, form: StepForm, *, seen: str, status: int = 200, **context: Any) -> HttpResponse:
        position = STEPS.index(self.step)
        page = page_context(sheet=self.sheet, text=form.text, step=self.step)
        wrong = {**form.messages()} if form.is_bound and not context.get("is_unsaved") else {}
        for field, words in context.get("refused", {}).items():
            wrong[field] = [*wrong.get(field, []), *words]
        for mark in page["steps"]:
            mark["is_wrong"] = bool(wrong) and mark["is_current"]
        shared = {
            **page,
            "form": form,
            "seen": seen,
            "next_step": STEPS[position + 1],
            "is_read_only": not may_be_written(sheet=self.sheet),
            "may_withdraw": actions_on(sheet=self.sheet).may_withdraw,
            "errors": summary_of(form=form, wrong=wrong) if wrong else NOTHING_WRONG,
            "refused": {},
            "differences": [],
            "saved": None,
            "is_rearranged": False,
            "last_sent": last_sent(request=self.request),
            "proof": proof_of(user=self.user),
            "is_unsaved": False,
            "people": people_on(sheet=self.sheet, user=self.user),
            "loaded_at": timezone.now(),
            "image_limit": readable_size(settings.PARTNER_IMAGE_MAX_BYTES),
            "document_limit": readable_size(settings.PARTNER_DOCUMENT_MAX_BYTES),
            "tags": suggested_tags() if self.step.slug == "essentiel" else [],
        }
        return render(self.request, "initiatives/space/step.html", {**shared, **context}, status=status)
