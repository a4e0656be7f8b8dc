"""Say where an item was read."""

from bisect import bisect_right

from events.recap.parsed import Confidence, Provenance
from events.recap.text import Block, split_sentences

_EXCERPT_LENGTH = 400


def provenance_at(*, block: Block, offset: int = 0, confidence: Confidence = Confidence.RECOGNISED) -> Provenance:
    """Return the provenance of what was read at an offset of a block."""
    sentences = split_sentences(text=block.text)
    position = max(0, bisect_right(sentences, offset, key=lambda sentence: sentence.start) - 1)
    excerpt = _cut(sentences[position].text) if sentences else ""
    return Provenance(block=block.index, sentence=position, excerpt=excerpt, confidence=confidence)


def _cut(text: str) -> str:
    return text if len(text) <= _EXCERPT_LENGTH else f"{text[:_EXCERPT_LENGTH].rstrip()}…"
