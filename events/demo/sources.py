"""The demonstration as it is written in ``data/``: one table for each entry, under the names of the fields of its page.

Sections and ``body`` are in the markup of ``hub.pages.markup``. What has no field: ``image`` and ``document``, made
when the page is; ``start`` (h:mm:ss) of a sequence, ``recording`` and ``days_after`` of a replay; of a workshop,
``days_from_today`` instead of ``starts_on``, so that some are always to come, ``lasts_days``, and ``is_fictitious``,
false for one that was really held and whose facts are true.
"""

import tomllib
from datetime import date, timedelta
from pathlib import Path
from typing import Any

DATA_DIR = Path(__file__).resolve().parent / "data"
_TUESDAY = 1

Source = dict[str, Any]


class DemoDataError(ValueError):
    """The demonstration cannot be loaded. The message, in French, says what to do."""


def organisation_sources() -> list[Source]:
    return _read(DATA_DIR / "organisations.toml", "organisation")


def initiative_sources() -> list[Source]:
    """Sheets of every file, the earliest published first, so that lists by date of creation are right too."""
    return sorted(
        _read_all("initiatives", "initiative"), key=lambda source: (source["original_published_on"], source["slug"])
    )


def workshop_sources() -> list[Source]:
    return sorted(_read_all("workshops", "workshop"), key=lambda source: int(source["number"]))


def first_day(source: Source, *, today: date) -> date:
    """The day a workshop starts, for a demonstration loaded on ``today``; DemoDataError when the source gives none.

    A date relative to today is moved away from it to a Tuesday: never at the week-end.
    """
    if "starts_on" in source:
        return source["starts_on"]
    if "days_from_today" not in source:
        raise DemoDataError(f"L’atelier n° {source['number']} de la démonstration n’a pas de date.")
    away: int = source["days_from_today"]
    day = today + timedelta(days=away)
    days_away = (_TUESDAY - day.weekday()) % 7 if away >= 0 else -((day.weekday() - _TUESDAY) % 7)
    return day + timedelta(days=days_away)


def recording_file(*, name: str) -> Path:
    """A recording of the demonstration (``events/demo/recordings.py``): its transcript is beside it, in WebVTT."""
    return DATA_DIR / "recordings" / f"{name}.webm"


def territory_codes() -> set[str]:
    entries = (*initiative_sources(), *workshop_sources())
    organisations = {source["territory"] for source in organisation_sources() if "territory" in source}
    return organisations | {code for source in entries for code in source["territories"]}


def _read_all(folder: str, table: str) -> list[Source]:
    return [entry for path in sorted((DATA_DIR / folder).glob("*.toml")) for entry in _read(path, table)]


def _read(path: Path, table: str) -> list[Source]:
    with path.open("rb") as stream:
        return tomllib.load(stream)[table]
