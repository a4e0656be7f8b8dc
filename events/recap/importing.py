"""A recap checked, then imported as a draft."""

from dataclasses import dataclass
from typing import Any

from events.models import WorkshopIndexPage, WorkshopPage
from events.recap.apart import understand, words_of
from events.recap.draft.drafting import DraftOutcome, draft_workshop, find_existing
from events.recap.find.lexicon import RecapVocabulary
from events.recap.parsed import ParsedRecap
from events.recap.read.sources import MAX_BYTES
from events.recap.vocabulary import build_vocabulary
from hub.accounts.models import User


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
