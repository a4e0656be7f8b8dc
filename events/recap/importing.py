"""Have a recap read in a process apart, and say what writing it would do."""

import json
from dataclasses import dataclass
from typing import Any

from events.recap.draft.drafting import find_existing
from events.recap.find.lexicon import RecapVocabulary
from events.recap.parsed import ParsedRecap
from events.recap.parsing import Understood, adapter, list_words_apart, read_apart
from events.recap.read.sources import MAX_BYTES, require_readable_size
from events.recap.vocabulary import build_vocabulary
from hub.files.apart import Reader, look


@dataclass(frozen=True, slots=True, kw_only=True)
class RecapCheck:
    """A recap understood but not written: what it says, and the report of its reading."""

    parsed: ParsedRecap
    report: dict[str, Any]

    @property
    def consequence(self) -> str:
        """What writing it would do, in French."""
        existing = find_existing(parsed=self.parsed)
        if existing is None:
            return "Un brouillon sera créé."
        if existing.live:
            return (
                f"La page « {existing.title} » est en ligne : elle ne changera pas. Le compte rendu deviendra une "
                "version de brouillon, que vous publierez quand elle sera prête."
            )
        return f"Le brouillon « {existing.title} » sera mis à jour."


def check_recap(
    *, data: bytes | str, vocabulary: RecapVocabulary | None = None, filename: str = "", max_bytes: int = MAX_BYTES
) -> RecapCheck:
    """Read and understand a recap, apart, without writing anything.

    Whoever checks many gives the ``vocabulary`` of all; for one, what it may name of it is read. Raises ``FileRefused``
    if it is no recap, is too large, or asks for too much time or memory.
    """
    if vocabulary is None:
        words = json.loads(_look(list_words_apart, data=data, filename=filename, max_bytes=max_bytes))
        vocabulary = build_vocabulary(words=frozenset(words))
    known = adapter(RecapVocabulary).dump_json(vocabulary)
    answer = _look(read_apart, known, data=data, filename=filename, max_bytes=max_bytes, vocabulary_length=len(known))
    parsed, report = adapter(Understood).validate_json(answer)
    return RecapCheck(parsed=parsed, report=report)


def _look(reader: Reader, known: bytes = b"", *, data: bytes | str, max_bytes: int, **options: Any) -> bytes:
    require_readable_size(size=len(data), max_bytes=max_bytes)
    sent = data.encode(errors="replace") if isinstance(data, str) else data
    return look(reader, known + sent, is_pasted=isinstance(data, str), max_bytes=max_bytes, **options)[1]
