from events.models.replay import Replay
from events.models.sequence import Sequence, SequenceInitiative
from events.models.workshop import (
    WorkshopDocument,
    WorkshopIndexPage,
    WorkshopInitiative,
    WorkshopKeyFigure,
    WorkshopPage,
    WorkshopTag,
)

__all__ = [
    "Replay",
    "Sequence",
    "SequenceInitiative",
    "WorkshopDocument",
    "WorkshopIndexPage",
    "WorkshopInitiative",
    "WorkshopKeyFigure",
    "WorkshopPage",
    "WorkshopTag",
]
