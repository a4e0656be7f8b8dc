"""Read, in the background, the words of the PDFs that entries attach: they are searched with their entry."""

import json
import logging
import threading
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from wagtail.documents import get_document_model

from hub.daily.loops import Loop, Say, register_loop, repeated
from hub.files.apart import look, patiently
from hub.files.reading import FileRefused, extension_of, read_bounded
from hub.pages.catalogue import slide_documents
from hub.pages.models import DocumentWords
from hub.web.health import Light, Reading, register_probe

logger = logging.getLogger(__name__)

# Three hundred slides, or a long report; more would weigh on the index for little.
MOST_PAGES = 300
MOST_LETTERS = 300_000
# A file may be refused because too many are looked at, or the disk is away: it is tried again, not for ever.
MOST_ATTEMPTS = 3
TRIED_AGAIN_AFTER = timedelta(minutes=10)
# Nobody waits, but a page that was just published should be found by its slides before long.
INTERVAL_SECONDS = 30
_READ = {"most_pages": MOST_PAGES, "most_letters": MOST_LETTERS}


@dataclass(slots=True)
class ReadingReport:
    read: int = 0
    refused: int = 0


def read_documents(*, stop: threading.Event | None = None, again: bool = False) -> ReadingReport:
    """Read the attached documents whose words are not known; ``again``, those that were refused for good too."""
    report = ReadingReport()
    for document in _unread(again=again):
        if stop is not None and stop.is_set():
            break
        if _read(document):
            report.read += 1
        else:
            report.refused += 1
    return report


def _unread(*, again: bool) -> list[Any]:
    known = get_document_model().objects.filter(pk__in=slide_documents()).select_related("words")
    return [
        document
        for document in known.defer("words__pages").order_by("pk")
        if extension_of(name=document.filename) == "pdf" and _is_due(document, again=again)
    ]


def _is_due(document: Any, *, again: bool) -> bool:
    known = getattr(document, "words", None)
    if known is None or known.file_hash != document.file_hash:
        return True
    if not known.refusal:
        return False
    return again or (known.attempts < MOST_ATTEMPTS and known.read_at < timezone.now() - TRIED_AGAIN_AFTER)


def _read(document: Any) -> bool:
    """Keep the words of a document, or why it has none; writing them tells whoever follows entries."""
    from hub.files.words import read_words  # noqa: PLC0415 — pypdf is for the process that reads

    known = getattr(document, "words", None)
    pages: list[str] = []
    refusal, file_hash = "", document.file_hash
    try:
        with document.file.open("rb") as file:
            content = read_bounded(file=file, limit=settings.EDITOR_DOCUMENT_MAX_BYTES)
        file_hash = document.get_file_hash()
        with patiently(times=10):
            _facts, answer = look(read_words, content, **_READ)
        pages = json.loads(answer)
    except FileRefused as refused:
        refusal = refused.message
    except OSError as error:
        refusal = f"Le fichier ne peut pas être lu : {error.strerror or type(error).__name__}."
    is_same_file = known is not None and known.file_hash == file_hash
    DocumentWords.objects.update_or_create(
        document=document,
        defaults={
            "file_hash": file_hash,
            "pages": pages,
            "refusal": refusal,
            "attempts": known.attempts + 1 if known is not None and is_same_file else 1,
        },
    )
    if refusal:
        logger.warning("the words of the document %s cannot be read: %s", document.pk, refusal)
    return not refusal


def _look(*, stop: threading.Event, say: Say) -> None:
    report = read_documents(stop=stop)
    if report.read or report.refused:
        say(f"{report.read} document(s) lu(s), {report.refused} qui ne peuvent pas l’être.")


def documents_probe() -> Reading:
    """Never worse than ``OK``: a document that nothing can read is no failure of the hub; its page is found without."""
    unread, refused = len(_unread(again=False)), DocumentWords.objects.exclude(refusal="").count()
    return Reading(Light.OK, f"{unread} document(s) à lire, {refused} illisible(s)")


def register() -> None:
    register_probe(name="documents", probe=documents_probe)
    register_loop(Loop(name="documents", label="mots des documents", interval=INTERVAL_SECONDS, follow=repeated(_look)))
