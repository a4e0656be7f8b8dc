"""Files of a sheet: send one, and see what was sent."""

from typing import TYPE_CHECKING, Literal, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from hub.files import FileRefused
from hub.files.upload_handlers import require_received
from initiatives.answers import wants_json
from initiatives.models import InitiativePage, Upload
from initiatives.space.access import may_read_draft, sheet_or_404
from initiatives.space.file_serving import private_document, private_thumbnail
from initiatives.space.saving import may_be_written
from initiatives.space.steps import anchor_of, step_of
from initiatives.space.uploads import UploadKind, receive_upload

if TYPE_CHECKING:
    from hub.accounts.models import User

FIELD = "file"
_FIELD_OF_SHEET: dict[UploadKind, Literal["image", "documents"]] = {"image": "image", "document": "documents"}
_UNDER_REVIEW = (
    "Cette fiche est en relecture, ou la Dihal y travaille : reprenez-la, ou attendez, pour y ajouter un fichier."
)


@never_cache
@login_required
@require_POST
def send(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a file for a sheet: ``file``, and ``kind`` (``image`` or ``document``).

    Answers in JSON to who asks for it, otherwise leads back to the step of the form the file is for.
    """
    sheet = sheet_or_404(user=request.user, pk=pk)
    kind: UploadKind = "image" if request.POST.get("kind") == "image" else "document"
    if not may_be_written(sheet=sheet):
        return _refused(request, sheet=sheet, kind=kind, message=_UNDER_REVIEW, status=409)
    try:
        upload = _received(request, sheet=sheet, kind=kind)
    except FileRefused as refusal:
        return _refused(request, sheet=sheet, kind=kind, message=refusal.message, status=422)
    if wants_json(request=request):
        return JsonResponse(described(upload=upload), status=201)
    messages.success(request, f"Le fichier « {upload} » est reçu.")
    return redirect(_step_address(sheet=sheet, kind=kind))


@never_cache
@login_required
@require_safe
def show(request: HttpRequest, pk: int, upload: int) -> HttpResponse:
    """Show a file that was sent, to the partner's members and to Dihal: a picture small, a document to download."""
    found = Upload.objects.select_related("page", "image", "document").filter(pk=upload, page=pk).first()
    if found is None or not may_read_draft(user=request.user, sheet=found.page):
        message = "Ce fichier n’existe pas, ou n’est pas à votre structure."
        raise Http404(message)
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


def _received(request: HttpRequest, *, sheet: InitiativePage, kind: UploadKind) -> Upload:
    require_received(request=request, field=FIELD)
    file = request.FILES.get(FIELD)
    if file is None:
        raise FileRefused("Choisissez un fichier à envoyer.")
    return receive_upload(sheet=sheet, user=cast("User", request.user), file=file, kind=kind)


def _refused(
    request: HttpRequest, *, sheet: InitiativePage, kind: UploadKind, message: str, status: int
) -> HttpResponse:
    if wants_json(request=request):
        return JsonResponse({"error": message}, status=status)
    messages.error(request, message)
    return redirect(_step_address(sheet=sheet, kind=kind))


def _step_address(*, sheet: InitiativePage, kind: UploadKind) -> str:
    field = _FIELD_OF_SHEET[kind]
    return f"{reverse('sheet-step', args=[sheet.pk, step_of(field).slug])}#{anchor_of(field)}"
