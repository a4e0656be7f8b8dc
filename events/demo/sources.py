"""The demonstration as it is written in ``data/``: read into typed values, before anything touches the database."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

DATA_DIR = Path(__file__).resolve().parent / "data"
_TUESDAY = 1


class DemoDataError(ValueError):
    """The demonstration cannot be loaded. The message, in French, says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationSource:
    """A structure of the demonstration: fictitious, the Département de l’Ain aside."""

    slug: str
    name: str
    kind: str
    territory: str = ""
    website: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerSource:
    """How a structure takes part in an initiative; ``role`` is a value of ``PartnershipRole``."""

    organisation: str
    role: str
    does: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureSource:
    """A key figure; ``qualifier`` is a value of ``FigureQualifier``."""

    value: float
    label: str
    unit: str = ""
    qualifier: str = ""
    year: int | None = None
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageSource:
    """An abstract picture drawn at load time: ``motif`` is a name of ``events.demo.pictures.MOTIFS``."""

    motif: str
    alternative_text: str
    colours: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentSource:
    """A small file written at load time, as plain text (``txt``) or for a word processor (``odt``)."""

    title: str
    format: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InitiativeSource:
    """A sheet. Sections and ``body`` are in the markup of ``hub.pages.markup``."""

    slug: str
    title: str
    summary: str
    status: str
    published_on: date
    audiences: list[str]
    territories: list[str]
    axes: list[str]
    partners: list[PartnerSource]
    context: str
    objectives: str
    operation: str
    governance: str
    means: str
    results: str
    levers: str
    obstacles: str
    reproduction: str
    contact_name: str
    contact_role: str
    contact_email: str
    contact_phone: str
    schemes: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    start_year: int | None = None
    end_year: int | None = None
    modified_on: date | None = None
    figures: list[FigureSource] = field(default_factory=list)
    body: str = ""
    image: ImageSource | None = None
    document: DocumentSource | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SequenceSource:
    """A part of a workshop. ``start`` is its time in the replay."""

    title: str
    text: str = ""
    speakers: list[str] = field(default_factory=list)
    initiatives: list[str] = field(default_factory=list)
    start: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplaySource:
    """A recording on a server that does not exist; ``transcript`` is a file of ``data/transcripts``."""

    url: str
    duration: timedelta
    days_after: int
    transcript: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkshopSource:
    """A workshop. Its day is ``starts_on``, or ``days_from_today`` so that some are always to come.

    ``is_fictitious`` is false for a workshop that was really held and whose facts are true.
    """

    number: int
    slug: str
    title: str
    subject: str
    summary: str
    audiences: list[str]
    territories: list[str]
    axes: list[str]
    format: str
    is_fictitious: bool = True
    starts_on: date | None = None
    days_from_today: int | None = None
    lasts_days: int = 1
    starts_at: time | None = None
    ends_at: time | None = None
    place: str = ""
    registration_url: str = ""
    schemes: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    organisers: list[str] = field(default_factory=lambda: ["dihal"])
    partners: list[str] = field(default_factory=list)
    participants: int | None = None
    participants_is_minimum: bool = False
    kinds: list[str] = field(default_factory=list)
    published_on: date | None = None
    modified_on: date | None = None
    programme: str = ""
    body: str = ""
    figures: list[FigureSource] = field(default_factory=list)
    sequences: list[SequenceSource] = field(default_factory=list)
    initiatives: list[str] = field(default_factory=list)
    replay: ReplaySource | None = None
    document: DocumentSource | None = None

    def first_day(self, *, today: date) -> date:
        """The day the workshop starts, for a demonstration loaded on ``today``: never at the week-end.

        A date relative to today is moved away from it to a Tuesday.

        Raises:
            DemoDataError: when the source gives no date.
        """
        if self.starts_on is not None:
            return self.starts_on
        if self.days_from_today is None:
            raise DemoDataError(f"L’atelier n° {self.number} de la démonstration n’a pas de date.")
        day = today + timedelta(days=self.days_from_today)
        days_away = (_TUESDAY - day.weekday()) % 7 if self.days_from_today >= 0 else -((day.weekday() - _TUESDAY) % 7)
        return day + timedelta(days=days_away)


def organisation_sources() -> list[OrganisationSource]:
    return [OrganisationSource(**entry) for entry in _read(DATA_DIR / "organisations.toml")["organisation"]]


def initiative_sources() -> list[InitiativeSource]:
    """Sheets of every file, the earliest published first, so that lists by date of creation are right too."""
    entries = [entry for path in _files("initiatives") for entry in _read(path)["initiative"]]
    return sorted((_initiative(entry) for entry in entries), key=lambda source: (source.published_on, source.slug))


def workshop_sources() -> list[WorkshopSource]:
    entries = [entry for path in _files("workshops") for entry in _read(path)["workshop"]]
    return sorted((_workshop(entry) for entry in entries), key=lambda source: source.number)


def transcript_text(*, name: str) -> str:
    return (DATA_DIR / "transcripts" / name).read_text(encoding="utf-8")


def territory_codes() -> set[str]:
    sheets = {code for sheet in initiative_sources() for code in sheet.territories}
    workshops = {code for workshop in workshop_sources() for code in workshop.territories}
    return sheets | workshops | {source.territory for source in organisation_sources() if source.territory}


def _files(folder: str) -> Iterator[Path]:
    yield from sorted((DATA_DIR / folder).glob("*.toml"))


def _read(path: Path) -> dict[str, Any]:
    with path.open("rb") as stream:
        return tomllib.load(stream)


def _initiative(entry: dict[str, Any]) -> InitiativeSource:
    values = dict(entry)
    values["partners"] = [
        PartnerSource(organisation=row[0], role=row[1], does="".join(row[2:])) for row in values.pop("partners")
    ]
    return InitiativeSource(**_with_parts(values))


def _workshop(entry: dict[str, Any]) -> WorkshopSource:
    values = dict(entry)
    values["sequences"] = [
        SequenceSource(**{**row, "start": _duration(row.get("start"))}) for row in values.pop("sequence", ())
    ]
    if "replay" in values:
        replay = values["replay"]
        values["replay"] = ReplaySource(**{**replay, "duration": _duration(replay["duration"])})
    return WorkshopSource(**_with_parts(values))


def _with_parts(values: dict[str, Any]) -> dict[str, Any]:
    values["figures"] = [FigureSource(**row) for row in values.get("figures", ())]
    for name, part in (("image", ImageSource), ("document", DocumentSource)):
        if name in values:
            values[name] = part(**values[name])
    return values


def _duration(text: str | None) -> timedelta | None:
    if text is None:
        return None
    hours, minutes, seconds = (int(part) for part in text.split(":"))
    return timedelta(hours=hours, minutes=minutes, seconds=seconds)
