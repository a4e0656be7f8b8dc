"""The transcript of a replay as captions of its video: WebVTT, whatever form it was given in."""

from collections.abc import Iterable, Iterator
from html import escape
from itertools import pairwise
from textwrap import wrap
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from events.models import WorkshopPage
from events.transcripts import Passage, parse_transcript

# Two lines of a size one reads at a glance.
_LINE, _SHOWN = 42, 84
# How long words stay that do not say when they end: as long as one takes to read them.
_CHARACTERS_A_SECOND, _SHORTEST = 14.0, 1.0


@require_safe
@cache_control(private=True)  # as the page whose video it goes with
def captions(request: HttpRequest, slug: str) -> HttpResponse:
    """Give the captions of a workshop anybody may read; those of a draft or of a private one are not found here."""
    del request
    page = WorkshopPage.objects.live().public().filter(slug=slug).prefetch_related("replays").first()
    replay = page.replay if page else None
    cues = parse_transcript(text=replay.transcript) if replay else []
    if all(cue.start is None for cue in cues):
        raise Http404
    return HttpResponse(webvtt(cues=cues), content_type="text/vtt; charset=utf-8")


def webvtt(*, cues: Iterable[Passage]) -> str:
    """Write captions that follow one another: a cue without an end lasts until the next, a long one is cut in several.

    Words without a time have no place in a video: they are left out.
    """
    timed = sorted((cue for cue in cues if cue.start is not None), key=_start)
    blocks = ["WEBVTT"]
    for cue, following in pairwise([*timed, None]):
        for start, end, lines in _shown(cue, following):
            voice = f"<v {_voice(cue.speaker)}>" if cue.speaker else ""
            blocks.append(f"{_time(start)} --> {_time(end)}\n{voice}{escape(lines, quote=False)}")
    return "\n\n".join(blocks) + "\n"


def _shown(cue: Any, following: Passage | None) -> Iterator[tuple[float, float, str]]:
    """When each piece of a cue is shown, as long as its share of the words."""
    words = " ".join(cue.text.split())
    pieces = wrap(words, _SHOWN) or [""]
    end = _end(cue, following, reading=len(words) / _CHARACTERS_A_SECOND)
    a_character = (end - cue.start) / max(1, sum(map(len, pieces)))
    start = cue.start
    for piece in pieces:
        until = start + a_character * len(piece)
        yield start, until, "\n".join(wrap(piece, _LINE))
        start = until


def _end(cue: Any, following: Passage | None, *, reading: float) -> float:
    start: float = cue.start
    end: float = cue.end if cue.end is not None and cue.end > start else start + max(_SHORTEST, reading)
    if following is not None and cue.end is None and _start(following) > start:
        # Sound without words may follow: what was said does not stay for minutes.
        end = min(_start(following), end)
    return end


def _start(cue: Passage) -> float:
    return cue.start or 0.0


def _voice(name: str) -> str:
    """A name as the tag of a voice takes it: on one line, without what would end it."""
    return escape(" ".join(name.split()).replace(">", " "), quote=False)


def _time(seconds: float) -> str:
    milliseconds = round(seconds * 1000)
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}.{rest % 1000:03}"
