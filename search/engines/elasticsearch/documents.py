"""The mapping of the index on a server, derived from the catalogue record, and the documents that fit it.

Texts are analysed before they leave (``search.analysis``): the server receives the terms both engines compare, so that
the two cannot disagree on what a word is. Its own analyser only splits them on spaces.
"""

from functools import cache
from typing import Any

from elasticsearch_dsl import (
    Document,
    Double,
    Keyword,
    Long,
    Mapping,
    MetaField,
    Object,
    Text,
    analyzer,
    token_filter,
)

from hub.pages.records import CatalogueRecord
from search import analysis
from search.engines import contents
from search.engines.contents import BM25_SHARES, KEYWORD_FIELDS, STORED_TEXTS, TEXT_FIELDS, content_of

# Fields of our own, beside those of the record. No double underscore: elasticsearch-dsl reads it as a dot.
WORDS = "page_words"  # every word without accents, not stemmed: for prefixes, and to be suggested
SPELLINGS = "page_spellings"  # every word as ``folded|written``: how to write what is suggested
SORT_KEY = "page_sort_key"  # day and page in one number: a total order
RECENCY = "page_recency"  # multiplies the score
SOURCE = "page_source"  # what a result shows; the only part of a document that is kept as it was sent

# Raise it when the meaning of the fields above changes; the rest of the fingerprint takes care of itself.
_LAYOUT_VERSION = 1

MIN_PREFIX, MAX_PREFIX = 2, 12  # beginnings of words that have a term of their own

_terms = analyzer(
    "hub_terms",
    type="custom",
    tokenizer="whitespace",
    filter=[token_filter("hub_stop_mark", type="stop", stopwords=[analysis.STOP_MARK])],
)


@cache
def fingerprint() -> str:
    """Identify an index made by this version of the hub."""
    return contents.fingerprint(layout=_LAYOUT_VERSION)


class CatalogueDocument(Document):
    """One entry of the catalogue in the index. The fields of the record are added below, from its description."""

    class Meta:
        """Nothing enters the index that the hub did not describe."""

        dynamic = MetaField("strict")

    class Index:
        """One shard holds far more than the catalogue, and makes scores and counts exact."""

        analyzers = [_terms]


def _describe(mapping: Mapping) -> None:
    for name in TEXT_FIELDS:
        mapping.field(name, Text(analyzer=_terms, norms=name in BM25_SHARES))
    for name in KEYWORD_FIELDS:
        mapping.field(name, Keyword())
    prefixes = {"min_chars": MIN_PREFIX, "max_chars": MAX_PREFIX}
    mapping.field(WORDS, Text(analyzer="whitespace", index_options="docs", norms=False, index_prefixes=prefixes))
    mapping.field(SPELLINGS, Keyword(index=False))
    mapping.field(SORT_KEY, Long())
    mapping.field(RECENCY, Double(index=False))
    mapping.field(SOURCE, Object(enabled=False))
    # The rest can be made again from the database, and would double the size of the index.
    mapping.meta("_source", includes=[f"{SOURCE}.*", SOURCE])


_describe(CatalogueDocument._doc_type.mapping)  # noqa: SLF001 — elasticsearch-dsl's own way to a document's mapping


def index_body() -> dict[str, Any]:
    """Return the settings and mapping of a new index, as it is while it is being filled: alone and never refreshed."""
    body: dict[str, Any] = CatalogueDocument._index.to_dict()  # noqa: SLF001 — elasticsearch-dsl's own way to it
    body["settings"] = {
        **body["settings"],
        "index": {
            "number_of_shards": 1,
            "number_of_replicas": 0,
            "refresh_interval": "-1",
            # How long a deletion is remembered, so that a late delivery cannot bring the page back.
            "gc_deletes": "1h",
        },
    }
    body["mappings"]["_meta"] = {"fingerprint": fingerprint(), "complete": False}
    return body


# What the index becomes before it is put in use: a copy on another node as soon as there is one.
SETTINGS_IN_USE = {"index": {"auto_expand_replicas": "0-1", "refresh_interval": None}}


def document_of(record: CatalogueRecord) -> dict[str, Any]:
    """Return the document that stands for a record."""
    content = content_of(record)
    folded = dict.fromkeys(spelling.partition("|")[0] for spelling in content.spellings)
    return {
        **content.terms,
        **content.keywords,
        WORDS: " ".join(folded),
        SPELLINGS: content.spellings,
        SORT_KEY: content.sort_key,
        RECENCY: content.recency,
        SOURCE: {**content.source, "texts": [content.texts[name] for name in STORED_TEXTS]},
    }
