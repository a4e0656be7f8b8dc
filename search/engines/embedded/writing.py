"""Writing to the embedded index: a few pages at once, or a whole new generation."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import tantivy

from search.engines.base import PageChange, Refusal
from search.engines.embedded.documents import PAGE, build_schema, composition, document_of, register_tokenizer
from search.engines.embedded.seals import sealing
from search.engines.embedded.storage import IndexStorage, engine_errors

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
        writer = self._writer
        if writer is None:
            raise RuntimeError("records are added before the new index is settled")
        for record in (record for change in changes for record in change.records):
            document = document_of(record)
            with engine_errors("a new index"):
                writer.add_document(document)
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
