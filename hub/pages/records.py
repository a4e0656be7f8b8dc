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


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptTimes:
    """When each line of a transcript is said, so that a word found in one leads to its moment.

    ``starts`` are seconds from the beginning, one a line, ``None`` where it is not known. ``address`` is for
    ``hub.pages.videos.at_moment``.
    """

    starts: tuple[int | None, ...]
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueRecord:
    """One published entry as the search sees it.

    ``key`` is unique and stable (``page-12``). ``audiences`` holds slugs *with* those of the parents; an entry for
    "Tous publics" holds that slug alone. ``territories`` are the codes of the entry's own territories; ``located_in``
    adds the codes of everything that contains them. The weights order title > keywords (acronyms, tags, audiences) >
    summary > body > transcript > attendance: who was there says next to nothing of what was said.
    """

    key: str
    page_id: int
    type: str = field(metadata={"kind": FieldKind.KEYWORD})
    title: str = _text(8.0)
    keywords: str = _text(5.0)
    summary: str = _text(3.0)
    body: str = _text(1.0)
    transcript: str = _text(0.5)
    attendance: str = _text(0.1)
    audiences: tuple[str, ...] = _keyword()
    axes: tuple[str, ...] = _keyword()
    schemes: tuple[str, ...] = _keyword()
    organisations: tuple[str, ...] = _keyword()
    tags: tuple[str, ...] = _keyword()
    years: tuple[str, ...] = _keyword()
    territories: tuple[str, ...] = _keyword()
    located_in: tuple[str, ...] = _keyword()
    has_replay: bool = field(default=False, metadata={"kind": FieldKind.FLAG})
    date: date = field(metadata={"kind": FieldKind.DATE})
    card: CatalogueCard = field(metadata={"kind": FieldKind.STORED})
    transcript_times: TranscriptTimes | None = field(default=None, metadata={"kind": FieldKind.STORED})


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
