"""What follows by itself: seats given, changes, reminders, openings and replays told, rows forgotten in time."""

import threading
from collections.abc import Iterator
from datetime import datetime, time, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from events.models import Replay, WorkshopPage
from events.registrations.acting import CONFIRMED, held, promote
from events.registrations.fields import PARIS
from events.registrations.mails import CANCEL, REQUEST, details_told, write, write_opening
from events.registrations.models import OpeningNotice, Registration
from events.registrations.opening import Window, window_of
from hub.daily.loops import Loop, Say, register_loop, repeated
from hub.daily.registry import DailyTask, register_daily_task
from hub.web.health import Light, Reading, register_probe

# Letters written in one transaction: those who register meanwhile do not wait long.
AT_ONCE = 50
REMINDED_FROM = time(9)
LATE = timedelta(minutes=30)
_OPEN = frozenset({Window.OPEN, Window.ELSEWHERE})


def follow_up(*, workshop_pk: int, now: datetime) -> int:
    """Do what is due of one workshop, ``AT_ONCE`` letters at most; return how many were written."""
    with transaction.atomic():
        workshop = held(workshop_pk=workshop_pk)
        if not workshop.live:
            return 0
        written = promote(workshop=workshop, now=now)
        for act in (_tell_changes, _remind, _tell_opening, _tell_replay):
            if written < AT_ONCE:
                written += act(workshop, now=now, most=AT_ONCE - written)
    return written


def follow_up_all(*, now: datetime, stop: threading.Event | None = None) -> Iterator[str]:
    for pk in list(_to_look_at(now=now)):
        written = 0
        while not (stop is not None and stop.is_set()) and (count := follow_up(workshop_pk=pk, now=now)):
            written += count
        if written:
            yield f"atelier {pk} : {written} courriel(s)"


def _to_look_at(*, now: datetime) -> QuerySet:
    """Workshops still to come that somebody waits for, and those whose replay somebody asked to hear of."""
    mine = Registration.objects.filter(workshop=OuterRef("pk"))
    notices = OpeningNotice.objects.filter(workshop=OuterRef("pk"))
    replay = Exists(mine.kept().filter(wants_replay=True, replay_told_at=None)) & Exists(
        Replay.objects.filter(page=OuterRef("pk"))
    )
    coming = Q(last_day__gte=now.astimezone(PARIS).date()) & (Exists(mine.kept()) | Exists(notices))
    # A workshop put off has no day yet: its former one is past.
    put_off = ~Q(fate="") & Exists(mine.kept())
    workshops = WorkshopPage.objects.live().annotate(last_day=Coalesce("ends_on", "starts_on"))
    return workshops.filter(coming | put_off | replay).order_by("pk").values_list("pk", flat=True)


def _tell_changes(workshop: WorkshopPage, *, now: datetime, most: int) -> int:
    end = workshop.ends
    if end is None or (now >= end and not workshop.fate):
        return 0
    outdated = Registration.objects.kept().filter(workshop=workshop).exclude(told=details_told(workshop=workshop))
    rows = list(outdated.order_by("pk")[:most])
    for row in rows:
        row.reminded_at = None
        has_seat = row.state == CONFIRMED
        write(
            registration=row,
            workshop=workshop,
            letter="called_off" if workshop.fate else "changed",
            now=now,
            method=(CANCEL if workshop.fate else REQUEST) if has_seat else "",
        )
    return len(rows)


def _remind(workshop: WorkshopPage, *, now: datetime, most: int) -> int:
    """The day before, from nine; not those who were given their seat since, whose letter is as fresh."""
    begin = workshop.begins
    if workshop.fate or workshop.starts_on is None or begin is None:
        return 0
    since = datetime.combine(workshop.starts_on - timedelta(days=1), REMINDED_FROM, tzinfo=PARIS)
    if not since <= now < begin:
        return 0
    due = Registration.objects.confirmed().filter(workshop=workshop, reminded_at=None, state_since__lt=since)
    rows = list(due.order_by("pk")[:most])
    for row in rows:
        row.reminded_at = now
        write(registration=row, workshop=workshop, letter="reminder", now=now, method=REQUEST)
    return len(rows)


def _tell_opening(workshop: WorkshopPage, *, now: datetime, most: int) -> int:
    if window_of(workshop=workshop, now=now) not in _OPEN or not _is_public(workshop):
        return 0
    notices = list(workshop.opening_notices.all()[:most])
    for notice in notices:
        write_opening(notice=notice, workshop=workshop)
    return len(notices)


def _tell_replay(workshop: WorkshopPage, *, now: datetime, most: int) -> int:
    """Once; not those who gave their seat back."""
    if not (workshop.replay and workshop.replay.is_watchable) or not _is_public(workshop):
        return 0
    begin = workshop.begins
    if begin is None or now < begin:
        return 0
    due = Registration.objects.kept().filter(workshop=workshop, wants_replay=True, replay_told_at=None)
    rows = list(due.order_by("pk")[:most])
    for row in rows:
        row.replay_told_at = now
        write(registration=row, workshop=workshop, letter="replay", now=now)
    return len(rows)


def _is_public(workshop: WorkshopPage) -> bool:
    return bool(WorkshopPage.objects.public().filter(pk=workshop.pk).exists())


def forget(*, now: datetime) -> int:
    """Erase who registered to a workshop that ended long ago; return how many rows."""
    limit = now.astimezone(PARIS).date() - timedelta(days=settings.REGISTRATIONS_KEPT_DAYS)
    past = WorkshopPage.objects.annotate(last_day=Coalesce("ends_on", "starts_on")).filter(last_day__lt=limit)
    rows = Registration.objects.filter(workshop__in=past.values("pk")).delete()[0]
    return int(rows + OpeningNotice.objects.filter(workshop__in=past.values("pk")).delete()[0])


def forget_registrations() -> Iterator[str]:
    forgotten = forget(now=timezone.now())
    if forgotten:
        yield f"{forgotten} inscription(s) effacée(s)"


def _look(*, stop: threading.Event, say: Say) -> None:
    for line in follow_up_all(now=timezone.now(), stop=stop):
        say(f"Inscriptions : {line}")


def probe() -> Reading:
    """Look whether an opening was told in time. Never ``DOWN``: one registers without it."""
    opened = (
        WorkshopPage.objects.live()
        .public()
        .filter(fate="", takes_registrations=True, registration_opens_at__lt=timezone.now() - LATE)
    )
    coming = opened.filter(starts_on__gt=timezone.localdate()).filter(
        Q(registration_closes_at=None) | Q(registration_closes_at__gt=timezone.now())
    )
    late = OpeningNotice.objects.filter(workshop__in=coming.values("pk"), created_at__lt=timezone.now() - LATE).count()
    if late:
        return Reading(Light.DEGRADED, f"{late} personne(s) pas encore prévenue(s) d’une ouverture")
    return Reading(Light.OK, "les suites des inscriptions sont données")


def follow_publication(*, workshop_pk: int) -> None:
    """Once a publication is committed, write the first letters at once; the worker writes the others."""
    now = timezone.now()
    if workshop_pk in _to_look_at(now=now).filter(pk=workshop_pk):
        follow_up(workshop_pk=workshop_pk, now=now)


def register() -> None:
    register_loop(Loop(name="inscriptions", label="inscriptions", interval=60, follow=repeated(_look)))
    register_probe(name="inscriptions", probe=probe)
    register_daily_task(DailyTask("forget_registrations", "Anciennes inscriptions", forget_registrations))
