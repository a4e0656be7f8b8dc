import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import cache
from pathlib import Path

import tantivy

from hub.pages.records import RECORD_FIELDS, CatalogueRecord
from search import analysis
from search.engines.base import PageChange, Refusal
from search.engines.contents import KEYWORD_FIELDS, STORED_TEXTS, TEXT_FIELDS, content_of, fingerprint
from search.engines.embedded.storage import Composition, IndexStorage, engine_errors, sealing

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


# Bytes of text gathered before tantivy writes a segment: its minimum for a few pages, more to make fewer segments.
_UPDATE_HEAP = 15_000_000
_REBUILD_HEAP = 96_000_000


class EmbeddedWriter:
    """Writes to one generation. Whoever holds it holds the write lock, or is the only one to know the generation."""

    lease_seconds = 0.0

    def __init__(self, path: Path) -> None:
        self.path = path
        self.generation = path.name

    def apply(self, changes: Sequence[PageChange]) -> Mapping[int, Refusal]:
        """Replace the documents of each changed page, in one commit; none is ever refused."""
        if not changes:
            return {}
        documents = [(change.page_id, [document_of(record) for record in change.records]) for change in changes]
        with engine_errors("writing"), sealing(self.path):
            index = tantivy.Index.open(str(self.path))
            register_tokenizer(index)
            writer = index.writer(_UPDATE_HEAP, num_threads=1)
            for page_id, replacements in documents:
                writer.delete_documents_by_term(PAGE, str(page_id))
                for document in replacements:
                    writer.add_document(document)
            writer.commit()
            # Without this the merges that keep the number of segments small would be abandoned.
            writer.wait_merging_threads()
        return {}


class EmbeddedRebuild:
    """A new generation, unknown to searches until it is published."""

    def __init__(self, storage: IndexStorage) -> None:
        self._storage = storage
        with engine_errors("a new index"):
            self.generation = storage.create(composition=composition())
            path = storage.path(self.generation)
            index = tantivy.Index(build_schema(), path=str(path), reuse=False)
            register_tokenizer(index)
            self._writer: tantivy.IndexWriter | None = index.writer(_REBUILD_HEAP, num_threads=1)
        self._updates = EmbeddedWriter(path)

    def add(self, changes: Iterable[PageChange]) -> Mapping[int, Refusal]:
        if self._writer is None:
            raise RuntimeError("records are added before the new index is settled")
        for document in (document_of(record) for change in changes for record in change.records):
            with engine_errors("a new index"):
                self._writer.add_document(document)
        return {}

    def settle(self) -> None:
        if self._writer is not None:
            with engine_errors("a new index"), sealing(self._updates.path):
                self._writer.commit()
                self._writer.wait_merging_threads()
            self._writer = None

    def apply(self, changes: Sequence[PageChange]) -> Mapping[int, Refusal]:
        self.settle()
        return self._updates.apply(changes)

    def document_count(self) -> int:
        self.settle()
        with engine_errors("a new index"):
            count: int = tantivy.Index.open(str(self._updates.path)).searcher().num_docs
        return count

    def exclusive(self, *, wait_seconds: float) -> AbstractContextManager[None]:
        return self._storage.locked("write", wait_seconds=wait_seconds)

    def publish(self) -> None:
        self.settle()
        with engine_errors("putting a new index in use"):
            self._storage.switch(self.generation)

    def close(self) -> None:
        self._writer = None
