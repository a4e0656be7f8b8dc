"""What is written to those who registered: in words, and as an event that their calendar takes in."""

import hashlib
import json
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core import signing
from django.urls import reverse
from icalendar import vCalAddress

from events.calendars import calendar_of, workshop_event
from events.models import WorkshopPage
from events.registrations.models import OpeningNotice, Registration, RegistrationState
from events.registrations.opening import closes_at, hours_label, moment
from hub.mail.queueing import queue_mail
from hub.mail.site import page_url, site_url

REQUEST, CANCEL = "REQUEST", "CANCEL"
_SALT = "events.registration"
# What a letter tells of the workshop: a change of any of it is written to those who have read the former.
_TOLD = ("starts_on", "ends_on", "starts_at", "ends_at", "place", "format", "call_url", "fate")


def link_token(*, registration: Registration) -> str:
    """Return what opens one person's own page, as long as the row is kept."""
    return signing.dumps(registration.pk, salt=_SALT)


def registration_of(*, token: str) -> Registration | None:
    try:
        pk = signing.loads(token, salt=_SALT)
    except signing.BadSignature:
        return None
    rows = Registration.objects.select_related("workshop", "kind", "territory")
    found: Registration | None = rows.filter(pk=pk).first()
    return found


def own_page(*, registration: Registration) -> str:
    return site_url() + reverse("registration", args=[link_token(registration=registration)])


def details_told(*, workshop: WorkshopPage) -> str:
    """Return the mark of what letters tell of a workshop, equal as long as they would tell the same."""
    told = json.dumps([str(getattr(workshop, name) or "") for name in _TOLD])
    return hashlib.sha256(told.encode()).hexdigest()


def write(
    *,
    registration: Registration,
    workshop: WorkshopPage,
    letter: str,
    now: datetime,
    method: str = "",
    more: dict[str, Any] | None = None,
) -> None:
    """Queue a letter, in the transaction of what it tells of, with the workshop's row held; the row is saved.

    ``letter`` is a folder of ``events/mail``; ``method``, ``REQUEST`` or ``CANCEL``, has the event go with it.
    """
    registration.letters += 1
    registration.told = details_told(workshop=workshop)
    registration.told_at = now
    registration.save()
    queue_mail(
        key=f"registration-{registration.pk}-{registration.letters}",
        recipient=registration.email,
        template=f"events/mail/{letter}",
        # Nothing that was typed in the form: whoever gives somebody else's address must not write to them through us.
        context={
            **_about(workshop),
            "has_seat": registration.state == RegistrationState.CONFIRMED,
            "own_page": own_page(registration=registration),
            "kept_days": settings.REGISTRATIONS_KEPT_DAYS,
            **(more or {}),
        },
        calendar=invitation(registration=registration, workshop=workshop, method=method) if method else "",
        calendar_method=method,
        expires_at=workshop.ends if letter == "reminder" else None,
    )


def write_opening(*, notice: OpeningNotice, workshop: WorkshopPage) -> None:
    """Queue the one letter of a notice, which is done with."""
    queue_mail(
        key=f"opening-notice-{notice.pk}-workshop-{workshop.pk}",
        recipient=notice.email,
        template="events/mail/opening",
        context={**_about(workshop), "closes": moment(closes_at(workshop=workshop))},
        expires_at=workshop.ends,
    )
    notice.delete()


def invitation(*, registration: Registration, workshop: WorkshopPage, method: str) -> str:
    """Return the workshop as an event of this person's, in a calendar of its own."""
    event = workshop_event(page=workshop, sequence=registration.letters)
    guest = vCalAddress(f"mailto:{registration.email}")
    guest.params["PARTSTAT"] = "ACCEPTED" if method == REQUEST else "DECLINED"
    guest.params["RSVP"] = "FALSE"  # one answers on one's own page, not to the sender's box
    event.add("attendee", guest)
    lines = [f"Votre inscription : {own_page(registration=registration)}"]
    if method == REQUEST and workshop.call_url:
        lines.insert(0, f"Visioconférence : {workshop.call_url}")
        if not workshop.place:
            _replace(event, "location", workshop.call_url)
    _replace(event, "description", "\n".join(lines))
    _replace(event, "status", "CONFIRMED" if method == REQUEST else "CANCELLED")
    text: bytes = calendar_of(events=[event], method=method).to_ical()
    return text.decode()


def _about(workshop: WorkshopPage) -> dict[str, Any]:
    return {
        "workshop": workshop,
        "title": " ".join(workshop.title.split()),
        "place": " ".join(workshop.place.split()),
        "hours": hours_label(workshop=workshop),
        "page_address": page_url(page=workshop),
    }


def _replace(event: Any, name: str, value: str) -> None:
    event.pop(name, None)
    event.add(name, value)
