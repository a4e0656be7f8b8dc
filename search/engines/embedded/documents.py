import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import cache
from pathlib import Path

import tantivy

from hub.pages.records import RECORD_FIELDS, CatalogueRecord
from search import analysis
from search.engines.base import PageChange, Refusal
from search.engines.contents import (
    KEYWORD_FIELDS,
    STORED_TEXTS,
    TEXTS_OF,
    RecordContent,
    content_of,
    fingerprint,
    moments_of,
)
from search.engines.embedded.storage import Composition, IndexStorage, engine_errors, part_of, sealing
from search.enums import Shelf

TERMS_TOKENIZER = "hub_terms"

# Fields of our own, beside those of the record.
PAGE = "page__id"  # the page, as text: deleting by a number silently deletes nothing in tantivy 0.27
SPELLINGS = "page__spellings"  # every word as it is written, for prefixes and suggestions
SORT_KEY = "page__sort_key"  # day and page in one number: a total order
OLDEST_KEY = "page__oldest_key"  # of a moment, the same when the oldest come first
RECENCY = "page__recency"  # weighs the score
SOURCE = "page__source"  # what a result shows

# Raise it when the meaning of the fields above changes; the rest of the fingerprint takes care of itself.
_LAYOUT_VERSION = 3


@cache
def composition() -> Composition:
    fields = [*(f.name for f in RECORD_FIELDS), *TEXTS_OF[Shelf.MOMENTS]]
    return Composition(fingerprint=fingerprint(layout=_LAYOUT_VERSION), fields=fields)


def build_schema(shelf: Shelf) -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for name in TEXTS_OF[shelf]:
        builder.add_text_field(name, tokenizer_name=TERMS_TOKENIZER, index_option="position")
    for name in (*KEYWORD_FIELDS, PAGE):
        builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field(SPELLINGS, tokenizer_name=TERMS_TOKENIZER, index_option="basic")
    builder.add_unsigned_field(SORT_KEY, fast=True)
    if shelf is Shelf.MOMENTS:
        builder.add_unsigned_field(OLDEST_KEY, fast=True)
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


def documents_of(record: CatalogueRecord, *, shelf: Shelf) -> Iterator[tantivy.Document]:
    """Yield what an index holds of a record: the entry, or each moment of its recording."""
    contents = moments_of(record) if shelf is Shelf.MOMENTS else (content_of(record),)
    for content in contents:
        document = _document(content, page_id=record.page_id)
        if shelf is Shelf.MOMENTS:
            document.add_unsigned(OLDEST_KEY, content.oldest_key)
        yield document


def _document(content: RecordContent, *, page_id: int) -> tantivy.Document:
    document = tantivy.Document()
    for name, terms in content.terms.items():
        document.add_text(name, terms)
    document.add_text(SPELLINGS, " ".join(content.spellings))
    for name, values in content.keywords.items():
        for value in values:
            document.add_text(name, value)
    document.add_text(PAGE, str(page_id))
    document.add_unsigned(SORT_KEY, content.sort_key)
    # ``weight_by_field`` multiplies a score by ``log2(2 + value)``.
    document.add_float(RECENCY, 2**content.recency - 2)
    document.add_bytes(SOURCE, json.dumps(content.source, ensure_ascii=False).encode())
    for name, text in content.texts.items():
        if text:
            document.add_bytes(f"page__{name}", text.encode())
    return document


# Bytes of text gathered before tantivy writes a segment: its minimum for a few pages, more to make fewer segments.
_UPDATE_HEAP = 15_000_000
_REBUILD_HEAP = {Shelf.ENTRIES: 96_000_000, Shelf.MOMENTS: 48_000_000}
# What is withdrawn is no longer heard before it is no longer found.
_IN_ORDER = (Shelf.MOMENTS, Shelf.ENTRIES)


class EmbeddedWriter:
    """Writes to one generation. Whoever holds it holds the write lock, or is the only one to know the generation."""

    lease_seconds = 0.0

    def __init__(self, path: Path) -> None:
        self.path = path
        self.generation = path.name

    def apply(self, changes: Sequence[PageChange]) -> Mapping[int, Refusal]:
        """Replace the documents of each changed page, in one commit for each shelf; none is ever refused."""
        for shelf in _IN_ORDER if changes else ():
            documents: list[tuple[str, list[tantivy.Document]]] = []
            for change in changes:
                new = [document for record in change.records for document in documents_of(record, shelf=shelf)]
                documents.append((str(change.page_id), new))
            with engine_errors("writing"):
                self._replace(documents, shelf=shelf)
        return {}

    def _replace(self, documents: list[tuple[str, list[tantivy.Document]]], *, shelf: Shelf) -> None:
        path = part_of(self.path, shelf)
        index = tantivy.Index.open(str(path))
        if shelf is Shelf.MOMENTS:  # most pages have none, and never had
            searcher = index.searcher()
            documents = [(page, new) for page, new in documents if new or searcher.doc_freq(PAGE, page)]
        if not documents:
            return
        with sealing(path):
            register_tokenizer(index)
            writer = index.writer(_UPDATE_HEAP, num_threads=1)
            for page, replacements in documents:
                writer.delete_documents_by_term(PAGE, page)
                for document in replacements:
                    writer.add_document(document)
            writer.commit()
            # Without this the merges that keep the number of segments small would be abandoned.
            writer.wait_merging_threads()


class EmbeddedRebuild:
    """A new generation, unknown to searches until it is published."""

    def __init__(self, storage: IndexStorage) -> None:
        self._storage = storage
        with engine_errors("a new index"):
            self.generation = storage.create(composition=composition())
            path = storage.path(self.generation)
            self._writers: dict[Shelf, tantivy.IndexWriter] = {}
            for shelf in Shelf:
                index = tantivy.Index(build_schema(shelf), path=str(part_of(path, shelf)), reuse=False)
                register_tokenizer(index)
                self._writers[shelf] = index.writer(_REBUILD_HEAP[shelf], num_threads=1)
        self._updates = EmbeddedWriter(path)

    def add(self, changes: Iterable[PageChange]) -> Mapping[int, Refusal]:
        if not self._writers:
            raise RuntimeError("records are added before the new index is settled")
        for record in (record for change in changes for record in change.records):
            for shelf, writer in self._writers.items():
                for document in documents_of(record, shelf=shelf):
                    with engine_errors("a new index"):
                        writer.add_document(document)
        return {}

    def settle(self) -> None:
        for shelf, writer in self._writers.items():
            with engine_errors("a new index"), sealing(part_of(self._updates.path, shelf)):
                writer.commit()
                writer.wait_merging_threads()
        self._writers = {}

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
        self._writers = {}
