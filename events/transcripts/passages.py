"""Passages: half a minute to a minute of somebody's words, as they are read, searched and quoted."""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from events.transcripts.cues import Cue
from events.transcripts.names import shared
from events.transcripts.reading import read_transcript

SHORTEST, LONGEST = 30.0, 60.0
# Nobody says nothing for so long in the middle of a passage.
_SILENCE = 15.0
# What is not cut by its writer in captions is cut in pieces of at most so many seconds, at words.
_LONGEST_PIECE = 15.0
# When nobody says where words end: unhurried, so that what is said is never cut short.
_WORDS_A_SECOND = 1.5
_UNTIMED_WORDS = 120
_OVERLAP_WORDS = 30
_MOST_SOUNDS = 20
# The end of a sentence: its sign, what closes it, and then a capital, a figure, or something that opens.
_SENTENCE_END = re.compile(r"(?<=[.!?…])(?:\s?[»”\")\]]){0,2}\s+(?=[A-ZÀ-ÖØ-ÞŒ0-9«“\"(\[—–-])")
_CLOSES = re.compile(r"[.!?…][»”\")\]\s]{0,3}$")
_ABBREVIATIONS = frozenset("m. mm. mme. dr. pr. st. ste. art. cf. ex. n. p. etc.".split())


@dataclass(frozen=True, slots=True)
class Passage:
    """Some words of a recording, of one speaker.

    ``start`` and ``end`` are in seconds from the beginning, ``None`` for text without timings. ``overlap`` is the end
    of what was said just before: searched with the passage, never shown with it. ``sounds`` are heard, not said.
    """

    start: float | None
    text: str
    end: float | None = None
    speaker: str = ""
    overlap: str = ""
    sounds: tuple[str, ...] = ()

    @property
    def seconds(self) -> int | None:
        """The whole second one goes to."""
        return None if self.start is None else int(self.start)


@dataclass(slots=True)
class Piece:
    """The least that is kept together: a sentence of a cue, or the part of one that stands in a cue."""

    start: float
    end: float
    text: str
    speaker: str
    closes: bool
    sounds: tuple[str, ...] = ()


@dataclass(slots=True)
class _Open:
    """The passage being gathered."""

    pieces: list[Piece] = field(default_factory=list)

    @property
    def start(self) -> float:
        return self.pieces[0].start

    @property
    def end(self) -> float:
        return self.pieces[-1].end


@lru_cache(maxsize=32)
def passages_of_text(text: str, starts: tuple[float, ...] = ()) -> tuple[Passage, ...]:
    """Read a transcript and cut it; kept, as a page asks several times for those of its replay."""
    return tuple(passages_of(read_transcript(text=text).cues, starts=starts))


def passages_of(cues: Sequence[Cue], *, starts: Sequence[float] = ()) -> list[Passage]:
    """Gather cues in passages of 30 to 60 seconds, cut at the end of a sentence where there is one.

    A passage never runs over one of ``starts``, those of the sequences, nor over somebody else's words.
    """
    bounds = sorted(starts)
    passages: list[Passage] = []
    gathered = _Open()
    pending: tuple[str, ...] = ()

    def close() -> None:
        if gathered.pieces:
            passages.append(_passage(gathered, before=passages[-1] if passages else None, bounds=bounds))
            gathered.pieces = []

    for cue, following in _with_next_start(cues):
        if cue.start is None:
            close()
            passages.extend(_untimed(cue))
            continue
        if not cue.text:
            pending = _give_sounds(gathered, cue, pending)
            continue
        for piece in _pieces(cue, following):
            _keep_within(piece, bounds)
            piece.sounds, pending = pending + piece.sounds, ()
            if gathered.pieces and _must_close(gathered, piece, bounds):
                close()
            gathered.pieces.append(piece)
            if piece.closes and gathered.end - gathered.start >= SHORTEST:
                close()
    close()
    if pending and passages:
        last = passages[-1]
        passages[-1] = Passage(last.start, last.text, last.end, last.speaker, last.overlap, last.sounds + pending)
    return passages


def sentences(text: str) -> list[str]:
    """Cut a text after each of its sentences."""
    found: list[str] = []
    begun = 0
    for mark in _SENTENCE_END.finditer(text):
        last = text.rfind(" ", begun, mark.start()) + 1
        word = text[max(last, begun) : mark.start()].lower()
        if word in _ABBREVIATIONS or (len(word) == 2 and word[0].isalpha()):  # noqa: PLR2004 — « J. Dupont »
            continue
        found.append(text[begun : mark.end()].strip())
        begun = mark.end()
    if rest := text[begun:].strip():
        found.append(rest)
    return found


def _with_next_start(cues: Sequence[Cue]) -> Iterator[tuple[Cue, float | None]]:
    """Yield each cue with the first later start that follows it."""
    following: list[float | None] = []
    later: float | None = None
    ahead: float | None = None
    for cue in reversed(cues):
        if cue.start is not None and ahead is not None and cue.start < ahead:
            later = ahead
        following.append(later)
        if cue.start is not None:
            ahead = cue.start
    yield from zip(cues, reversed(following), strict=True)


def pieces_of(cues: Sequence[Cue]) -> Iterator[Piece]:
    """Yield what is timed, sentence by sentence, long ones cut at words."""
    for cue, following in _with_next_start(cues):
        if cue.start is not None and cue.text:
            yield from _pieces(cue, following)


def _pieces(cue: Cue, following: float | None) -> Iterator[Piece]:
    start = cue.start or 0.0
    said = start + (cue.text.count(" ") + 1) / _WORDS_A_SECOND
    end = cue.end if cue.end is not None else said
    if following is not None:
        end = min(end, following)
    parts: list[tuple[str, bool]] = []
    own = sentences(cue.text)
    for position, sentence in enumerate(own):
        share = (end - start) * len(sentence) / max(1, len(cue.text))
        cut = list(_by_words(sentence, math.ceil(share / _LONGEST_PIECE)))
        is_whole = position < len(own) - 1 or bool(_CLOSES.search(sentence[-5:]))
        parts += [(text, is_whole and text is cut[-1]) for text in cut]
    timed = shared(start, end, [text for text, _closes in parts])
    sounds = cue.sounds
    for (_text, closes), (text, begins, ends) in zip(parts, timed, strict=True):
        yield Piece(begins or 0.0, ends or 0.0, text, cue.speaker, closes, sounds)
        sounds = ()


def _keep_within(piece: Piece, bounds: Sequence[float]) -> None:
    """Keep a piece said while a sequence begins on the side where most of it is."""
    for bound in bounds:
        if piece.start < bound < piece.end:
            if bound - piece.start < piece.end - bound:
                piece.start = bound
            else:
                piece.end = bound


def _by_words(text: str, count: int) -> Iterator[str]:
    if count <= 1:
        yield text
        return
    words = text.split()
    edges = [round(position * len(words) / count) for position in range(count + 1)]
    for begun, done in pairwise(edges):
        if done > begun:
            yield " ".join(words[begun:done])


def _must_close(gathered: _Open, piece: Piece, bounds: Sequence[float]) -> bool:
    return (
        piece.speaker != gathered.pieces[-1].speaker
        or piece.start - gathered.end > _SILENCE
        or piece.end - gathered.start > LONGEST
        or any(gathered.start < bound <= piece.start for bound in bounds)
    )


def _give_sounds(gathered: _Open, cue: Cue, pending: tuple[str, ...]) -> tuple[str, ...]:
    """Give a sound heard alone to the passage it interrupts, or keep it for the next."""
    if gathered.pieces and (cue.start or 0.0) - gathered.end <= _SILENCE:
        gathered.pieces[-1].sounds = (gathered.pieces[-1].sounds + cue.sounds)[:_MOST_SOUNDS]
        return pending
    return (pending + cue.sounds)[:_MOST_SOUNDS]


def _passage(gathered: _Open, *, before: Passage | None, bounds: Sequence[float]) -> Passage:
    pieces = gathered.pieces
    speaker = pieces[0].speaker
    goes_on = (
        before is not None
        and before.end is not None
        and before.start is not None
        and before.speaker == speaker
        and gathered.start - before.end <= _SILENCE
        and not any(before.start < bound <= gathered.start for bound in bounds)
    )
    return Passage(
        start=gathered.start,
        end=gathered.end,
        text=" ".join(piece.text for piece in pieces),
        speaker=speaker,
        overlap=_last_sentence(before.text) if before is not None and goes_on else "",
        sounds=tuple(sound for piece in pieces for sound in piece.sounds)[:_MOST_SOUNDS],
    )


def _last_sentence(text: str) -> str:
    return " ".join(sentences(text)[-1].split()[-_OVERLAP_WORDS:])


def _untimed(cue: Cue) -> Iterator[Passage]:
    """Cut a paragraph that has no time at its sentences, by about as many words as a minute holds."""
    texts: list[str] = []
    for sentence in sentences(cue.text):
        count = math.ceil((sentence.count(" ") + 1) / _UNTIMED_WORDS)
        for part in _by_words(sentence, count):
            if texts and texts[-1].count(" ") + part.count(" ") + 2 <= _UNTIMED_WORDS:
                texts[-1] += f" {part}"
            else:
                texts.append(part)
    for position, text in enumerate(texts):
        overlap = _last_sentence(texts[position - 1]) if position else ""
        yield Passage(None, text, speaker=cue.speaker, overlap=overlap, sounds=() if position else cue.sounds)
