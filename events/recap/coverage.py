"""Prove that nothing of a recap was lost: each sentence that was read is somewhere in what was understood."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from events.recap.parsed import ParsedRecap
from events.recap.text import Block, RecapText, split_sentences
from events.recap.typography import plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How many sentences were read, and those that are nowhere in the result (none, unless the parser is wrong)."""

    sentences: int
    missing: tuple[str, ...]

    @property
    def is_complete(self) -> bool:
        return not self.missing


def coverage(*, text: RecapText, parsed: ParsedRecap) -> Coverage:
    """Look for every sentence of the input in the output, as many times as it was read.

    It starts from the text again, not from what the parser says it kept: a block the parser forgot is missing here.
    """
    expected = Counter(plain(text=sentence) for _, sentence in text.sentences())
    kept = Counter(
        plain(text=sentence.text)
        for block in _kept_blocks(parsed=parsed)
        for sentence in split_sentences(text=block.text)
    )
    missing = expected - kept
    return Coverage(sentences=expected.total(), missing=tuple(missing.elements()))


def _kept_blocks(*, parsed: ParsedRecap) -> Iterator[Block]:
    yield from parsed.introduction
    for sequence in parsed.sequences:
        yield from sequence.headings
        yield from sequence.paragraphs
    yield from parsed.conclusion
    yield from parsed.leftovers
    for aside in parsed.asides:
        yield aside.block
