"""A workshop as search engines read it (schema.org, JSON-LD): the event with its life, its replay with its parts."""

import json
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe

from events.enums import WorkshopFate, WorkshopFormat
from events.models import PARIS, Replay, Sequence, WorkshopPage
from hub.pages.feeds import plain_text
from hub.pages.templatetags.hub_media import poster_of

_STATUSES = {
    "": "https://schema.org/EventScheduled",
    WorkshopFate.CANCELLED: "https://schema.org/EventCancelled",
    WorkshopFate.POSTPONED: "https://schema.org/EventPostponed",
}
_MODES = {
    WorkshopFormat.ONLINE: "https://schema.org/OnlineEventAttendanceMode",
    WorkshopFormat.ON_SITE: "https://schema.org/OfflineEventAttendanceMode",
    WorkshopFormat.HYBRID: "https://schema.org/MixedEventAttendanceMode",
}
# Inside a script these would end it, or begin a comment of the parser: JSON says them otherwise.
_ESCAPES = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}


def structured_workshop(*, page: WorkshopPage, request: HttpRequest) -> SafeString:
    """Return a block of data, which no browser executes and the content policy has no say on; empty for a new page."""
    address = page.get_full_url(request) if page.pk else None
    first_day: date | None = page.starts_on
    if not address or first_day is None:
        return SafeString("")
    event = _event(page=page, first_day=first_day, address=address)
    graph = [event]
    replay = page.replay
    if replay and replay.is_watchable:
        video = _video(page=page, replay=replay, address=address, request=request)
        event["recordedIn"] = {"@id": video["@id"]}
        graph.append(video)
    text = json.dumps({"@context": "https://schema.org", "@graph": graph}, ensure_ascii=False)
    return mark_safe(f'<script type="application/ld+json">{text.translate(_ESCAPES)}</script>')  # noqa: S308 — see _ESCAPES


def _event(*, page: WorkshopPage, first_day: date, address: str) -> dict[str, Any]:
    event: dict[str, Any] = {
        "@type": "Event",
        "@id": f"{address}#atelier",
        "name": plain_text(page.title),
        "url": address,
        "inLanguage": "fr",
        "eventStatus": _STATUSES[page.fate],
        "startDate": _moment(first_day, page.starts_at),
    }
    if page.summary:
        event["description"] = plain_text(page.summary)
    if page.ends_on or page.ends_at:
        event["endDate"] = _moment(page.ends_on or first_day, page.ends_at)
    if page.format:
        event["eventAttendanceMode"] = _MODES[WorkshopFormat(page.format)]
    if locations := _locations(page=page, address=address):
        event["location"] = locations if len(locations) > 1 else locations[0]
    names = [organisation.name for organisation in page.organisers.all()] or ["Dihal"]
    event["organizer"] = [{"@type": "Organization", "name": plain_text(name)} for name in names]
    return event


def _moment(day: date, hour: time | None) -> str:
    """Write a moment with its distance to UTC that day, or a day alone."""
    return datetime.combine(day, hour, tzinfo=PARIS).isoformat() if hour else day.isoformat()


def _locations(*, page: WorkshopPage, address: str) -> list[dict[str, str]]:
    """Where to go. The address of a call is for people registered: the page says how to register."""
    locations = []
    if page.place:
        locations.append({"@type": "Place", "name": plain_text(page.place), "address": plain_text(page.place)})
    if page.format in {WorkshopFormat.ONLINE, WorkshopFormat.HYBRID}:
        locations.append({"@type": "VirtualLocation", "url": address})
    return locations


def _video(*, page: WorkshopPage, replay: Replay, address: str, request: HttpRequest) -> dict[str, Any]:
    video: dict[str, Any] = {
        "@type": "VideoObject",
        "@id": f"{address}#replay",
        "name": plain_text(f"Replay : {page.title}"),
        "description": plain_text(page.summary or page.title),
        "inLanguage": "fr",
        "url": f"{address}#replay",
    }
    if uploaded_on := replay.published_on or page.published_on:
        video["uploadDate"] = uploaded_on.isoformat()
    if replay.duration:
        video["duration"] = iso_duration(replay.duration)
    if poster := poster_of(replay.poster):
        video["thumbnailUrl"] = request.build_absolute_uri(poster.url)
    if replay.file:
        video["contentUrl"] = request.build_absolute_uri(replay.file.url)
    elif replay.video and (player := replay.video.frame_url()):
        video["embedUrl"] = player
    if clips := _clips(sequences=list(page.sequences.all()), duration=replay.duration, address=address):
        video["hasPart"] = clips
    return video


def _clips(*, sequences: list[Sequence], duration: timedelta | None, address: str) -> list[dict[str, Any]]:
    """A clip for each sequence whose beginning is known; it ends where the next known one begins."""
    timed = [(sequence.title, start) for sequence in sequences if (start := sequence.replay_start_seconds) is not None]
    last = int(duration.total_seconds()) if duration else None
    ends = [following for _, (_, following) in pairwise(timed)] + [last]
    return [
        {
            "@type": "Clip",
            "name": plain_text(title),
            "startOffset": start,
            **({"endOffset": end} if end is not None and end > start else {}),
            "url": f"{address}#t={start}",
        }
        for (title, start), end in zip(timed, ends, strict=False)
    ]


def iso_duration(duration: timedelta) -> str:
    """Write a length of time as ISO 8601 does: « PT2H15M »."""
    minutes, seconds = divmod(int(duration.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    written = "".join(f"{count}{unit}" for count, unit in ((hours, "H"), (minutes, "M"), (seconds, "S")) if count)
    return f"PT{written or '0S'}"
