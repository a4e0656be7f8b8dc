"""What a catalogue entry says of itself to the search: the one description both engines are built from.

Adding a field to the search starts, and mostly ends, here: the engines derive their schema from ``RECORD_FIELDS``.
"""

from dataclasses import dataclass, field, fields
from datetime import date
from enum import Enum
from typing import Any


class FieldKind(Enum):
    TEXT = "text"  # analysed words, searched, with a weight
    KEYWORD = "keyword"  # exact values: filters and facets
    FLAG = "flag"  # yes or no: filter and facet
    DATE = "date"  # sort and range
    STORED = "stored"  # only given back with the result


def _text(weight: float) -> Any:
    return field(default="", metadata={"kind": FieldKind.TEXT, "weight": weight})


def _keyword() -> Any:
    return field(default=(), metadata={"kind": FieldKind.KEYWORD})


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueCard:
    """What a list of results shows of an entry, so that showing it costs no query."""

    url: str
    type_label: str
    title: str
    summary: str = ""
    date_label: str = ""
    territories: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    has_replay: bool = False


# What ``CatalogueRecord.type`` is for a moment of a recording, which is found like an entry and is none.
MOMENT_TYPE = "passage"
MOMENT_LABEL = "Moment de replay"
MOMENT_LABEL_PLURAL = "Moments de replay"


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """Some words of a recording, and when they are said, in seconds from its beginning.

    ``overlap`` is the end of what was said just before: looked for with the moment, never shown with it. ``speaker`` is
    shown, and filters; it was not said.
    """

    start: float
    end: float
    text: str
    speaker: str = ""
    overlap: str = ""


@dataclass(frozen=True, slots=True)
class Slide:
    """The words of one page of a document, ``page`` being counted from 1."""

    document: str
    page: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueRecord:
    """One published entry as the search sees it.

    ``key`` is unique and stable (``page-12``). ``audiences`` holds slugs *with* those of the parents; an entry for
    "Tous publics" holds that slug alone. ``territories`` are the codes of the entry's own territories; ``located_in``
    adds the codes of everything that contains them. The weights order title > keywords (acronyms, tags, audiences) >
    summary > body > slides, transcript > attendance: who was there says next to nothing of what was said.

    ``transcript`` is all that was said; ``moments`` are the parts of it that are timed, and lead to
    ``{card.url}#t=SECONDS``; ``speakers`` are those of the moments.
    """

    key: str
    page_id: int
    type: str = field(metadata={"kind": FieldKind.KEYWORD})
    title: str = _text(8.0)
    keywords: str = _text(5.0)
    summary: str = _text(3.0)
    body: str = _text(1.0)
    slides: tuple[Slide, ...] = field(default=(), metadata={"kind": FieldKind.TEXT, "weight": 0.5})
    transcript: str = _text(0.5)
    attendance: str = _text(0.1)
    audiences: tuple[str, ...] = _keyword()
    axes: tuple[str, ...] = _keyword()
    schemes: tuple[str, ...] = _keyword()
    organisations: tuple[str, ...] = _keyword()
    tags: tuple[str, ...] = _keyword()
    speakers: tuple[str, ...] = _keyword()
    years: tuple[str, ...] = _keyword()
    territories: tuple[str, ...] = _keyword()
    located_in: tuple[str, ...] = _keyword()
    has_replay: bool = field(default=False, metadata={"kind": FieldKind.FLAG})
    date: date = field(metadata={"kind": FieldKind.DATE})
    card: CatalogueCard = field(metadata={"kind": FieldKind.STORED})
    moments: tuple[Moment, ...] = ()


@dataclass(frozen=True, slots=True)
class RecordField:
    """A searchable field of ``CatalogueRecord``: its name, its kind and, for text, its weight in the ranking."""

    name: str
    kind: FieldKind
    weight: float = 0.0


RECORD_FIELDS: tuple[RecordField, ...] = tuple(
    RecordField(name=f.name, kind=f.metadata["kind"], weight=f.metadata.get("weight", 0.0))
    for f in fields(CatalogueRecord)
    if "kind" in f.metadata
)
