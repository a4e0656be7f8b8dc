import json
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.dateparse import parse_duration
from django.views.decorators.http import require_POST
from wagtail.admin import messages
from wagtail.models import Page

from events.chapters import Part, propose_starts
from events.models import Replay, WorkshopIndexPage, WorkshopPage
from events.transcripts.checking import TranscriptCheck, check_transcript
from events.transcripts.editing import ReplayForm

_MOST_SEQUENCES = 100


class _TranscriptForm(ReplayForm):
    class Meta:
        model = Replay
        fields = ("transcript", "duration")


@require_POST
def preview_transcript(request: HttpRequest) -> HttpResponse:
    """Read the transcript of an editing form as it is typed; nothing is written.

    The form is posted as it is, or its fields of the replay and the sequences alone; ``replay`` is the prefix of the
    former. A script asks for JSON: what to show, and the text of the file that was sent.
    """
    _require_editor(request)
    prefix = request.GET.get("replay", "replays-0")
    form = _TranscriptForm(request.POST, request.FILES, prefix=prefix)
    form.is_valid()
    # What is wrong with a duration is told on the form itself.
    refusals = [error for name in ("transcript", "transcript_file") for error in form.errors.get(name, ())]
    text, duration = form.cleaned_data.get("transcript") or "", form.cleaned_data.get("duration")
    parts = _parts(request)
    starts = [part.start for part in parts if part.start is not None]
    check = None if refusals else check_transcript(text=text, duration=duration, starts=starts)
    context = {"check": check, "refusals": refusals, "proposed": _proposed(check, parts), "is_preview": True}
    if "application/json" in request.headers.get("Accept", ""):
        is_file = bool(form.files) and not refusals
        shown = render_to_string("events/transcripts/check.html", context, request=request)
        return JsonResponse({"html": shown, "text": text if is_file else None})
    return render(request, "events/transcripts/preview.html", {**context, "page_title": "Transcription"})


def _require_editor(request: HttpRequest) -> None:
    """Let in those who may edit the page whose form it is, or add a workshop."""
    page_id = request.GET.get("page", "")
    page: Page | None
    if page_id.isdecimal() and len(page_id) < 10:  # noqa: PLR2004 — more digits than any page has
        page = WorkshopPage.objects.filter(pk=int(page_id)).first()
        may = page is not None and page.permissions_for_user(request.user).can_edit()
    else:
        page = WorkshopIndexPage.objects.order_by("pk").first()
        may = page is not None and page.permissions_for_user(request.user).can_add_subpage()
    if not may:
        raise PermissionDenied


def _parts(request: HttpRequest) -> list[Part]:
    """The sequences of the form, in their order; those being deleted are left out."""
    parts: list[tuple[int, Part]] = []
    total = request.POST.get("sequences-TOTAL_FORMS", "")
    for position in range(min(int(total), _MOST_SEQUENCES) if total.isdecimal() and len(total) < 5 else 0):  # noqa: PLR2004
        fields = {name: request.POST.get(f"sequences-{position}-{name}", "") for name in _SEQUENCE_FIELDS}
        if fields["DELETE"] or not fields["title"].strip():
            continue
        start = _duration(fields["replay_start"])
        order = int(fields["ORDER"]) if fields["ORDER"].isdecimal() and len(fields["ORDER"]) < 5 else position  # noqa: PLR2004
        speakers = [line for line in fields["speakers"].splitlines() if line.strip()]
        part = Part(title=fields["title"], text=_words_of(fields["text"]), speakers=speakers, start=start)
        parts.append((order, part))
    return [part for _order, part in sorted(parts, key=lambda pair: pair[0])]


_SEQUENCE_FIELDS = ("title", "text", "speakers", "replay_start", "ORDER", "DELETE")


def _duration(text: str) -> float | None:
    try:
        found = parse_duration(text.strip()) if text.strip() else None
    except (ValueError, OverflowError):
        found = None
    return found.total_seconds() if found is not None else None


def _words_of(content: str) -> str:
    """The words of a rich text as the editor sends it, before it is HTML."""
    try:
        blocks = json.loads(content)["blocks"] if content else []
        return " ".join(str(block["text"]) for block in blocks)
    except (ValueError, TypeError, KeyError, RecursionError):
        return ""


def _proposed(check: TranscriptCheck | None, parts: list[Part]) -> list[dict[str, Any]]:
    if check is None or not check.transcript.is_timed:
        return []
    found = propose_starts(cues=check.transcript.cues, parts=parts, chapters=check.transcript.chapters)
    return [
        {"title": part.title, "proposal": proposal} for part, proposal in zip(parts, found, strict=True) if proposal
    ]


def tell_of_the_transcript(request: HttpRequest, page: Page) -> None:
    """After a page is saved, say what its transcript lacks, where the editor goes next."""
    if not isinstance(page, WorkshopPage) or (replay := page.replay) is None:
        return
    check = check_transcript(text=replay.transcript, duration=replay.duration)
    if check is None or not check.problem_count:
        return
    first = check.told[0]
    where = f"{first.where[0].upper()}{first.where[1:]} : " if first.where else ""
    more = check.problem_count - 1
    others = f" {more} autre{'s remarques' if more > 1 else ' remarque'} sous la transcription." if more else ""
    messages.warning(request, f"Transcription du replay. {where}{first.message}{others}")
