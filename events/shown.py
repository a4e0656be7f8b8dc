"""A workshop as its page shows it: sequences with their moment in the replay, replay with its transcript."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import prefetch_related_objects

from events.models import Replay, Sequence, WorkshopPage
from events.watching import Moment, TranscriptPart, listed_parts, moment_at, transcript_parts
from initiatives.models import InitiativePage


@dataclass(frozen=True, slots=True)
class ShownSequence:
    sequence: Sequence
    anchor: str
    moment: Moment | None
    initiatives: list[InitiativePage]


@dataclass(frozen=True, slots=True)
class ShownWorkshop:
    """Everything a workshop's page shows beside its own fields, in a number of queries that does not depend on it."""

    sequences: list[ShownSequence]
    other_initiatives: list[InitiativePage]
    replay: Replay | None
    """Only one that can be watched."""
    parts: list[TranscriptPart]
    """Those of the transcript that the page names; each has a page of its own."""
    has_captions: bool
    """Whether what is said is timed."""


def shown_workshop(*, page: WorkshopPage) -> ShownWorkshop:
    """Gather what the page shows. Initiatives that are not published, or are private, are left out."""
    if page.pk:
        prefetch_related_objects(
            [page],
            "sequences__presentations__initiative",
            "presentations__initiative",
            "replays__file",
            "replays__poster",
            "organisers",
            "key_figures",
            "documents__document",
        )
    sequences = list(page.sequences.all())
    in_sequences = [[link.initiative for link in sequence.presentations.all()] for sequence in sequences]
    elsewhere = [link.initiative for link in page.presentations.all()]
    public = _public_ids(initiative for group in (*in_sequences, elsewhere) for initiative in group)
    shown = {initiative.pk for group in in_sequences for initiative in group}
    replay = page.replay if page.replay and page.replay.is_watchable else None
    passages = replay.passages() if replay else []
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
        parts=listed_parts(parts=transcript_parts(passages=passages, sequences=sequences)),
        has_captions=any(passage.start is not None for passage in passages),
    )


def _public_ids(initiatives: Iterable[InitiativePage]) -> set[int]:
    ids = {initiative.pk for initiative in initiatives}
    return set(InitiativePage.objects.filter(pk__in=ids).live().public().values_list("pk", flat=True)) if ids else set()
