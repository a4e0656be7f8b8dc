"""What any engine keeps of a record, whatever its own way to store it. Derived from ``RECORD_FIELDS``."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from hashlib import sha256
from typing import Any

from hub.pages.records import (
    MOMENT_LABEL,
    MOMENT_TYPE,
    RECORD_FIELDS,
    CatalogueCard,
    CatalogueRecord,
    FieldKind,
    Moment,
    Slide,
)
from search import analysis
from search.engines.base import Hit, HitMoment, HitSlide
from search.enums import Shelf
from search.highlighting import Highlighter
from search.query import NO, YES

TEXT_FIELDS: dict[str, float] = {f.name: f.weight for f in RECORD_FIELDS if f.kind is FieldKind.TEXT}
KEYWORD_FIELDS: tuple[str, ...] = tuple(f.name for f in RECORD_FIELDS if f.kind in {FieldKind.KEYWORD, FieldKind.FLAG})
# What parts a title that a text says again from its next sentence.
_AFTER_TITLE = " .:–—-!?"
_AROUND_TITLE = 20  # characters
STORED_TEXTS = ("summary", "body", "slides", "transcript")  # where extracts are taken from, in this order
_SLIDES, _TRANSCRIPT = STORED_TEXTS.index("slides"), STORED_TEXTS.index("transcript")
# What a moment says, then the same after the end of the moment before: an expression may run over both.
SAID, SAID_AROUND = "said", "said_around"
TEXTS_OF: dict[Shelf, dict[str, float]] = {Shelf.ENTRIES: TEXT_FIELDS, Shelf.MOMENTS: {SAID: 1.0, SAID_AROUND: 0.5}}

# What the other fields where a word stands add to its best field.
TIE_BREAKER = 0.1
# What carrying an entry of a vocabulary weighs: as much as its name among the keywords.
KEYWORD_WEIGHT = TEXT_FIELDS["keywords"]
# What a word's frequency and rarity add in the fields where they tell something. BM25 stays under 12 up to a million
# documents, so a field never passes the one above it: the order title > keywords > … holds whatever the corpus, and
# both engines agree on most of a score.
BM25_SHARES = {"title": 0.4, "body": 0.05}
BM25_SHARES_OF: dict[Shelf, dict[str, float]] = {Shelf.ENTRIES: BM25_SHARES, Shelf.MOMENTS: {SAID: 0.05}}

_RECENCY_PER_YEAR = 0.005  # ten years between two entries weigh about 5 % of the score
_RECENCY_ORIGIN = date(2000, 1, 1)
_DAYS_IN_A_YEAR = 365.25
_CARD_FIELDS = tuple(f.name for f in fields(CatalogueCard))


@dataclass(frozen=True, slots=True)
class RecordContent:
    """A record ready to be indexed.

    ``terms`` are the analysed words of each text that has any, separated by spaces, ``analysis.STOP_MARK`` standing for
    a stop word. ``spellings`` are its distinct words as ``folded|written``. ``sort_key`` orders entries by day, then by
    page, when the newest come first, and ``oldest_key`` when the oldest do: the moments of a page stay in order of time
    in both. ``recency`` multiplies a score. ``texts`` are what extracts are taken from; ``source`` is the rest of what
    a result shows, which ``hit_from`` reads again.
    """

    terms: dict[str, str]
    spellings: list[str]
    keywords: dict[str, tuple[str, ...]]
    sort_key: int
    oldest_key: int
    recency: float
    texts: dict[str, str]
    source: dict[str, Any]


def content_of(record: CatalogueRecord) -> RecordContent:
    slides = [slide for slide in record.slides if slide.text]
    given = {name: getattr(record, name) for name in TEXT_FIELDS} | {"slides": _slide_lines(slides)}
    texts = {name: analysis.clean(text) for name, text in given.items()}
    key = sort_key(day=record.date, page_id=record.page_id)
    analysed = {name: analysis.analyse(text) for name, text in texts.items() if text}
    chunks = frozenset().union(*(found.chunks for found in analysed.values()))
    return RecordContent(
        terms={name: found.terms for name, found in analysed.items()},
        spellings=sorted(analysis.spellings_of(chunks)),
        keywords={name: _keywords(getattr(record, name)) for name in KEYWORD_FIELDS},
        sort_key=key,
        oldest_key=key,
        recency=recency_factor(record.date),
        texts={
            # What was said, or shown, is given as it was.
            name: texts[name] if name in {"slides", "transcript"} else _without_title(texts[name], title=texts["title"])
            for name in STORED_TEXTS
        },
        source={
            "key": record.key,
            "page_id": record.page_id,
            "type": record.type,
            "title": texts["title"],
            "card": {name: _cleaned(getattr(record.card, name)) for name in _CARD_FIELDS},
            **({"slides": [(analysis.clean(slide.document), slide.page) for slide in slides]} if slides else {}),
            **({"moments": len(record.moments)} if record.moments else {}),
        },
    )


def moments_of(record: CatalogueRecord) -> Iterator[RecordContent]:
    """Yield the moments of a record ready to be indexed, with what filters their entry, in order of time."""
    if not record.moments:
        return
    card = replace(record.card, type_label=MOMENT_LABEL, summary="")
    source = {
        "key": record.key,
        "page_id": record.page_id,
        "type": MOMENT_TYPE,
        "title": analysis.clean(record.title),
        "card": {name: _cleaned(getattr(card, name)) for name in _CARD_FIELDS},
    }
    shared = {name: _keywords(getattr(record, name)) for name in KEYWORD_FIELDS} | {"type": (MOMENT_TYPE,)}
    recency = recency_factor(record.date)
    for rank, moment in enumerate(sorted(record.moments, key=lambda moment: moment.start)):
        yield _moment_content(moment, rank=rank, record=record, shared=shared, source=source, recency=recency)


def _moment_content(
    moment: Moment,
    *,
    rank: int,
    record: CatalogueRecord,
    shared: Mapping[str, tuple[str, ...]],
    source: Mapping[str, Any],
    recency: float,
) -> RecordContent:
    said, before = analysis.clean(moment.text), analysis.clean(moment.overlap)
    own = analysis.analyse(said)
    terms = {SAID: own.terms}
    if before:
        terms[SAID_AROUND] = f"{analysis.analyse(before).terms} {own.terms}"
    speaker = analysis.clean(moment.speaker)
    newest, oldest = moment_sort_keys(day=record.date, page_id=record.page_id, rank=rank)
    return RecordContent(
        terms=terms,
        spellings=sorted(analysis.spellings_of(own.chunks)),
        keywords={**shared, "speakers": (speaker,) if speaker else ()},
        sort_key=newest,
        oldest_key=oldest,
        recency=recency,
        texts={},
        source={**source, "said": said, "start": moment.start, "end": moment.end, "speaker": speaker},
    )


def fingerprint(*, layout: int) -> str:
    """Identify an index made by this version; ``layout`` is that of the engine. Weights are the query's, no part."""
    shape = [*((f.name, f.kind.value) for f in RECORD_FIELDS), *((SAID, "text"), (SAID_AROUND, "text"))]
    text = json.dumps([layout, shape, analysis.fingerprint()])
    return sha256(text.encode()).hexdigest()[:12]


def sort_key(*, day: date, page_id: int) -> int:
    return day.toordinal() << 32 | page_id


# Of the 63 bits that both engines order by: the day, the page, the rank of a moment in its page.
_PAGE_BITS, _RANK_BITS = 28, 14
_LAST_RANK = (1 << _RANK_BITS) - 1


def moment_sort_keys(*, day: date, page_id: int, rank: int) -> tuple[int, int]:
    """Return what orders a moment when the newest come first, and when the oldest do."""
    page = (day.toordinal() << _PAGE_BITS | page_id % (1 << _PAGE_BITS)) << _RANK_BITS
    rank = min(rank, _LAST_RANK)
    return page | (_LAST_RANK - rank), page | rank


def recency_factor(day: date) -> float:
    years = min(max((day - _RECENCY_ORIGIN).days / _DAYS_IN_A_YEAR, 0.0), 100.0)
    return 1 + _RECENCY_PER_YEAR * years


def hit_from(source: Mapping[str, Any], *, texts: Sequence[str], highlighter: Highlighter) -> Hit:
    """Return what a result shows. ``texts`` are those of ``STORED_TEXTS``; a moment has none of them."""
    is_moment = source["type"] == MOMENT_TYPE
    extract = highlighter.extract(*(() if is_moment else texts))
    segments, slide = extract.segments, None
    if extract.rank == _SLIDES and "slides" in source:  # another version of the hub kept none
        line = texts[_SLIDES].count("\n", 0, extract.start)
        slide = HitSlide(*source["slides"][line])
        segments = highlighter.extract(texts[_SLIDES].split("\n")[line]).segments
    return Hit(
        key=source["key"],
        page_id=source["page_id"],
        type=source["type"],
        card=_card_from(source["card"]),
        title=highlighter.segments(source["title"]),
        extract=segments,
        slide=slide,
        is_said=extract.rank == _TRANSCRIPT,
        has_moments=bool(source.get("moments")),
        moments=(moment_from(source, highlighter=highlighter),) if is_moment else (),
    )


def moment_from(source: Mapping[str, Any], *, highlighter: Highlighter) -> HitMoment:
    """Return a moment as a result shows it: at the time of the first word it is found by, as far as can be told."""
    said, start, end = source["said"], source["start"], source["end"]
    extract = highlighter.extract(said)
    seconds = int(start + (end - start) * (extract.start / len(said) if said else 0))
    return HitMoment(
        seconds=seconds,
        url=f"{source['card']['url']}#t={seconds}",
        speaker=source["speaker"],
        extract=extract.segments,
    )


def _slide_lines(slides: Sequence[Slide]) -> str:
    return "\n".join(" ".join(slide.text.split()) for slide in slides)


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
