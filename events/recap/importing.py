"""Read a recap in a process apart, and make a draft of it."""

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from events.models import WorkshopIndexPage, WorkshopPage
from events.recap.draft.drafting import DraftOutcome, draft_workshop, find_existing
from events.recap.find.lexicon import RecapVocabulary
from events.recap.parsed import ParsedRecap
from events.recap.parsing import parse_recap
from events.recap.read.reading import read_recap
from events.recap.read.sources import MAX_BYTES, UnreadableRecap, require_readable_size
from events.recap.read.text import RecapText
from events.recap.report import build_report
from events.recap.vocabulary import build_vocabulary
from hub.accounts.models import User
from hub.files import FileRefused
from hub.files.apart import Reader, look
from hub.files.frames import Facts

MAX_ANSWER = 4 * 1024 * 1024
"""Bytes of what was understood: a page of it is drawn, and kept with the draft. A long recap takes some 500 kB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    parsed: ParsedRecap
    report: dict[str, Any]


def words_of(*, data: bytes | str, filename: str, max_bytes: int) -> frozenset[str]:
    """Return the folded words of a recap, read apart: what a vocabulary has to know of, for it alone.

    Raises:
        UnreadableRecap: as ``understand``.
    """
    _facts, answer = _look(list_words_apart, data=data, filename=filename, max_bytes=max_bytes)
    return frozenset(json.loads(answer))


def understand(*, data: bytes | str, vocabulary: RecapVocabulary, filename: str, max_bytes: int) -> Understood:
    """Read and understand a recap apart.

    Raises:
        UnreadableRecap: if it is no recap, is too large, or asks for too much time or memory.
    """
    known = _vocabularies().dump_json(vocabulary)
    _facts, answer = _look(
        read_apart, known, data=data, filename=filename, max_bytes=max_bytes, vocabulary_length=len(known)
    )
    return _answers().validate_json(answer)


def list_words_apart(content: bytes, *, is_pasted: bool, filename: str, max_bytes: int) -> tuple[dict[str, Any], bytes]:
    """Answer in JSON the folded words of a recap.

    Raises:
        FileRefused: for what is no recap.
    """
    text = _read(content, is_pasted=is_pasted, filename=filename, max_bytes=max_bytes)
    return {}, json.dumps(sorted(text.folded_words())).encode()


def read_apart(
    content: bytes, *, vocabulary_length: int, is_pasted: bool, filename: str, max_bytes: int
) -> tuple[dict[str, Any], bytes]:
    """Answer in JSON what a recap says. ``content`` is the vocabulary, then what was sent.

    Raises:
        FileRefused: for what is no recap, or holds too much to be looked over by anybody.
    """
    vocabulary = _vocabularies().validate_json(content[:vocabulary_length])
    text = _read(content[vocabulary_length:], is_pasted=is_pasted, filename=filename, max_bytes=max_bytes)
    parsed = parse_recap(text=text, vocabulary=vocabulary)
    answer = _answers().dump_json(Understood(parsed=parsed, report=build_report(text=text, parsed=parsed)))
    if len(answer) > MAX_ANSWER:
        raise FileRefused("Ce texte contient trop de choses pour un seul compte rendu : coupez-le en plusieurs.")
    return {}, answer


def _look(
    reader: Reader, known: bytes = b"", *, data: bytes | str, max_bytes: int, **options: Any
) -> tuple[Facts, bytes]:
    require_readable_size(size=len(data), max_bytes=max_bytes)
    is_pasted = isinstance(data, str)
    sent = data.encode(errors="replace") if isinstance(data, str) else data
    try:
        return look(reader, known + sent, is_pasted=is_pasted, max_bytes=max_bytes, **options)
    except FileRefused as refusal:
        raise UnreadableRecap(refusal.message) from refusal


def _read(sent: bytes, *, is_pasted: bool, filename: str, max_bytes: int) -> RecapText:
    # The length of a paste was looked at in characters: what it weighs once encoded is not held against it.
    most = max(max_bytes, len(sent)) if is_pasted else max_bytes
    try:
        return read_recap(data=sent.decode() if is_pasted else sent, filename=filename, max_bytes=most)
    except UnreadableRecap as refusal:
        raise FileRefused(str(refusal)) from refusal


@cache
def _vocabularies() -> TypeAdapter[RecapVocabulary]:
    return TypeAdapter(RecapVocabulary)


@cache
def _answers() -> TypeAdapter[Understood]:
    return TypeAdapter(Understood)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecapCheck:
    """A recap understood but not written: what a dry run shows. ``existing`` is the page of the same workshop."""

    parsed: ParsedRecap
    report: dict[str, Any]
    existing: WorkshopPage | None

    @property
    def consequence(self) -> str:
        """What writing it would do, in French."""
        if self.existing is None:
            return "Un brouillon sera créé."
        if self.existing.live:
            return (
                f"La page « {self.existing.title} » est en ligne : elle ne changera pas. Le compte rendu "
                f"deviendra une version "
                "de brouillon, que vous publierez quand elle sera prête."
            )
        return f"Le brouillon « {self.existing.title} » sera mis à jour."


def check_recap(
    *, data: bytes | str, vocabulary: RecapVocabulary | None = None, filename: str = "", max_bytes: int = MAX_BYTES
) -> RecapCheck:
    """Read and understand a recap, apart, without writing anything.

    Whoever checks many gives the ``vocabulary`` of all; for one, what it may name of it is read.

    Raises:
        UnreadableRecap: if the input is not a recap that can be read.
    """
    if vocabulary is None:
        vocabulary = build_vocabulary(words=words_of(data=data, filename=filename, max_bytes=max_bytes))
    found = understand(data=data, vocabulary=vocabulary, filename=filename, max_bytes=max_bytes)
    return RecapCheck(parsed=found.parsed, report=found.report, existing=find_existing(parsed=found.parsed))


def import_recap(
    *, check: RecapCheck, parent: WorkshopIndexPage | None = None, user: User | None = None
) -> DraftOutcome:
    """Write the draft of a recap that was checked.

    Raises:
        DraftRefused: if the draft cannot be written.
    """
    return draft_workshop(parsed=check.parsed, report=check.report, parent=parent, user=user)
