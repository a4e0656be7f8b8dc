"""Publics, schemes and axes named by a recap."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from events.recap.lexicon import Lexicon, Match
from events.recap.parsed import Confidence, Mention, StructureMention
from events.recap.provenance import provenance_at
from events.recap.text import Block, BlockKind
from events.recap.typography import Token, folded_words, tokens_of

_AXES_LISTED = re.compile(r"\baxes?\b[^.(:]{0,60}[(:](?P<items>[^().]{4,300})", re.IGNORECASE)
_MIN_AXIS_MENTIONS = 3
_COMPARATIVES = frozenset(folded_words(text="plus moins"))


def find_mentions(
    *,
    blocks: tuple[Block, ...],
    lexicon: Lexicon,
    shadows: Sequence[Lexicon] = (),
    attendees: Sequence[StructureMention] = (),
) -> tuple[Mention, ...]:
    """Find the entries of a vocabulary named in the text, each once, in the order of their first sure mention.

    A word inside a longer name of another vocabulary (``shadows``) is a part of that name: « famille » in « pension de
    famille » is no public. A name in the list of the structures that attended (``attendees``) says who came.
    """
    came = {(attendee.provenance.block, attendee.provenance.sentence, attendee.label) for attendee in attendees}
    found: dict[str, Mention] = {}
    for block, tokens, match in _matches(blocks=blocks, lexicon=lexicon, shadows=shadows):
        start, end = tokens[match.first].start, tokens[match.last - 1].end
        if tokens[match.first - 1].folded in _COMPARATIVES and match.first and match.last - match.first == 1:
            continue  # « les plus jeunes » of some group are no public
        if came and (block.index, provenance_at(block=block, offset=start).sentence, block.text[start:end]) in came:
            continue
        for entry in match.entries:
            known = found.get(entry.key)
            if known is not None and (entry.is_hint or not known.provenance.is_guess):
                continue
            found[entry.key] = _mention(key=entry.key, block=block, tokens=tokens, match=match, is_guess=entry.is_hint)
    return tuple(found.values())


def find_axes(
    *, blocks: tuple[Block, ...], titles: tuple[str, ...], lexicon: Lexicon, shadows: Sequence[Lexicon] = ()
) -> tuple[Mention, ...]:
    """Find the axes of a recap.

    Their names are everyday words: those listed after « axes » are sure; else an axis is guessed when a title (the
    subject, a sequence) names it, or when the text names it three times; then the looser words of the vocabulary do not
    count.
    """
    lists = {block.index: list(_AXES_LISTED.finditer(block.text)) for block in blocks}
    listed = {key for found in lists.values() for each in found for key in _keys(text=each["items"], lexicon=lexicon)}
    titled = {key for title in titles for key in _keys(text=title, lexicon=lexicon, shadows=shadows, hints=False)}
    counts: dict[str, int] = {}
    first: dict[str, Mention] = {}
    for block, tokens, match in _matches(blocks=blocks, lexicon=lexicon, shadows=shadows):
        for entry in match.entries:
            counts[entry.key] = counts.get(entry.key, 0) + (not entry.is_hint)
            is_here = entry.key in listed and _is_inside(lists=lists[block.index], offset=tokens[match.first].start)
            if entry.key not in first or (is_here and first[entry.key].provenance.is_guess):
                first[entry.key] = _mention(
                    key=entry.key, block=block, tokens=tokens, match=match, is_guess=not is_here
                )
    return tuple(
        mention
        for key, mention in first.items()
        if key in listed or (not listed and (key in titled or counts[key] >= _MIN_AXIS_MENTIONS))
    )


def _matches(
    *, blocks: tuple[Block, ...], lexicon: Lexicon, shadows: Sequence[Lexicon]
) -> Iterator[tuple[Block, Sequence[Token], Match]]:
    for block in blocks:
        if block.kind is not BlockKind.EMBED:
            tokens = tokens_of(text=block.text)
            for match in _unshadowed(tokens=tokens, lexicon=lexicon, shadows=shadows):
                yield block, tokens, match


def _unshadowed(*, tokens: Sequence[Token], lexicon: Lexicon, shadows: Sequence[Lexicon]) -> Iterator[Match]:
    """Yield the names found, but for single words inside a longer name of another vocabulary."""
    matches = list(lexicon.find(tokens=tokens))
    if not any(match.last - match.first == 1 for match in matches):
        yield from matches
        return
    covered = {
        position
        for shadow in shadows
        for name in shadow.find(tokens=tokens)
        if name.last - name.first > 1
        for position in range(name.first, name.last)
    }
    yield from (match for match in matches if match.last - match.first > 1 or match.first not in covered)


def _keys(*, text: str, lexicon: Lexicon, shadows: Sequence[Lexicon] = (), hints: bool = True) -> set[str]:
    matches = _unshadowed(tokens=tokens_of(text=text), lexicon=lexicon, shadows=shadows)
    return {entry.key for match in matches for entry in match.entries if hints or not entry.is_hint}


def _is_inside(*, lists: list[re.Match[str]], offset: int) -> bool:
    """Say whether an offset is inside one of the lists, which are in order."""
    position = bisect_right(lists, offset, key=lambda found: found.start("items"))
    return position > 0 and offset < lists[position - 1].end()


def _mention(*, key: str, block: Block, tokens: Sequence[Token], match: Match, is_guess: bool) -> Mention:
    start = tokens[match.first].start
    return Mention(
        label=block.text[start : tokens[match.last - 1].end],
        key=key,
        provenance=provenance_at(
            block=block, offset=start, confidence=Confidence.GUESSED if is_guess else Confidence.RECOGNISED
        ),
    )
