"""The schema of the embedded index, derived from the catalogue record, and the documents that fit it."""

import json
from functools import cache

import tantivy

from hub.pages.records import RECORD_FIELDS, CatalogueRecord
from search import analysis
from search.engines.contents import KEYWORD_FIELDS, STORED_TEXTS, TEXT_FIELDS, content_of, fingerprint
from search.engines.embedded.storage import Composition

TERMS_TOKENIZER = "hub_terms"

# Fields of our own, beside those of the record.
PAGE = "page__id"  # the page, as text: deleting by a number silently deletes nothing in tantivy 0.27
SPELLINGS = "page__spellings"  # every word as it is written, for prefixes and suggestions
SORT_KEY = "page__sort_key"  # day and page in one number: a total order
RECENCY = "page__recency"  # weighs the score
SOURCE = "page__source"  # what a result shows

# Raise it when the meaning of the fields above changes; the rest of the fingerprint takes care of itself.
_LAYOUT_VERSION = 2


@cache
def composition() -> Composition:
    return Composition(fingerprint=fingerprint(layout=_LAYOUT_VERSION), fields=[f.name for f in RECORD_FIELDS])


def build_schema() -> tantivy.Schema:
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
    content = content_of(record)
    document = tantivy.Document()
    for name, terms in content.terms.items():
        document.add_text(name, terms)
    document.add_text(SPELLINGS, " ".join(content.spellings))
    for name, values in content.keywords.items():
        for value in values:
            document.add_text(name, value)
    document.add_text(PAGE, str(record.page_id))
    document.add_unsigned(SORT_KEY, content.sort_key)
    # ``weight_by_field`` multiplies a score by ``log2(2 + value)``.
    document.add_float(RECENCY, 2**content.recency - 2)
    document.add_bytes(SOURCE, json.dumps(content.source, ensure_ascii=False).encode())
    for name in STORED_TEXTS:
        if content.texts[name]:
            document.add_bytes(f"page__{name}", content.texts[name].encode())
    return document
