"""What becomes of a seat. Each act holds the row of its workshop: a last seat, or one given back, is one person's."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from events.models import WorkshopPage
from events.registrations.mails import CANCEL, REQUEST, write
from events.registrations.models import OpeningNotice, Registration, RegistrationState
from events.registrations.opening import BEFORE, Window, sentence_of, window_of
from hub.refusals import Refused

# Registered again within this time is the button pressed twice; after it, the letter is written again, once an hour.
SAME_WITHIN = timedelta(minutes=10)
WRITTEN_AGAIN_AFTER = timedelta(hours=1)

CONFIRMED, WAITING, CANCELLED = RegistrationState.CONFIRMED, RegistrationState.WAITING, RegistrationState.CANCELLED
# Nothing is done of these seats any more.
_OVER = frozenset({Window.CANCELLED, Window.PAST})


def held(*, workshop_pk: int) -> WorkshopPage:
    """Read a workshop and hold its row until the end of the transaction: those who act on its seats take turns."""
    workshop: WorkshopPage = WorkshopPage.objects.select_for_update(of=("self",)).get(pk=workshop_pk)
    return workshop


def register(*, workshop_pk: int, email: str, answers: dict[str, Any], now: datetime) -> Registration:
    """Give a seat, or a place on the list, and write which. An address that has one keeps it, and what it said.

    Nothing tells the two apart but the letter: nobody learns here who comes. Raises ``Refused`` outside the opening.
    """
    with transaction.atomic():
        workshop = held(workshop_pk=workshop_pk)
        window = window_of(workshop=workshop, now=now)
        if window is not Window.OPEN:
            raise Refused(sentence_of(workshop=workshop, window=window))
        OpeningNotice.objects.filter(workshop=workshop, email=email).delete()
        found = Registration.objects.filter(workshop=workshop, email=email).first()
        if found is not None and found.state != CANCELLED:
            _write_again(found, workshop=workshop, now=now)
            return found
        registration = found or Registration(workshop=workshop, email=email, created_at=now)
        for name, value in answers.items():
            setattr(registration, name, value)
        registration.state = CONFIRMED if _has_seat(workshop) else WAITING
        registration.state_since = now
        registration.reminded_at = None
        _write_state(registration, workshop=workshop, now=now)
    return registration


def ask_to_be_told(*, workshop_pk: int, email: str, now: datetime) -> None:
    """Keep an address for the opening; twice is once. Raises ``Refused`` when there is no opening to wait for."""
    with transaction.atomic():
        workshop = held(workshop_pk=workshop_pk)
        window = window_of(workshop=workshop, now=now)
        if window in {Window.OPEN, Window.ELSEWHERE}:
            raise Refused("Les inscriptions sont ouvertes : vous pouvez vous inscrire dès maintenant.")
        if window not in BEFORE:
            raise Refused(sentence_of(workshop=workshop, window=window))
        OpeningNotice.objects.get_or_create(workshop=workshop, email=email, defaults={"created_at": now})


def change(*, registration: Registration, answers: dict[str, Any]) -> bool:
    """Write what the person says now; False when her registration is cancelled, and nothing changes."""
    with transaction.atomic():
        held(workshop_pk=registration.workshop_id)
        return bool(Registration.objects.kept().filter(pk=registration.pk).update(**answers))


def cancel(*, registration: Registration, now: datetime, is_by_dihal: bool = False) -> bool:
    """Give a seat back, or leave the list, and tell the person; the seat goes to who waits. Twice is once."""
    with transaction.atomic():
        workshop = held(workshop_pk=registration.workshop_id)
        row = Registration.objects.get(pk=registration.pk)
        if row.state == CANCELLED:
            return False
        had_seat = row.state == CONFIRMED
        row.state, row.state_since = CANCELLED, now
        write(
            registration=row,
            workshop=workshop,
            letter="withdrawn",
            now=now,
            method=CANCEL if had_seat else "",
            more={"had_seat": had_seat, "is_by_dihal": is_by_dihal},
        )
        if had_seat:
            promote(workshop=workshop, now=now)
    return True


def give_seat(*, registration: Registration, now: datetime) -> None:
    """Give a seat out of turn, whatever the number of seats: an editor decides."""
    with transaction.atomic():
        workshop = held(workshop_pk=registration.workshop_id)
        row = Registration.objects.get(pk=registration.pk)
        if row.state == CONFIRMED:
            return
        if window_of(workshop=workshop, now=now) in _OVER:
            raise Refused("Cet atelier est passé ou annulé : on ne donne plus de place.")
        row.state, row.state_since = CONFIRMED, now
        write(registration=row, workshop=workshop, letter="promoted", now=now, method=REQUEST)


def promote(*, workshop: WorkshopPage, now: datetime) -> int:
    """Give the free seats to those who have waited longest, and tell them; return how many. The row is held."""
    if window_of(workshop=workshop, now=now) in _OVER:
        return 0
    waiting = Registration.objects.filter(workshop=workshop).waiting()
    if (seats := seats_left(workshop=workshop)) is not None:
        waiting = waiting[:seats]
    given = list(waiting)
    for row in given:
        row.state, row.state_since = CONFIRMED, now
        write(registration=row, workshop=workshop, letter="promoted", now=now, method=REQUEST)
    return len(given)


def seats_left(*, workshop: WorkshopPage) -> int | None:
    """Return how many seats nobody has, ``None`` without a limit."""
    if workshop.registration_capacity is None:
        return None
    taken = Registration.objects.confirmed().filter(workshop=workshop.pk).count()
    return max(0, workshop.registration_capacity - taken)


def _has_seat(workshop: WorkshopPage) -> bool:
    left = seats_left(workshop=workshop)
    # Who waits comes first, even in the moment before a seat is given to them.
    return left is None or left > Registration.objects.waiting().filter(workshop=workshop).count()


def _write_state(registration: Registration, *, workshop: WorkshopPage, now: datetime) -> None:
    is_confirmed = registration.state == CONFIRMED
    write(
        registration=registration,
        workshop=workshop,
        letter="confirmed" if is_confirmed else "waiting",
        now=now,
        method=REQUEST if is_confirmed else "",
    )


def _write_again(registration: Registration, *, workshop: WorkshopPage, now: datetime) -> None:
    """Have the link reach who lost it, and flood nobody's box."""
    is_same = now - registration.state_since < SAME_WITHIN
    if not is_same and (registration.told_at is None or now - registration.told_at >= WRITTEN_AGAIN_AFTER):
        _write_state(registration, workshop=workshop, now=now)
