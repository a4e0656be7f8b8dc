"""The thesaurus a hub starts with: each entry is offered once, and is the editors' from then on."""

from dataclasses import dataclass, field
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import transaction

from search.enums import ThesaurusKind
from search.models import OfferedEntry, ThesaurusEntry

STARTER_FILE = Path(__file__).resolve().parent.parent / "data" / "thesaurus.txt"


@dataclass(frozen=True, slots=True)
class StarterEntry:
    """An entry of the file. ``key`` never changes: it is how a hub knows that it was given the entry."""

    key: str
    kind: ThesaurusKind
    wordings: tuple[str, ...]
    meanings: tuple[str, ...]


@dataclass(slots=True, kw_only=True)
class StarterReport:
    """What a load did. ``problems`` names the entries that could not be added, and why, in French."""

    created: list[str] = field(default_factory=list)
    present: int = 0
    problems: list[str] = field(default_factory=list)


def read_starter() -> list[StarterEntry]:
    """Return the entries of the file, in its order."""
    lines = STARTER_FILE.read_text(encoding="utf-8").splitlines()
    return [_entry(line) for line in lines if line.strip() and not line.startswith("#")]


def load_thesaurus(*, dry_run: bool = False) -> StarterReport:
    """Add the entries this hub was never given, in one transaction; with ``dry_run``, change nothing.

    What editors changed, suspended or deleted stays as they left it.
    """
    report = StarterReport()
    with transaction.atomic():
        offered = set(OfferedEntry.objects.values_list("key", flat=True))
        new = [entry for entry in read_starter() if entry.key not in offered]
        report.present = len(offered)
        rows = []
        for entry in new:
            row = ThesaurusEntry(
                kind=entry.kind, wordings="\n".join(entry.wordings), meanings="\n".join(entry.meanings)
            )
            try:
                row.full_clean()
            except ValidationError as error:
                report.problems.append(f"{entry.key} : {' '.join(error.messages)}")
                continue
            rows.append(row)
            report.created.append(str(row))
        if rows:
            ThesaurusEntry.objects.bulk_create(rows)
        OfferedEntry.objects.bulk_create([OfferedEntry(key=entry.key) for entry in new])
        if dry_run:
            transaction.set_rollback(True)
    return report


def _entry(line: str) -> StarterEntry:
    key, _, words = line.partition(":")
    typed, arrow, meant = words.partition(" > ")
    separator, kind = (",", ThesaurusKind.ONE_WAY) if arrow else (" = ", ThesaurusKind.FAMILY)
    return StarterEntry(
        key=key.strip(),
        kind=kind,
        wordings=tuple(word.strip() for word in typed.split(separator)),
        meanings=tuple(word.strip() for word in meant.split(",")) if arrow else (),
    )
