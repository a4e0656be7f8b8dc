import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import transaction

from hub.refusals import Refused
from hub.vocabulary.models import Scheme
from search import analysis
from search.enums import ThesaurusKind
from search.thesaurus.models import OfferedEntry, ThesaurusEntry, wordings_in


def acronym_conflicts(*, texts: Iterable[str]) -> list[str]:
    """Return, in French, which of these words are the acronym of a scheme: its own other names are the place."""
    typed = {analysis.plain_term(text): text for text in texts if " " not in text}
    return [
        f"« {typed[term]} » est déjà le sigle du dispositif « {expansion} » : complétez plutôt ses autres appellations."
        for acronym, expansion in Scheme.objects.exclude(acronym="").values_list("acronym", "expansion")
        if (term := analysis.plain_term(acronym)) in typed
    ]


HEADINGS = ("sorte", "mots", "veulent dire aussi", "compte", "note")
SEPARATOR = "|"
MAX_BYTES = 2 * 1024 * 1024
MAX_LINES = 5_000
_DELIMITERS = ";,\t"
# A spreadsheet computes what begins so.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
_DECLARATION = re.compile(r"sep=(.)", re.IGNORECASE)
_YES, _NO = {"", "oui", "o", "1", "vrai", "true"}, {"non", "n", "0", "faux", "false"}


@dataclass(frozen=True, slots=True)
class LineReport:
    """What a line did, or would do. ``outcome`` is « ajoutée », « modifiée », « inchangée » or « refusée »."""

    number: int
    outcome: str
    label: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ExchangeReport:
    lines: list[LineReport]

    @property
    def counts(self) -> list[tuple[str, int]]:
        found = [line.outcome for line in self.lines]
        return [(name, found.count(name)) for name in ("ajoutée", "modifiée", "inchangée", "refusée")]


def export_csv(*, entries: Iterable[ThesaurusEntry]) -> str:
    """Return the entries as a CSV file, which ``import_csv`` reads back as they are."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";")
    writer.writerow(HEADINGS)
    for entry in entries:
        cells = (
            entry.kind,
            f" {SEPARATOR} ".join(wordings_in(entry.wordings)),
            f" {SEPARATOR} ".join(wordings_in(entry.meanings)),
            "oui" if entry.is_active else "non",
            entry.note,
        )
        writer.writerow([f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell for cell in cells])
    return "\ufeff" + text.getvalue()


def import_csv(*, content: bytes, dry_run: bool) -> ExchangeReport:
    """Add and change entries, in one transaction; with ``dry_run``, change nothing.

    An entry is recognised by its kind and its words: its meanings, its note and whether it counts follow the file. What
    the file does not have stays. A line that cannot be taken is reported, and the others pass. Raises ``Refused`` when
    nothing of the file can be read.
    """
    lines = _read(content)
    with transaction.atomic():
        known = {_identity(entry): entry for entry in ThesaurusEntry.objects.order_by("-pk")}
        report = ExchangeReport([_import_line(number, cells, known) for number, cells in lines])
        if dry_run:
            transaction.set_rollback(True)
    return report


_Identity = tuple[str, frozenset[str]]


def _identity(entry: ThesaurusEntry) -> _Identity:
    return entry.kind, frozenset(word.casefold() for word in wordings_in(entry.wordings))


def _import_line(number: int, cells: dict[str, str], known: dict[_Identity, ThesaurusEntry]) -> LineReport:
    kind, words, meanings, counts, note = (cells.get(heading, "") for heading in HEADINGS)
    counts = counts.casefold()
    written = ThesaurusEntry(
        kind=kind.casefold() or (ThesaurusKind.ONE_WAY if meanings else ThesaurusKind.FAMILY),
        wordings=words.replace(SEPARATOR, "\n"),
        meanings=meanings.replace(SEPARATOR, "\n"),
        is_active=counts in _YES,
        note=note,
    )
    try:
        written.full_clean()
    except ValidationError as error:
        return LineReport(number, "refusée", str(written), " ".join(error.messages))
    if counts not in _YES | _NO:
        return LineReport(number, "refusée", str(written), "Colonne « compte » : écrivez oui ou non.")
    entry = known.get(_identity(written))
    if entry is None:
        if conflicts := acronym_conflicts(texts=wordings_in(written.wordings)):
            return LineReport(number, "refusée", str(written), " ".join(conflicts))
        written.save()
        known[_identity(written)] = written
        return LineReport(number, "ajoutée", str(written))
    fields = [name for name in ("meanings", "is_active", "note") if getattr(entry, name) != getattr(written, name)]
    if not fields:
        return LineReport(number, "inchangée", str(written))
    for name in fields:
        setattr(entry, name, getattr(written, name))
    entry.save()
    return LineReport(number, "modifiée", str(written))


def _read(content: bytes) -> list[tuple[int, dict[str, str]]]:
    text = _decoded(content)
    header, _, rest = text.partition("\n")
    delimiter, skipped = max(_DELIMITERS, key=header.count), 0
    if declared := _DECLARATION.fullmatch(header.strip()):
        delimiter, text, skipped = declared[1], rest, 1
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    found: list[tuple[int, dict[str, str]]] = []
    headings: list[str] = []
    try:
        for row in reader:
            cells = [_as_meant(cell) for cell in row]
            if not any(cells):
                continue
            if not headings:
                headings = [cell.casefold() for cell in cells]
                _check(headings)
                continue
            if len(found) >= MAX_LINES:
                raise Refused(f"Plus de {MAX_LINES} lignes : coupez le fichier en plusieurs.")
            found.append((reader.line_num + skipped, dict(zip(headings, cells, strict=False))))
    except csv.Error as error:
        raise Refused(f"Le fichier n’est pas un CSV bien formé, vers la ligne {reader.line_num}.") from error
    if not headings:
        raise Refused("Le fichier est vide.")
    return found


def _check(headings: list[str]) -> None:
    unknown = [heading[:60] for heading in headings if heading and heading not in HEADINGS]
    if "mots" not in headings or unknown:
        told = f" En-tête inconnu : {', '.join(unknown)}." if unknown else ""
        raise Refused(f"Les en-têtes attendus sont : {', '.join(HEADINGS)}.{told} Partez d’un export.")


def _as_meant(cell: str) -> str:
    cell = cell.strip()
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA_STARTS) else cell


def _decoded(content: bytes) -> str:
    if len(content) > MAX_BYTES:
        raise Refused(f"Le fichier est trop lourd : {MAX_BYTES // 2**20} Mo au plus.")
    if b"\0" in content:
        raise Refused("Ce fichier n’est pas un CSV : enregistrez-le en « CSV UTF-8 ».")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused("L’encodage du fichier n’est ni UTF-8 ni celui de Windows.")


STARTER_FILE = Path(__file__).resolve().parent.parent / "data" / "thesaurus.txt"


@dataclass(frozen=True, slots=True)
class StarterEntry:
    """An entry of the file. ``key`` never changes: it is how a hub knows that it was given the entry."""

    key: str
    kind: ThesaurusKind
    wordings: tuple[str, ...]
    meanings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StarterReport:
    """What a load did. ``problems`` names the entries that could not be added, and why, in French."""

    created: list[str]
    present: int
    problems: list[str]


def read_starter() -> list[StarterEntry]:
    lines = STARTER_FILE.read_text(encoding="utf-8").splitlines()
    return [_entry(line) for line in lines if line.strip() and not line.startswith("#")]


def load_thesaurus(*, dry_run: bool = False) -> StarterReport:
    """Add the entries this hub was never given, in one transaction; with ``dry_run``, change nothing.

    What editors changed, suspended or deleted stays as they left it.
    """
    rows, problems = [], []
    with transaction.atomic():
        offered = set(OfferedEntry.objects.values_list("key", flat=True))
        new = [entry for entry in read_starter() if entry.key not in offered]
        for entry in new:
            row = ThesaurusEntry(
                kind=entry.kind, wordings="\n".join(entry.wordings), meanings="\n".join(entry.meanings)
            )
            try:
                row.full_clean()
                rows.append(row)
            except ValidationError as error:
                problems.append(f"{entry.key} : {' '.join(error.messages)}")
        if rows:
            ThesaurusEntry.objects.bulk_create(rows)
        OfferedEntry.objects.bulk_create([OfferedEntry(key=entry.key) for entry in new])
        if dry_run:
            transaction.set_rollback(True)
    return StarterReport(created=[str(row) for row in rows], present=len(offered), problems=problems)


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
