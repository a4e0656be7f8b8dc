"""Who was there, read back from the table that Teams or Zoom gives after a meeting."""

import csv
import io
import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from django.db import transaction

from events.models import WorkshopPage
from events.registrations.acting import held
from events.registrations.models import Registration, RegistrationState
from hub.accents import without_accents
from hub.mail.addresses import comparable_address
from hub.refusals import Refused

MAX_BYTES = 2 * 1024 * 1024
MAX_LINES = 10_000
_MAX_CELL = 500

# As the two write them, in English and in French, folded by ``_plain``.
_HEADINGS = {
    "name": ("name", "full name", "nom", "nom complet", "name (original name)", "nom (nom original)", "nom d'origine"),
    "email": (
        "email",
        "e-mail",
        "user email",
        "adresse e-mail",
        "courriel",
        "adresse de messagerie",
        "e-mail de l'utilisateur",
        "adresse e-mail de l'utilisateur",
    ),
    "upn": (
        "participant id (upn)",
        "id de participant (upn)",
        "id du participant (upn)",
        "id participant (upn)",
    ),
    "duration": (
        "duration",
        "in-meeting duration",
        "duration (minutes)",
        "total duration (minutes)",
        "time in session (minutes)",
        "duree",
        "duree de la reunion",
        "duree dans la reunion",
        "duree de participation a la reunion",
        "duree (minutes)",
        "duree totale (minutes)",
    ),
}
# What makes a line of headings one of people: a summary has a name and a duration of its own.
_OF_PEOPLE = (
    "join time",
    "first join",
    "user action",
    "heure d'arrivee",
    "heure de connexion",
    "heure de participation",
    "premiere participation",
    "premiere connexion",
    "action de l'utilisateur",
    "guest",
    "invite",
)
_SECTION = re.compile(r"\d{1,2}\.\s+\S")
_PARTS = re.compile(r"(\d{1,5})\s*(h|m|s)", re.ASCII)
_CLOCK = re.compile(r"(\d{1,3}):(\d{1,2})(?::(\d{1,2}))?", re.ASCII)
# What the two add to a name: « (Externe) », « (Invité) », a name of before.
_ASIDE = re.compile(r"\s*[(\[][^()\[\]]*[)\]]\s*$")


class Outcome(StrEnum):
    FOUND = "inscrit, noté présent"
    LISTED = "sur la liste d’attente ou annulé, noté présent"
    UNKNOWN = "n’est pas inscrit"
    UNSURE = "plusieurs inscrits portent ce nom"


@dataclass(slots=True)
class Attendee:
    """One person of the table, whatever the number of times she came back; ``lines`` are numbered from 1."""

    name: str
    email: str
    lines: list[int] = field(default_factory=list)
    minutes: int = 0
    outcome: Outcome = Outcome.UNKNOWN
    registration: Registration | None = None


def decoded(content: bytes) -> str:
    """Read the bytes of a table; raises ``Refused`` for what is too large or no text."""
    if len(content) > MAX_BYTES:
        raise Refused(f"Le fichier est trop lourd : {MAX_BYTES // 2**20} Mo au plus.")
    encodings = ["utf-8", "cp1252"]
    if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        encodings = ["utf-16"]
    elif content.startswith(BOM_UTF8):
        encodings = ["utf-8-sig"]
    elif content[1:2] == b"\0":
        encodings = ["utf-16-le"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise Refused(
        "Ce fichier n’est pas un tableau de texte (CSV). Prenez la liste de présence telle que Teams ou Zoom la donne."
    )


def read_attendees(text: str) -> list[Attendee]:
    """Return the people of a table, those who came back once. Raises ``Refused``, with what is to be done."""
    if not text.strip():
        raise Refused("Choisissez un fichier, ou collez un tableau.")
    if len(text) > MAX_BYTES:
        raise Refused(f"Ce tableau est trop long : {MAX_BYTES // 2**20} Mo au plus.")
    columns: dict[str, int] = {}
    people: dict[str, Attendee] = {}
    for number, row in _rows(text):
        if not columns:
            columns = _columns_of(row)
            continue
        if not any(row) or _SECTION.match(row[0]):
            if people:
                break  # what follows is of something else: the sections of Teams
            continue
        name, email = _cell(row, columns.get("name")), _address(row, columns)
        if not name and not email:
            continue
        one = people.setdefault(email or _plain(name), Attendee(name=name, email=email))
        one.lines.append(number)
        one.minutes += _minutes(_cell(row, columns.get("duration")))
    if not columns:
        raise Refused(
            "Aucune ligne de titres reconnue : il faut une colonne « Nom » et une colonne « E-mail », « Durée » ou "
            "« Heure d’arrivée », comme Teams et Zoom les écrivent."
        )
    if not people:
        raise Refused("Le tableau a des titres, et personne dessous.")
    return list(people.values())


def match(*, attendees: Iterable[Attendee], workshop: WorkshopPage) -> list[Attendee]:
    """Say of each who she is among those who registered: by her address, or by a name that one of them alone has."""
    found = list(attendees)
    rows = list(Registration.objects.filter(workshop=workshop))
    by_email = {registered.email: registered for registered in rows}
    by_name: dict[str, list[Registration]] = defaultdict(list)
    for registered in rows:
        by_name[_name_key(registered.name)].append(registered)
    for one in found:
        same_address = by_email.get(one.email)
        key = _name_key(one.name)
        namesakes = [same_address] if same_address is not None else by_name.get(key, []) if key else []
        if len(namesakes) == 1:
            one.registration = namesakes[0]
            one.outcome = Outcome.FOUND if one.registration.state == RegistrationState.CONFIRMED else Outcome.LISTED
        elif namesakes:
            one.outcome = Outcome.UNSURE
    return found


def keep(*, attendees: Iterable[Attendee], workshop: WorkshopPage) -> int:
    """Note who was there, and that the others who had a seat were not; a second table adds to the first."""
    present = {one.registration.pk: one.minutes for one in attendees if one.registration is not None}
    with transaction.atomic():
        held(workshop_pk=workshop.pk)
        rows = Registration.objects.filter(workshop=workshop)
        for row in rows.filter(pk__in=present):
            row.is_present = True
            row.minutes_present = max(present[row.pk], row.minutes_present or 0)
            row.save(update_fields=["is_present", "minutes_present"])
        rows.confirmed().filter(is_present=None).update(is_present=False)
    return len(present)


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    lines = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    delimiter = max("\t,;", key=lines[:20_000].count)
    reader = csv.reader(io.StringIO(lines), delimiter=delimiter)
    try:
        for number, row in enumerate(reader, start=1):
            if number > MAX_LINES:
                raise Refused(f"Ce tableau a plus de {MAX_LINES} lignes.")
            yield number, [cell.strip()[:_MAX_CELL] for cell in row]
    except csv.Error as error:
        raise Refused("Ce tableau est mal formé : enregistrez-le de nouveau en CSV.") from error


def _columns_of(row: list[str]) -> dict[str, int]:
    """Return where each heading is; empty when these are not the headings of people."""
    titles = [_plain(cell) for cell in row]
    found = {name: number for name, known in _HEADINGS.items() for number, title in enumerate(titles) if title in known}
    is_of_people = "email" in found or "upn" in found or any(title in _OF_PEOPLE for title in titles)
    return found if "name" in found and is_of_people else {}


def _cell(row: list[str], number: int | None) -> str:
    return row[number] if number is not None and number < len(row) else ""


def _address(row: list[str], columns: dict[str, int]) -> str:
    typed = [_cell(row, columns.get(name)) for name in ("email", "upn")]
    return next((comparable_address(text) for text in typed if "@" in text), "")


def _minutes(text: str) -> int:
    """Read « 62 », « 1h 2m 3s », « 1 h 2 min », « 01:02:03 », in whole minutes; 0 for what is none of these."""
    if text.isascii() and text.isdecimal():
        return min(int(text[:6]), 100_000)
    if clock := _CLOCK.fullmatch(text):
        hours, minutes, _seconds = (int(part or 0) for part in clock.groups())
        return hours * 60 + minutes
    seconds = sum(int(count) * {"h": 3600, "m": 60, "s": 1}[unit] for count, unit in _PARTS.findall(text.lower()))
    return seconds // 60


def _name_key(name: str) -> str:
    """Return the words of a name in no order: « Roux, Anne » is « Anne ROUX »."""
    return " ".join(sorted(re.findall(r"\w+", _plain(_ASIDE.sub("", name)))))


def _plain(text: str) -> str:
    return " ".join(without_accents(text.replace("’", "'").casefold()).split())
