"""A workshop as its page shows it: sequences with their moment in the replay, replay with its transcript."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from django.db.models import prefetch_related_objects

from events.models import Replay, Sequence, WorkshopPage
from events.transcripts import Passage
from hub.pages.prose import clock
from hub.pages.videos import at_moment
from initiatives.models import InitiativePage

# A page stays light however long the replay: passages are gathered in at most this many stretches, each with its link.
MAX_STRETCHES = 12
# Shortest line of a transcript whose captions are joined.
LINE_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment of a replay. ``url`` plays it there, and is empty when the replay has no such address."""

    seconds: int
    url: str


@dataclass(frozen=True, slots=True)
class ShownSequence:
    sequence: Sequence
    anchor: str
    moment: Moment | None
    initiatives: list[InitiativePage]


@dataclass(frozen=True, slots=True)
class TranscriptStretch:
    """Some passages of a transcript read together: one a line, timed, after the moment the stretch starts at."""

    moment: Moment | None
    text: str

    @property
    def anchor(self) -> str:
        return f"transcription-{self.moment.seconds}" if self.moment else ""


@dataclass(frozen=True, slots=True)
class ShownWorkshop:
    """Everything a workshop's page shows beside its own fields, in a number of queries that does not depend on it."""

    sequences: list[ShownSequence]
    other_initiatives: list[InitiativePage]
    replay: Replay | None
    """Only one that can be watched."""
    transcript: list[TranscriptStretch]


def shown_workshop(*, page: WorkshopPage) -> ShownWorkshop:
    """Gather what the page shows. Initiatives that are not published, or are private, are left out."""
    if page.pk:
        prefetch_related_objects(
            [page],
            "sequences__presentations__initiative",
            "presentations__initiative",
            "replays__file",
            "replays__poster",
            "key_figures",
            "documents__document",
        )
    sequences = list(page.sequences.all())
    in_sequences = [[link.initiative for link in sequence.presentations.all()] for sequence in sequences]
    elsewhere = [link.initiative for link in page.presentations.all()]
    public = _public_ids(initiative for group in (*in_sequences, elsewhere) for initiative in group)
    shown = {initiative.pk for group in in_sequences for initiative in group}
    replay = page.replay if page.replay and page.replay.is_watchable else None
    return ShownWorkshop(
        sequences=[
            ShownSequence(
                sequence=sequence,
                anchor=f"sequence-{position}",
                moment=moment_at(replay=replay, seconds=sequence.replay_start_seconds),
                initiatives=[initiative for initiative in initiatives if initiative.pk in public],
            )
            for position, (sequence, initiatives) in enumerate(zip(sequences, in_sequences, strict=True), start=1)
        ],
        other_initiatives=[page for page in elsewhere if page.pk in public and page.pk not in shown],
        replay=replay,
        transcript=[
            TranscriptStretch(moment=moment_at(replay=replay, seconds=passages[0].seconds), text=_timed_lines(passages))
            for passages in _stretches(replay.passages() if replay else [])
        ],
    )


def _public_ids(initiatives: Iterable[InitiativePage]) -> set[int]:
    ids = {initiative.pk for initiative in initiatives}
    return set(InitiativePage.objects.filter(pk__in=ids).live().public().values_list("pk", flat=True)) if ids else set()


def moment_at(*, replay: Replay | None, seconds: int | None) -> Moment | None:
    """``None`` when the replay cannot be watched, or the moment is not known."""
    if replay is None or not replay.is_watchable or seconds is None:
        return None
    return Moment(seconds, at_moment(replay.moment_address, seconds=seconds))


def _stretches(passages: list[Passage]) -> list[list[Passage]]:
    """Gather consecutive passages in about equal numbers; the captions of a long replay are first joined in lines."""
    lines = passages if len(passages) <= MAX_STRETCHES else _joined(passages)
    count = min(MAX_STRETCHES, len(lines))
    bounds = [round(position * len(lines) / count) for position in range(count + 1)] if count else [0]
    return [lines[start:end] for start, end in pairwise(bounds)]


def _joined(passages: list[Passage]) -> list[Passage]:
    """Join captions, a few seconds each, into lines of at least ``LINE_SECONDS``."""
    lines: list[Passage] = []
    for passage in passages:
        begun = lines[-1].start if lines else None
        if begun is not None and passage.start is not None and passage.start - begun < LINE_SECONDS:
            lines[-1] = Passage(start=begun, text=f"{lines[-1].text} {passage.text}")
        else:
            lines.append(passage)
    return lines


def _timed_lines(passages: list[Passage]) -> str:
    """Write the passages one a line, each after its time; the link before the first shows its own."""
    first, *others = passages
    return "\n".join([first.text, *(_timed(passage) for passage in others)])


def _timed(passage: Passage) -> str:
    return passage.text if passage.seconds is None else f"{clock(passage.seconds)} – {passage.text}"
