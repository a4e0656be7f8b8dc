"""What a replay says, on pages of its own: whole pages for who has no JavaScript, read in place by the others."""

from django.core.paginator import Paginator
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from events.models import Replay, WorkshopPage
from events.watching import (
    QUERY_MAX_LENGTH,
    TranscriptPart,
    find_moments,
    listed_parts,
    part_at,
    shown_moment,
    shown_passages,
    transcript_parts,
)

SEARCHED = "dans-le-replay"
MOMENT = "t"
MOMENTS_PER_PAGE = 20
# A day of recording: a longer number is nobody's moment.
_MOMENT_DIGITS = 5


@require_safe
@cache_control(private=True)  # a workshop may be for some people only
def transcript(request: HttpRequest, slug: str) -> HttpResponse:
    """Find words in a replay (``?dans-le-replay=``), lead to a moment of it (``?t=754``), or list its parts."""
    page = _visible_workshop(request, slug)
    replay, parts = _transcript_of(page)
    if replay is None:
        return redirect(page.url)
    seconds = request.GET.get(MOMENT, "")
    if seconds.isascii() and seconds.isdecimal() and len(seconds) <= _MOMENT_DIGITS:
        part = part_at(parts=parts, seconds=int(seconds))
        return redirect(f"{reverse('transcript-part', args=[slug, part.number])}#t={seconds}")
    query = request.GET.get(SEARCHED, "").replace("\0", "").strip()[:QUERY_MAX_LENGTH]
    entries = Paginator(find_moments(parts=parts, query=query), MOMENTS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "workshop": page,
        "replay": replay,
        "query": query,
        "entries": entries,
        "found": [shown_moment(found=found, replay=replay) for found in entries.object_list],
        "parts": listed_parts(parts=parts),
    }
    return render(request, "events/transcript.html", context)


@require_safe
@cache_control(private=True)  # a workshop may be for some people only
def transcript_part(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Show a part of what a replay says; a part that is no more leads to those that are."""
    page = _visible_workshop(request, slug)
    replay, parts = _transcript_of(page)
    if replay is None:
        return redirect(page.url)
    if not 0 < number <= len(parts):
        return redirect("transcript", slug=slug)
    part = parts[number - 1]
    context = {
        "workshop": page,
        "replay": replay,
        "part": part,
        "passages": shown_passages(part=part, replay=replay),
        "before": parts[number - 2] if number > 1 else None,
        "after": parts[number] if number < len(parts) else None,
    }
    return render(request, "events/transcript_part.html", context)


def _visible_workshop(request: HttpRequest, slug: str) -> WorkshopPage:
    """Return a published workshop, to whoever may read its page; nobody else learns that it exists."""
    page = WorkshopPage.objects.live().filter(slug=slug).first()
    if page is None or not all(restriction.accept_request(request) for restriction in page.get_view_restrictions()):
        raise Http404("Cet atelier n’existe pas, ou n’est plus en ligne.")
    return page


def _transcript_of(page: WorkshopPage) -> tuple[Replay | None, list[TranscriptPart]]:
    """Return the replay of a workshop with the parts of its transcript; none when there is nothing to read."""
    prefetch_related_objects([page], "sequences", "replays__file")
    replay = page.replay if page.replay and page.replay.is_watchable else None
    parts = transcript_parts(passages=replay.passages(), sequences=page.sequences.all()) if replay else []
    return (replay, parts) if parts else (None, [])
