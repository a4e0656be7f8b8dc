from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Generic, TypeVar

from events.recap.read.text import Block, split_sentences
from hub.pages.enums import FigureQualifier

T = TypeVar("T")


class Confidence(Enum):
    RECOGNISED = "recognised"  # said in so many words
    GUESSED = "guessed"  # deduced: to be checked by the editor


class AsideRole(Enum):
    """Why a sentence is in no part of the text nor left over: it says something already recorded."""

    TITLE = "titre"
    DATES = "dates de publication"
    NOTICE = "mention du gouvernement"
    REPLAY = "accès au replay"
    DOCUMENTS = "documents"
    CHROME = "habillage de la page"


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where an item was read: the index of its block, of its sentence in the block, and the sentence itself."""

    block: int
    sentence: int
    excerpt: str
    confidence: Confidence = Confidence.RECOGNISED

    @property
    def is_guess(self) -> bool:
        return self.confidence is Confidence.GUESSED


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    value: T
    provenance: Provenance


@dataclass(frozen=True, slots=True, kw_only=True)
class GovernmentNotice:
    """The Prime Minister named by the notice: name and title as printed (the title may be missing)."""

    name: str
    title: str
    provenance: Provenance


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A thing named in the text: its name as printed, and its key in the vocabulary when it is known there."""

    label: str
    key: str | None
    provenance: Provenance


@dataclass(frozen=True, slots=True, kw_only=True)
class StructureMention:
    """A kind of structure that attended, as printed, and the kinds of the vocabulary it covers."""

    label: str
    keys: tuple[str, ...]
    provenance: Provenance


@dataclass(frozen=True, slots=True, kw_only=True)
class Participants:
    count: int
    qualifier: FigureQualifier
    provenance: Provenance

    @property
    def is_minimum(self) -> bool:
        return self.qualifier is FigureQualifier.MORE_THAN


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFigure:
    """A number of the text: ``unit`` is « M€ », « % » or what is counted; ``year`` the one it is given for."""

    value: Decimal
    unit: str
    label: str
    year: int | None
    qualifier: FigureQualifier
    provenance: Provenance


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedSequence:
    """A part of the workshop: its title, as printed without its number, and its paragraphs.

    ``headings`` are the words the title was read in, number included: one block, or two (« Séquence 1 », its title).
    """

    title: str
    headings: tuple[Block, ...]
    paragraphs: tuple[Block, ...]
    provenance: Provenance


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """The recording: where it is, on which platform, under which identifier; "" for what is not known.

    A replay without address is announced by the text (« Accéder au replay »), its address still to be filled in.
    """

    url: str
    provider: str
    video_id: str
    provenance: Provenance


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentLink:
    label: str
    url: str
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Aside:
    """A block, or a part of one, that only says what is recorded elsewhere, or belongs to the furniture of the page."""

    role: AsideRole
    block: Block


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedRecap:
    """Everything understood of a recap. Nothing of the input is missing: see ``events.recap.report``."""

    number: Found[int] | None
    subject: Found[str] | None
    days: Found[tuple[date, ...]] | None
    published_on: Found[date] | None
    modified_on: Found[date] | None
    government: GovernmentNotice | None
    organisers: tuple[Mention, ...]
    partners: tuple[Mention, ...]
    participants: Participants | None
    structures: tuple[StructureMention, ...]
    introduction: tuple[Block, ...]
    announced_sequences: Found[int] | None
    sequences: tuple[ParsedSequence, ...]
    conclusion: tuple[Block, ...]
    leftovers: tuple[Block, ...]
    asides: tuple[Aside, ...]
    key_figures: tuple[KeyFigure, ...]
    audiences: tuple[Mention, ...]
    axes: tuple[Mention, ...]
    schemes: tuple[Mention, ...]
    scope: tuple[Mention, ...]
    """The territories the workshop says it is for; without any it is for the whole of France."""
    territories: tuple[Mention, ...]
    """Those it names, in passing."""
    replay: Replay | None
    documents: tuple[DocumentLink, ...]
    warnings: tuple[str, ...]


_EXCERPT_LENGTH = 400


def provenance_at(*, block: Block, offset: int = 0, confidence: Confidence = Confidence.RECOGNISED) -> Provenance:
    sentences = split_sentences(text=block.text)
    position = max(0, bisect_right(sentences, offset, key=lambda sentence: sentence.start) - 1)
    excerpt = sentences[position].text if sentences else ""
    if len(excerpt) > _EXCERPT_LENGTH:
        excerpt = f"{excerpt[:_EXCERPT_LENGTH].rstrip()}…"
    return Provenance(block=block.index, sentence=position, excerpt=excerpt, confidence=confidence)
