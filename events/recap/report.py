from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from events.recap.parsed import KeyFigure, Mention, ParsedRecap, Provenance
from events.recap.read.text import Block, RecapText, plain, split_sentences
from hub.pages.enums import FigureQualifier


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How many sentences were read, and those that are nowhere in the result (none, unless the parser is wrong)."""

    sentences: int
    missing: tuple[str, ...]


def coverage(*, text: RecapText, parsed: ParsedRecap) -> Coverage:
    """Look for every sentence of the input in the output, as many times as it was read.

    It starts from the text again, not from what the parser says it kept: a block the parser forgot is missing here.
    """
    expected = _sentences((*text.blocks, *text.chrome))
    missing = expected - _sentences(_kept_blocks(parsed=parsed))
    return Coverage(sentences=expected.total(), missing=tuple(missing.elements()))


def _sentences(blocks: Iterable[Block]) -> Counter[str]:
    return Counter(plain(text=sentence.text) for block in blocks for sentence in split_sentences(text=block.text))


def _kept_blocks(*, parsed: ParsedRecap) -> Iterator[Block]:
    yield from parsed.introduction
    for sequence in parsed.sequences:
        yield from sequence.headings
        yield from sequence.paragraphs
    yield from parsed.conclusion
    yield from parsed.leftovers
    for aside in parsed.asides:
        yield aside.block


REPORT_VERSION = 1
_SHOWN = 300
# Django's own names ask for settings, which are not known where files are looked at.
_MONTHS = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()


ReportItem = tuple[bool, dict[str, str]]
"""One thing found: whether it is a guess; then what it is, its value and the sentence it was read in."""


def build_report(*, text: RecapText, parsed: ParsedRecap) -> dict[str, Any]:
    """Describe an import for the editor, in values that JSON can hold.

    Keys: ``recognised`` and ``guessed`` (lists of label, value, excerpt), ``unknown`` (structures the vocabulary does
    not have), ``warnings``, ``leftovers`` and ``asides`` (sentences), ``documents``, ``sentences`` (how many were read)
    and ``missing`` (none, unless the parser is wrong), ``source`` (file name, format, encoding).
    """
    items = list(_items(parsed=parsed))
    covered = coverage(text=text, parsed=parsed)
    return {
        "version": REPORT_VERSION,
        "source": {"filename": text.filename, "format": text.source_format, "encoding": text.encoding},
        "recognised": [item for is_guess, item in items if not is_guess],
        "guessed": [item for is_guess, item in items if is_guess],
        "unknown": [mention.label for mention in (*parsed.organisers, *parsed.partners) if mention.key is None]
        + [structure.label for structure in parsed.structures if not structure.keys],
        "warnings": [*parsed.warnings, *_replay_warnings(parsed=parsed)],
        "leftovers": [block.text for block in parsed.leftovers],
        "asides": [{"role": aside.role.value, "text": aside.block.text} for aside in parsed.asides if aside.block.text],
        "documents": [{"label": document.label, "url": document.url} for document in parsed.documents],
        "sentences": covered.sentences,
        "missing": list(covered.missing),
    }


_NO_REPLAY = "Aucun replay n’est mentionné."
_REPLAY_WITHOUT_ADDRESS = "Replay à renseigner : le compte rendu l’annonce sans son adresse."
REPLAY_WARNINGS = frozenset({_NO_REPLAY, _REPLAY_WITHOUT_ADDRESS})
"""Warnings that no longer hold once the page has its replay."""


def _replay_warnings(*, parsed: ParsedRecap) -> Iterator[str]:
    if parsed.replay is None:
        yield _NO_REPLAY
    elif not parsed.replay.url:
        yield _REPLAY_WITHOUT_ADDRESS


def _items(*, parsed: ParsedRecap) -> Iterator[ReportItem]:
    yield from _identity(parsed=parsed)
    yield from _attendance(parsed=parsed)
    for position, sequence in enumerate(parsed.sequences, start=1):
        yield _item(f"Séquence {position}", sequence.title, sequence.provenance)
    for figure in parsed.key_figures:
        label = "Chiffre cité, non repris" if figure.provenance.is_guess else "Chiffre clé"
        yield _item(label, figure_label(figure=figure), figure.provenance)
    yield from _mentions("Public", parsed.audiences)
    yield from _mentions("Axe", parsed.axes)
    yield from _mentions("Dispositif", parsed.schemes)
    yield from _territories(parsed=parsed)
    if parsed.replay and parsed.replay.url:
        yield _item("Replay", parsed.replay.url, parsed.replay.provenance)


def _identity(*, parsed: ParsedRecap) -> Iterator[ReportItem]:
    if parsed.number:
        yield _item("Numéro", str(parsed.number.value), parsed.number.provenance)
    if parsed.subject:
        yield _item("Sujet", parsed.subject.value, parsed.subject.provenance)
    if parsed.days:
        yield _item("Date de l’atelier", ", ".join(_day(day) for day in parsed.days.value), parsed.days.provenance)
    if parsed.published_on:
        yield _item("Publié le", _day(parsed.published_on.value), parsed.published_on.provenance)
    if parsed.modified_on:
        yield _item("Modifié le", _day(parsed.modified_on.value), parsed.modified_on.provenance)
    if parsed.government:
        title = f" ({parsed.government.title})" if parsed.government.title else ""
        yield _item("Gouvernement", f"{parsed.government.name}{title}", parsed.government.provenance)


def _attendance(*, parsed: ParsedRecap) -> Iterator[ReportItem]:
    yield from _mentions("Organisateur", parsed.organisers)
    yield from _mentions("En lien avec", parsed.partners)
    if parsed.participants:
        words = [_qualifier(parsed.participants.qualifier), str(parsed.participants.count)]
        yield _item("Participants", " ".join(filter(None, words)), parsed.participants.provenance)
    for structure in parsed.structures:
        yield _item("Structures présentes", structure.label, structure.provenance)


def _qualifier(qualifier: FigureQualifier) -> str:
    return qualifier.label if qualifier else ""


def figure_label(*, figure: KeyFigure) -> str:
    """Write a figure on one line: « plus de 21 000 ménages (2021) : … »."""
    number = f"{figure.value:,f}".replace(",", "\u202f").replace(".", ",")
    words = [_qualifier(figure.qualifier), number, figure.unit, f"({figure.year})" if figure.year else ""]
    return f"{' '.join(filter(None, words))} : {figure.label}"


def _mentions(label: str, mentions: tuple[Mention, ...]) -> Iterator[ReportItem]:
    return (_item(label, mention.label, mention.provenance) for mention in mentions)


def _territories(*, parsed: ParsedRecap) -> Iterator[ReportItem]:
    """Say where the workshop will be found, and which places it names: those limit nothing before an editor says so."""
    if parsed.scope:
        yield from _mentions("Territoire", parsed.scope)
    else:
        yield True, {"label": "Territoire", "value": "France entière (par défaut)", "excerpt": ""}
    scope = {mention.key for mention in parsed.scope}
    for mention in parsed.territories:
        if mention.key not in scope:
            yield True, _item("Territoire cité, non repris", mention.label, mention.provenance)[1]


def _item(label: str, value: str, provenance: Provenance) -> ReportItem:
    return provenance.is_guess, {"label": label, "value": value, "excerpt": _short(provenance.excerpt, length=_SHOWN)}


def _day(day: date) -> str:
    number = "1er" if day.day == 1 else str(day.day)
    return f"{number} {_MONTHS[day.month - 1]} {day.year}"


def report_lines(*, report: dict[str, Any], problems: Iterable[str] = (), is_detailed: bool = False) -> Iterator[str]:
    """Yield the lines of a report: what was recognised in one line (or one each), then all that is to be checked."""
    recognised = report["recognised"]
    yield f"Reconnu : {len(recognised)} élément(s), {report['sentences']} phrase(s) lues."
    if is_detailed:
        yield from (f"  {item['label']} : {_short(item['value'])}" for item in recognised)
    yield from (f"À vérifier – {item['label']} (supposé) : {_short(item['value'])}" for item in report["guessed"])
    yield from (f"Inconnu du vocabulaire : {_short(name)}" for name in report["unknown"])
    yield from (f"Document à téléverser : {document['label']} – {document['url']}" for document in report["documents"])
    yield from (f"Attention : {warning}" for warning in (*report["warnings"], *problems))
    yield from (f"À classer : {_short(text)}" for text in report["leftovers"])
    if is_detailed:
        yield from (f"  Hors texte ({aside['role']}) : {_short(aside['text'])}" for aside in report["asides"])
    yield from (f"PERDU, signalez-le : {text}" for text in report["missing"])


def _short(text: str, *, length: int = 160) -> str:
    return text if len(text) <= length else f"{text[:length].rstrip()}…"
