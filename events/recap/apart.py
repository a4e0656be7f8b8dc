"""What a recap says, read in a process apart: nothing here, nor below, may need the models."""

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from events.recap.find.lexicon import RecapVocabulary
from events.recap.parsed import ParsedRecap
from events.recap.parsing import parse_recap
from events.recap.read.reading import read_recap
from events.recap.read.sources import UnreadableRecap, require_readable_size
from events.recap.read.text import RecapText
from events.recap.report import build_report
from hub.files import FileRefused
from hub.files.apart import Reader, look
from hub.files.frames import Facts

MAX_ANSWER = 4 * 1024 * 1024
"""Bytes of what was understood: a page of it is drawn, and kept with the draft. A long recap takes some 500 kB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """What a recap says, and the report of its reading."""

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
