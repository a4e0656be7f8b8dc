"""The import of redirections, which Wagtail reads in the web process: only what costs little reaches it."""

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from wagtail.contrib.redirects.views import start_import

from hub.files import FileRefused
from hub.files.names import extension_of
from hub.files.reading import read_bounded

MOST_BYTES = 1024 * 1024
MOST_LINES = 500  # each is looked for in the database
MOST_CELLS = 20
_DELIMITERS = (b",", b";", b"\t")


def start_small_import(request: HttpRequest) -> HttpResponse:
    """Wagtail's screen, for a small text table: a workbook unfolds into a thousand times what was sent."""
    file = request.FILES.get("import_file")
    if file is not None:
        try:
            _require_small(file)
        except FileRefused as refusal:
            messages.error(request, refusal.message)
            return redirect("wagtailredirects:start_import")
    response: HttpResponse = start_import(request)
    return response


def _require_small(file: UploadedFile) -> None:
    if extension_of(name=file.name or "") not in {"csv", "tsv"}:
        raise FileRefused("Les redirections s’importent d’un fichier CSV : enregistrez votre tableau en CSV UTF-8.")
    content = read_bounded(file=file, limit=MOST_BYTES)
    file.seek(0)
    lines = content.replace(b"\r", b"\n").split(b"\n")
    if sum(map(bool, lines)) > MOST_LINES + 1:
        raise FileRefused(f"Plus de {MOST_LINES} lignes : coupez ce fichier en plusieurs.")
    if any(line.count(delimiter) >= MOST_CELLS for line in lines for delimiter in _DELIMITERS):
        raise FileRefused(f"Ce tableau a plus de {MOST_CELLS} colonnes : gardez l’ancienne et la nouvelle adresse.")
