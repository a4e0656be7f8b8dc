"""What any engine keeps of a record, whatever its own way to store it. Derived from ``RECORD_FIELDS``."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from hashlib import sha256
from typing import Any

from hub.pages.records import RECORD_FIELDS, CatalogueCard, CatalogueRecord, FieldKind, TranscriptTimes
from hub.pages.videos import at_moment
from search import analysis
from search.engines.base import Hit, HitMoment
from search.highlighting import Extract, Highlighter
from search.query import NO, YES

TEXT_FIELDS: dict[str, float] = {f.name: f.weight for f in RECORD_FIELDS if f.kind is FieldKind.TEXT}
KEYWORD_FIELDS: tuple[str, ...] = tuple(f.name for f in RECORD_FIELDS if f.kind in {FieldKind.KEYWORD, FieldKind.FLAG})
# What parts a title that a text says again from its next sentence.
_AFTER_TITLE = " .:–—-!?"
_AROUND_TITLE = 20  # characters
STORED_TEXTS = ("summary", "body", "transcript")  # where extracts are taken from, in this order
_TRANSCRIPT = STORED_TEXTS.index("transcript")

# What the other fields where a word stands add to its best field.
TIE_BREAKER = 0.1
# What carrying an entry of a vocabulary weighs: as much as its name among the keywords.
KEYWORD_WEIGHT = TEXT_FIELDS["keywords"]
# What a word's frequency and rarity add in the fields where they tell something. BM25 stays under 12 up to a million
# documents, so a field never passes the one above it: the order title > keywords > … holds whatever the corpus, and
# both engines agree on most of a score.
BM25_SHARES = {"title": 0.4, "body": 0.05}

_RECENCY_PER_YEAR = 0.005  # ten years between two entries weigh about 5 % of the score
_RECENCY_ORIGIN = date(2000, 1, 1)
_DAYS_IN_A_YEAR = 365.25
_CARD_FIELDS = tuple(f.name for f in fields(CatalogueCard))


@dataclass(frozen=True, slots=True)
class RecordContent:
    """A record ready to be indexed.

    ``terms`` are the analysed words of each text that has any, separated by spaces, ``analysis.STOP_MARK`` standing for
    a stop word. ``spellings`` are its distinct words as ``folded|written``. ``sort_key`` orders entries by day, then by
    page. ``recency`` multiplies a score. ``texts`` are what extracts are taken from; ``source`` is the rest of what a
    result shows, which ``hit_from`` reads again.
    """

    terms: dict[str, str]
    spellings: list[str]
    keywords: dict[str, tuple[str, ...]]
    sort_key: int
    recency: float
    texts: dict[str, str]
    source: dict[str, Any]


def content_of(record: CatalogueRecord) -> RecordContent:
    texts = {name: analysis.clean(getattr(record, name)) for name in TEXT_FIELDS}
    analysed = {name: analysis.analyse(text) for name, text in texts.items() if text}
    chunks = frozenset().union(*(found.chunks for found in analysed.values()))
    return RecordContent(
        terms={name: found.terms for name, found in analysed.items()},
        spellings=sorted(analysis.spellings_of(chunks)),
        keywords={name: _keywords(getattr(record, name)) for name in KEYWORD_FIELDS},
        sort_key=sort_key(day=record.date, page_id=record.page_id),
        recency=recency_factor(record.date),
        texts={
            # What was said is shown as it was said, at its moment.
            name: texts[name] if name == "transcript" else _without_title(texts[name], title=texts["title"])
            for name in STORED_TEXTS
        },
        source={
            "key": record.key,
            "page_id": record.page_id,
            "type": record.type,
            "title": texts["title"],
            "card": {name: _cleaned(getattr(record.card, name)) for name in _CARD_FIELDS},
            **({"times": asdict(record.transcript_times)} if record.transcript_times else {}),
        },
    )


def fingerprint(*, layout: int) -> str:
    """Identify an index made by this version; ``layout`` is that of the engine. Weights are the query's, no part."""
    shape = [(f.name, f.kind.value) for f in RECORD_FIELDS]
    text = json.dumps([layout, shape, analysis.fingerprint()])
    return sha256(text.encode()).hexdigest()[:12]


def sort_key(*, day: date, page_id: int) -> int:
    return day.toordinal() << 32 | page_id


def recency_factor(day: date) -> float:
    years = min(max((day - _RECENCY_ORIGIN).days / _DAYS_IN_A_YEAR, 0.0), 100.0)
    return 1 + _RECENCY_PER_YEAR * years


def hit_from(source: Mapping[str, Any], *, texts: Sequence[str], highlighter: Highlighter) -> Hit:
    extract = highlighter.extract(*texts)
    return Hit(
        key=source["key"],
        page_id=source["page_id"],
        type=source["type"],
        card=_card_from(source["card"]),
        title=highlighter.segments(source["title"]),
        extract=extract.segments,
        moment=_moment(source, texts=texts, extract=extract),
    )


def _without_title(text: str, *, title: str) -> str:
    """The text as extracts show it: without the lines, and the beginnings of lines, that say the title above again."""
    said = analysis.fold(title)
    # « 86e atelier : l’AVDL » is said again as « L’AVDL ».
    wordings = {wording.strip() for wording in (title, title.partition(":")[2])}
    folded = {wording: analysis.fold(wording) for wording in wordings if wording}
    lines = (_line_without_title(line, said=said, wordings=folded) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def _line_without_title(line: str, *, said: str, wordings: Mapping[str, str]) -> str:
    # Most lines are longer than a title: folding all of them would cost a third of a rebuild.
    if len(line) <= len(said) + _AROUND_TITLE and analysis.fold(line).strip(_AFTER_TITLE) in said:
        return ""
    for wording, folded in wordings.items():
        rest = line[len(wording) :]
        if analysis.fold(line[: len(wording)]) == folded and rest.lstrip()[:1] in _AFTER_TITLE:
            return rest.lstrip(_AFTER_TITLE)
    return line


def _moment(source: Mapping[str, Any], *, texts: Sequence[str], extract: Extract) -> HitMoment | None:
    if extract.rank != _TRANSCRIPT or "times" not in source:
        return None
    times = TranscriptTimes(**source["times"])
    line = texts[extract.rank].count("\n", 0, extract.start)
    seconds = times.starts[line] if line < len(times.starts) else None
    if seconds is None:
        return None
    return HitMoment(seconds, at_moment(times.address, seconds=seconds) or f"{source['card']['url']}#replay")


def _card_from(values: dict[str, Any]) -> CatalogueCard:
    """Return the card stored with a document, made by this version of the hub or an earlier one."""
    kept = ((name, values[name]) for name in _CARD_FIELDS if name in values)
    card: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in kept}
    return CatalogueCard(**card)


def _keywords(value: Any) -> tuple[str, ...]:
    if isinstance(value, bool):
        return (YES if value else NO,)
    return (value,) if isinstance(value, str) else tuple(dict.fromkeys(value))


def _cleaned(value: Any) -> Any:
    if isinstance(value, tuple):
        return [analysis.clean(item) for item in value]
    return analysis.clean(value) if isinstance(value, str) else value
