"""The schema of the embedded index, derived from ``RECORD_FIELDS``, and the documents that fit it."""

import json
from dataclasses import fields
from datetime import date
from functools import cache
from hashlib import sha256
from typing import Any

import tantivy

from hub.pages.records import RECORD_FIELDS, CatalogueCard, CatalogueRecord, FieldKind
from search import analysis
from search.engines.embedded.storage import Composition
from search.facets import NO, YES

TERMS_TOKENIZER = "hub_terms"

# Fields of our own, beside those of the record.
PAGE = "page__id"  # the page, as text: deleting by a number silently deletes nothing in tantivy 0.27
SPELLINGS = "page__spellings"  # every word as it is written, for prefixes and suggestions
SORT_KEY = "page__sort_key"  # day and page in one number: a total order
RECENCY = "page__recency"  # weighs the score
SOURCE = "page__source"  # what a result shows
STORED_TEXTS = ("summary", "body", "transcript")  # where extracts are taken from, in this order

# Raise it when the meaning of the fields above changes; the rest of the fingerprint takes care of itself.
_LAYOUT_VERSION = 1
_RECENCY_PER_YEAR = 0.005  # ten years between two entries weigh about 5 % of the score
_RECENCY_ORIGIN = date(2000, 1, 1)
_DAYS_IN_A_YEAR = 365.25

TEXT_FIELDS: dict[str, float] = {f.name: f.weight for f in RECORD_FIELDS if f.kind is FieldKind.TEXT}
KEYWORD_FIELDS: tuple[str, ...] = tuple(f.name for f in RECORD_FIELDS if f.kind in {FieldKind.KEYWORD, FieldKind.FLAG})
_CARD_FIELDS = tuple(f.name for f in fields(CatalogueCard))


@cache
def composition() -> Composition:
    """Return what an index made by this version of the hub holds. Weights are the query's, no part of it."""
    shape = [(f.name, f.kind.value) for f in RECORD_FIELDS]
    text = json.dumps([_LAYOUT_VERSION, shape, analysis.fingerprint()])
    return Composition(fingerprint=sha256(text.encode()).hexdigest()[:12], fields=[name for name, _ in shape])


def build_schema() -> tantivy.Schema:
    """Return the schema of a new index."""
    builder = tantivy.SchemaBuilder()
    for name in TEXT_FIELDS:
        builder.add_text_field(name, tokenizer_name=TERMS_TOKENIZER, index_option="position")
    for name in (*KEYWORD_FIELDS, PAGE):
        builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field(SPELLINGS, tokenizer_name=TERMS_TOKENIZER, index_option="basic")
    builder.add_unsigned_field(SORT_KEY, fast=True)
    builder.add_float_field(RECENCY, fast=True)
    builder.add_bytes_field(SOURCE, stored=True)
    for name in STORED_TEXTS:
        builder.add_bytes_field(f"page__{name}", stored=True)
    return builder.build()


def register_tokenizer(index: tantivy.Index) -> None:
    """Teach an index, each time it is opened, how to split analysed text: on spaces, stop words leaving a gap."""
    tokenizer = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace())
    index.register_tokenizer(
        TERMS_TOKENIZER, tokenizer.filter(tantivy.Filter.custom_stopword([analysis.STOP_MARK])).build()
    )


def document_of(record: CatalogueRecord) -> tantivy.Document:
    """Return the document that stands for a record."""
    document = tantivy.Document()
    texts = {name: analysis.clean(getattr(record, name)) for name in TEXT_FIELDS}
    chunks: set[str] = set()
    for name, text in texts.items():
        if text:
            analysed = analysis.analyse(text)
            document.add_text(name, analysed.terms)
            chunks |= analysed.chunks
    document.add_text(SPELLINGS, " ".join(analysis.spellings_of(chunks)))
    for name in KEYWORD_FIELDS:
        for value in _keywords(getattr(record, name)):
            document.add_text(name, value)
    document.add_text(PAGE, str(record.page_id))
    document.add_unsigned(SORT_KEY, sort_key(day=record.date, page_id=record.page_id))
    document.add_float(RECENCY, _recency(record.date))
    source = {"key": record.key, "page_id": record.page_id, "type": record.type, "title": texts["title"]}
    card = json.dumps({**source, "card": _card_values(record.card)}, ensure_ascii=False)
    document.add_bytes(SOURCE, card.encode())
    for name in STORED_TEXTS:
        if texts[name]:
            document.add_bytes(f"page__{name}", texts[name].encode())
    return document


def sort_key(*, day: date, page_id: int) -> int:
    """Return one number that orders entries by day, then by page: no two are equal."""
    return day.toordinal() << 32 | page_id


def card_from(values: dict[str, Any]) -> CatalogueCard:
    """Return the card stored with a document, made by this version of the hub or an earlier one."""
    kept: dict[str, Any] = {name: values[name] for name in _CARD_FIELDS if name in values}
    for name, value in kept.items():
        if isinstance(value, list):
            kept[name] = tuple(value)
    return CatalogueCard(**kept)


def _keywords(value: Any) -> tuple[str, ...]:
    if isinstance(value, bool):
        return (YES if value else NO,)
    return (value,) if isinstance(value, str) else tuple(dict.fromkeys(value))


def _recency(day: date) -> float:
    """Return the field that makes tantivy multiply a score by 1 + 0.5 % a year since 2000.

    ``weight_by_field`` multiplies by ``log2(2 + value)``, hence the power of two. Elasticsearch's ``log2p`` modifier is
    the same function up to a constant.
    """
    years = min(max((day - _RECENCY_ORIGIN).days / _DAYS_IN_A_YEAR, 0.0), 100.0)
    return 2 ** (1 + _RECENCY_PER_YEAR * years) - 2


def _card_values(card: CatalogueCard) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name in _CARD_FIELDS:
        value = getattr(card, name)
        if isinstance(value, str):
            value = analysis.clean(value)
        elif isinstance(value, tuple):
            value = [analysis.clean(item) for item in value]
        values[name] = value
    return values
