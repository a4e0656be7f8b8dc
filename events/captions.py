"""The transcript of a replay as captions of its video: WebVTT, whatever form it was given in."""

from collections.abc import Iterable, Iterator
from html import escape
from textwrap import wrap

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from events.models import WorkshopPage
from events.transcripts import Cue, Passage, read_transcript

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
    cues = read_transcript(text=replay.transcript).cues if replay else []
    if all(cue.start is None for cue in cues):
        raise Http404
    return HttpResponse(webvtt(cues=cues), content_type="text/vtt; charset=utf-8")


def webvtt(*, cues: Iterable[Cue | Passage]) -> str:
    """Write captions that follow one another: a cue without an end lasts until the next, a long one is cut in several.

    Words without a time have no place in a video: they are left out.
    """
    timed = sorted(((cue.start, cue) for cue in cues if cue.start is not None), key=lambda pair: pair[0])
    starts = [start for start, _cue in timed]
    blocks = ["WEBVTT"]
    for (begins, cue), following in zip(timed, [*starts[1:], None], strict=True):
        for start, end, lines in _shown(cue, begins, following):
            voice = f"<v {_voice(cue.speaker)}>" if cue.speaker else ""
            blocks.append(f"{_time(start)} --> {_time(end)}\n{voice}{escape(lines, quote=False)}")
    return "\n\n".join(blocks) + "\n"


def _shown(cue: Cue | Passage, start: float, following: float | None) -> Iterator[tuple[float, float, str]]:
    """When each piece of a cue is shown, as long as its share of the words."""
    words = " ".join(cue.text.split())
    pieces = wrap(words, _SHOWN)
    end = _end(cue, start, following, reading=len(words) / _CHARACTERS_A_SECOND)
    a_character = (end - start) / max(1, sum(map(len, pieces)))
    for piece in pieces:
        until = start + a_character * len(piece)
        yield start, until, "\n".join(wrap(piece, _LINE))
        start = until


def _end(cue: Cue | Passage, start: float, following: float | None, *, reading: float) -> float:
    if cue.end is not None and cue.end > start:
        return cue.end
    # Sound without words may follow: what was said does not stay for minutes.
    end = start + max(_SHORTEST, reading)
    return min(end, following) if following is not None and following > start else end


def _voice(name: str) -> str:
    """A name as the tag of a voice takes it: on one line, without what would end it."""
    return escape(" ".join(name.replace(">", " ").split()), quote=False)


def _time(seconds: float) -> str:
    milliseconds = round(seconds * 1000)
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}.{rest % 1000:03}"
