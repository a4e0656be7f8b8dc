"""Whether one may register to a workshop at a moment, and what is said of it."""

from datetime import datetime, time
from enum import StrEnum

from events.enums import STAGES_TO_COME, WorkshopFate
from events.models import WorkshopPage, period_label
from events.registrations.fields import PARIS


class Window(StrEnum):
    UNKNOWN = "inconnue"  # nobody said yet how one registers
    SOON = "bientot"
    OPEN = "ouverte"
    ELSEWHERE = "ailleurs"
    CLOSED = "close"
    CANCELLED = "annule"
    POSTPONED = "reporte"
    PAST = "passe"


# One may ask to be told when registrations open.
BEFORE = frozenset({Window.UNKNOWN, Window.SOON, Window.POSTPONED})


def closes_at(*, workshop: WorkshopPage) -> datetime | None:
    """Return the moment the editor chose; by default the beginning, or the end of the day when no hour is known."""
    if workshop.registration_closes_at or workshop.starts_on is None:
        return workshop.registration_closes_at
    return datetime.combine(workshop.starts_on, workshop.starts_at or time.max, tzinfo=PARIS)


def window_of(*, workshop: WorkshopPage, now: datetime) -> Window:
    if workshop.fate == WorkshopFate.CANCELLED:
        return Window.CANCELLED
    if workshop.forced_stage not in {"", *STAGES_TO_COME}:
        return Window.PAST
    if workshop.fate == WorkshopFate.POSTPONED:
        return Window.POSTPONED
    is_over = workshop.ends is not None and now >= workshop.ends
    return Window.PAST if is_over else _window_before(workshop, now=now)


def _window_before(workshop: WorkshopPage, *, now: datetime) -> Window:
    opens, closes = workshop.registration_opens_at, closes_at(workshop=workshop)
    if not workshop.takes_registrations and not workshop.registration_url:
        return Window.UNKNOWN
    if opens and now < opens:
        return Window.SOON
    if closes is None or now >= closes:
        return Window.CLOSED
    return Window.OPEN if workshop.takes_registrations else Window.ELSEWHERE


def sentence_of(*, workshop: WorkshopPage, window: Window) -> str:
    """Say to a person why the form is not open; empty when it is."""
    return _SENTENCES[window].format(
        opens=moment(workshop.registration_opens_at), closes=moment(closes_at(workshop=workshop))
    )


_SENTENCES = {
    Window.OPEN: "",
    Window.UNKNOWN: "Les inscriptions ne sont pas encore ouvertes.",
    Window.SOON: "Les inscriptions ouvrent le {opens}.",
    Window.ELSEWHERE: "Les inscriptions à cet atelier se font sur un autre site.",
    Window.CLOSED: "Les inscriptions sont closes depuis le {closes}.",
    Window.CANCELLED: "Cet atelier est annulé : on ne peut plus s’y inscrire.",
    Window.POSTPONED: "Cet atelier est reporté : les inscriptions reprendront quand sa nouvelle date sera connue.",
    Window.PAST: "Cet atelier a eu lieu : on ne peut plus s’y inscrire.",
}


def moment(value: datetime | None) -> str:
    """« 12 janvier 2027 à 9 h 30 », at the hour of Paris."""
    if value is None:
        return ""
    local = value.astimezone(PARIS)
    return f"{period_label(starts_on=local.date(), ends_on=None)} à {_hour(local.time())}"


def hours_label(*, workshop: WorkshopPage) -> str:
    """« de 9 h 30 à 12 h », « à 9 h 30 », or empty."""
    start, end = workshop.starts_at, workshop.ends_at
    if start is None:
        return ""
    return f"de {_hour(start)} à {_hour(end)}" if end else f"à {_hour(start)}"


def _hour(value: time) -> str:
    return f"{value.hour}\u00a0h\u00a0{value.minute:02}" if value.minute else f"{value.hour}\u00a0h"
