"""What surrounds the recap on its page: dates of publication, notice of the government."""

import re
from dataclasses import dataclass
from datetime import date

from events.recap.dates import DateMention, find_dates
from events.recap.parsed import Found, GovernmentNotice
from events.recap.provenance import provenance_at
from events.recap.text import Block
from events.recap.typography import plain, tokens_of

_PUBLISHED = r"(?:publi[ée]e?|mise?\s+en\s+ligne|(?:date\s+de\s+)?publication)"
_MODIFIED = (
    r"(?:modifi[ée]e?|mise?\s+[àa]\s+jour|actualis[ée]e?|derni[èe]re\s+(?:mise\s+[àa]\s+jour|modification)|"
    r"(?:date\s+de\s+)?(?:modification|mise\s+[àa]\s+jour))"
)
_LABEL = re.compile(
    rf"\b(?:(?P<published>{_PUBLISHED})|(?P<modified>{_MODIFIED}))\s*:?\s*(?:le\s*:?\s*)?", re.IGNORECASE
)
_WEEKDAYS = re.compile(r"(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)\s+", re.IGNORECASE)
_MAX_SIGNATURE = 300
_MAX_LABEL = 40
_MAX_OTHER_WORDS = 5  # « par la Dihal », « à 10h30 »

_PM = r"premi(?:er|[èe]re)\s+ministre"
_NAME = r"[^\W\d_a-zà-öø-ÿ][\w’'-]*(?:\s+(?:d[eu’']\s?|de\s+la\s+|[^\W\d_a-zà-öø-ÿ])[\w’'-]*){0,4}"
_NOTICE = re.compile(
    rf"(?i:sous\s+le\s+gouvernement\s+(?:de\s+la\s+|du\s+|de\s+|d[’'])?)(?:(?i:(?P<title>{_PM}))[\s,]*)?(?i:(?:m\.|mme|monsieur|madame)\s+)?"
    rf"(?P<name>{_NAME})(?:\s*,\s*(?i:(?P<title_after>{_PM})))?"
)
_MAX_NOTICE = 300
_MAX_NOTICE_LEAD = 60  # « Ce contenu a été publié »


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Dates of publication and of last change, and the blocks that say nothing else."""

    published_on: Found[date] | None
    modified_on: Found[date] | None
    blocks: frozenset[int]


def find_signature(*, blocks: tuple[Block, ...]) -> Signature:
    """Find « Publié le … | Modifié le … », on one line or each label in the block before its date."""
    published: Found[date] | None = None
    modified: Found[date] | None = None
    consumed: set[int] = set()
    for position, block in enumerate(blocks):
        if len(block.text) > _MAX_SIGNATURE or not _LABEL.search(block.text):
            continue
        following = blocks[position + 1] if position + 1 < len(blocks) else None
        dated = _dated_labels(text=block.text)
        if not dated and following is not None and len(block.text) <= _MAX_LABEL and len(following.text) <= _MAX_LABEL:
            dated = _dated_labels(text=f"{block.text} {following.text}")
            if dated:
                consumed.add(following.index)
        for name, mention in dated:
            found = Found(mention.days[0], provenance_at(block=block))
            published = published or (found if name == "published" else None)
            modified = modified or (found if name == "modified" else None)
        if dated and _says_little_else(text=block.text, dated=dated):
            consumed.add(block.index)
    return Signature(published_on=published, modified_on=modified, blocks=frozenset(consumed))


def _dated_labels(*, text: str) -> list[tuple[str, DateMention]]:
    dates = find_dates(text=text)
    found = []
    for label in _LABEL.finditer(text):
        weekday = _WEEKDAYS.match(text, label.end())
        start = weekday.end() if weekday else label.end()
        mention = next((mention for mention in dates if mention.start == start), None)
        if mention is not None:
            found.append(("published" if label["published"] else "modified", mention))
    return found


def _says_little_else(*, text: str, dated: list[tuple[str, DateMention]]) -> bool:
    words = len(tokens_of(text=text))
    return words <= 6 * len(dated) + _MAX_OTHER_WORDS


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeLine:
    """The notice of the government, its block, and whether the block says nothing else."""

    notice: GovernmentNotice
    block: Block
    is_whole_block: bool


def find_notice(*, blocks: tuple[Block, ...]) -> NoticeLine | None:
    """Find the notice of the government in a short block."""
    for block in blocks:
        found = _NOTICE.search(block.text) if len(block.text) <= _MAX_NOTICE else None
        if found is not None:
            notice = GovernmentNotice(
                name=plain(text=found["name"]).strip(" ,."),
                title=plain(text=found["title"] or found["title_after"] or ""),
                provenance=provenance_at(block=block, offset=found.start()),
            )
            rest = len(block.text) - (found.end() - found.start())
            return NoticeLine(notice=notice, block=block, is_whole_block=rest <= _MAX_NOTICE_LEAD)
    return None
