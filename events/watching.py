"""A replay as one reads it while watching: its transcript in parts, and the moments where some words are said."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby, pairwise

from events.models import Replay, Sequence
from events.transcripts import Passage
from hub.accents import without_accents
from hub.pages.videos import at_moment

# A page of the transcript stays light: passages of half a minute or more, about twelve minutes of them.
PART_PASSAGES = 24
# How many parts the page of a workshop names when its sequences do not name them.
MOST_LISTED = 24
QUERY_MAX_LENGTH = 200
MOST_WORDS = 10
# Letters kept on each side of the first word found.
EXTRACT = 130
# A sequence and the passage that opens it are not timed by the same hand.
TOLERANCE = 1.0


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment of a replay.

    ``url`` plays it without JavaScript, where the recording is; empty when it has no such address. ``address`` plays it
    in the page of the workshop; empty when it can only be watched elsewhere.
    """

    seconds: int
    url: str
    address: str = ""


def moment_at(*, replay: Replay | None, seconds: float | None) -> Moment | None:
    """``None`` when the replay cannot be watched, or the moment is not known."""
    if replay is None or not replay.is_watchable or seconds is None:
        return None
    at = int(seconds)
    address = f"{replay.page.url or ''}#t={at}" if is_played_here(replay=replay) else ""
    return Moment(at, at_moment(replay.moment_address, seconds=at), address)


def is_played_here(*, replay: Replay) -> bool:
    return bool(replay.file_id or (replay.video and replay.video.is_framed))


@dataclass(frozen=True, slots=True)
class TranscriptPart:
    """As much of a transcript as a page shows: a sequence, or a piece of a long one. Numbered from 1."""

    number: int
    title: str
    """That of its sequence; empty when the sequences have no known start."""
    piece: int
    pieces: int
    passages: tuple[Passage, ...]
    until: float | None
    """Where the next part starts; ``None`` for the last."""

    @property
    def start(self) -> float | None:
        return next((passage.start for passage in self.passages if passage.start is not None), None)

    @property
    def seconds(self) -> int | None:
        return None if self.start is None else int(self.start)


@dataclass(frozen=True, slots=True)
class ShownPassage:
    passage: Passage
    anchor: str
    """The passage's own address in a page, ``t=754``; empty without a time, or when the one before has the same."""
    moment: Moment | None
    end: int | None
    is_turn: bool
    """Whether another speaker takes the floor."""


def transcript_parts(*, passages: list[Passage], sequences: Iterable[Sequence]) -> list[TranscriptPart]:
    """Cut a transcript where its sequences start, and long sequences in about equal pieces."""
    starts = sorted((start, one.title) for one in sequences if (start := one.replay_start_seconds) is not None)
    pieces: list[tuple[str, int, int, tuple[Passage, ...]]] = []
    for place, group in groupby(_placed(passages, [start for start, _title in starts]), key=lambda placed: placed[0]):
        inside = [passage for _place, passage in group]
        title = starts[place - 1][1] if place else "Début du replay" if starts else ""
        count = -(-len(inside) // PART_PASSAGES)
        bounds = [round(position * len(inside) / count) for position in range(count + 1)]
        pieces += [(title, piece, count, tuple(inside[a:b])) for piece, (a, b) in enumerate(pairwise(bounds), start=1)]
    firsts = [next((one.start for one in inside if one.start is not None), None) for *_names, inside in pieces]
    return [
        TranscriptPart(number, title, piece, count, inside, until)
        for number, ((title, piece, count, inside), until) in enumerate(
            zip(pieces, [*firsts, None][1:], strict=True), start=1
        )
    ]


def _placed(passages: list[Passage], starts: list[int]) -> Iterator[tuple[int, Passage]]:
    """Yield each passage with the number of the sequences begun before it; never fewer than for the one before."""
    place = 0
    for passage in passages:
        if passage.start is not None:
            place = max(place, bisect_right(starts, passage.start + TOLERANCE))
        yield place, passage


def listed_parts(*, parts: list[TranscriptPart]) -> list[TranscriptPart]:
    """Return the parts a page names: the first of each sequence, or some of them at about equal distances."""
    firsts = [part for part in parts if part.piece == 1] if any(part.title for part in parts) else parts
    step = -(-len(firsts) // MOST_LISTED) or 1
    return firsts[::step]


def part_at(*, parts: list[TranscriptPart], seconds: int) -> TranscriptPart:
    """Return the part that is being said at a moment, the first one before any."""
    begun = [part for part in parts if part.start is not None and int(part.start) <= seconds]
    return begun[-1] if begun else parts[0]


def shown_passages(*, part: TranscriptPart, replay: Replay) -> list[ShownPassage]:
    shown: list[ShownPassage] = []
    named: set[str] = set()
    speaker = ""
    following = [*(passage.start for passage in part.passages[1:]), part.until]
    for passage, after in zip(part.passages, following, strict=True):
        anchor = "" if passage.start is None else f"t={int(passage.start)}"
        end = passage.end if passage.end is not None else after
        shown.append(
            ShownPassage(
                passage=passage,
                anchor="" if anchor in named else anchor,
                moment=moment_at(replay=replay, seconds=passage.start),
                # A clip ends once its last word is said.
                end=None if end is None else -int(-end // 1),
                is_turn=bool(passage.speaker) and passage.speaker != speaker,
            )
        )
        named.add(anchor)
        speaker = passage.speaker
    return shown


# --- searching inside -------------------------------------------------------------------------------------------------

_WORD = re.compile(r"\w+")
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae"})
# Too common to be asked of a passage, unless nothing else is.
_LINK_WORDS = frozenset(
    "a au aux avec c ce ces d dans de des du en et il ils je l la le les leur m n ne nous on ou par pas pour qu que qui"
    " s sa se ses son sont sur t un une vous y".split()
)
_PLURALS = (("yaux", "yau"), ("eaux", "eau"), ("aux", "al"), ("eux", "eu"), ("s", ""), ("x", ""))
_UNLIKE = {"travaux": "travail", "baux": "bail"}
SHORTEST_PLURAL = 4


@dataclass(frozen=True, slots=True)
class FoundMoment:
    moment: Moment | None
    """That of the first word found, within its passage."""
    part: TranscriptPart
    speaker: str
    pieces: list[tuple[str, bool]]
    """An extract of the passage, each piece with whether it is a word that was looked for."""


@dataclass(frozen=True, slots=True)
class FoundPassage:
    """``spans`` are where its text has the words that were looked for."""

    part: TranscriptPart
    passage: Passage
    spans: list[tuple[int, int]]


def find_moments(*, parts: list[TranscriptPart], query: str) -> list[FoundPassage]:
    """Return the passages where all words of the query are said, in time order.

    Accents and plurals count for nothing; the last word may be the beginning of one, as it is while one types.
    """
    terms = [_folded(word) for word in _WORD.findall(unicodedata.normalize("NFC", query))[:MOST_WORDS]]
    terms = [term for term in terms if term not in _LINK_WORDS] or terms
    if not terms:
        return []
    *others, last = terms
    roots = {_root(term) for term in terms}
    found = []
    for part in parts:
        for passage in part.passages:
            said = list(_words(f"{passage.overlap} {passage.text}" if passage.overlap else passage.text))
            heard = {_root(word) for _start, _end, word in said}
            is_begun = any(word.startswith(last) for _start, _end, word in said)
            if not (is_begun or _root(last) in heard) or not heard.issuperset(_root(term) for term in others):
                continue
            # What was said just before helps to find a passage; what is found is in the passage itself.
            own = _words(passage.text)
            spans = [(start, end) for start, end, word in own if _root(word) in roots or word.startswith(last)]
            if spans:
                found.append(FoundPassage(part, passage, spans))
    return found


def shown_moment(*, found: FoundPassage, replay: Replay) -> FoundMoment:
    passage, spans = found.passage, found.spans
    return FoundMoment(
        moment=moment_at(replay=replay, seconds=_second_of(passage, letter=spans[0][0])),
        part=found.part,
        speaker=passage.speaker,
        pieces=_extract(passage.text, spans),
    )


def _second_of(passage: Passage, *, letter: int) -> float | None:
    """Return about when a letter of a passage is said, as if all were said at the same pace."""
    if passage.start is None or passage.end is None or passage.end <= passage.start:
        return passage.start
    return passage.start + (passage.end - passage.start) * letter / len(passage.text)


def _extract(text: str, spans: list[tuple[int, int]]) -> list[tuple[str, bool]]:
    first = text.rfind(" ", 0, max(0, spans[0][0] - EXTRACT)) + 1 if spans[0][0] > EXTRACT else 0
    after = text.find(" ", spans[0][1] + EXTRACT)
    last = len(text) if after < 0 else after
    pieces, position = [("… " if first else "", False)], first
    for start, end in spans:
        if start >= first and end <= last:
            pieces += [(text[position:start], False), (text[start:end], True)]
            position = end
    pieces.append((f"{text[position:last]}{' …' if last < len(text) else ''}", False))
    return [(piece, is_match) for piece, is_match in pieces if piece]


def _words(text: str) -> Iterator[tuple[int, int, str]]:
    return ((word.start(), word.end(), _folded(word[0])) for word in _WORD.finditer(text))


@lru_cache(maxsize=20_000)
def _folded(word: str) -> str:
    """Small letters without accents."""
    return without_accents(word.casefold().translate(_LIGATURES))


@lru_cache(maxsize=20_000)
def _root(word: str) -> str:
    """A folded word in the singular."""
    if len(word) < SHORTEST_PLURAL:
        return word
    if word in _UNLIKE:
        return _UNLIKE[word]
    for ending, instead in _PLURALS:
        if word.endswith(ending):
            return word.removesuffix(ending) + instead
    return word
