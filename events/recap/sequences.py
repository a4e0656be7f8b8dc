"""Cut the body of a recap into introduction, sequences and conclusion."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from events.recap.announcement import Announcement
from events.recap.numbers import ORDINAL_WORDS
from events.recap.parsed import Confidence, ParsedSequence
from events.recap.provenance import provenance_at
from events.recap.sequence_titles import (
    SequenceTitle,
    heading_titles,
    infinitive_titles,
    inline_titles,
    is_section_other_than_sequence,
    listed_titles,
    marked_titles,
    numbered_titles,
    short_titles,
)
from events.recap.text import Block, BlockKind
from events.recap.typography import fold

_CONCLUSION = re.compile(
    r"\W*(?:(?:en\s+(?:guise\s+de\s+)?)?conclusion\b|pour\s+(?:conclure|finir|terminer)\b|en\s+synth[èe]se\b|cl[ôo]ture\b)",
    re.IGNORECASE,
)
_CONTACT = re.compile(r"\W*(?:contacts?|(?:pour\s+)?plus\s+d[’']informations?|renseignements)\s*:", re.IGNORECASE)
_ORDINAL_REFERENCE = re.compile(
    r"\W*(?:(?:au\s+cours|lors)\s+de\s+(?:la|cette)\s+|dans\s+(?:la|cette|une)\s+|durant\s+la\s+|(?:la|une|cette|le|un)\s+)?"
    r"(?:(?P<digits>\d{1,2})\s?(?:er|[èe]re|i?[èe]mes?|nde?|e)|(?P<word>[^\W\d]+))\s+"
    r"(?:s[ée]quence|partie|temps|table[- ]ronde|session|volet)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """The body of a recap, cut: each block of the input is in exactly one part."""

    introduction: tuple[Block, ...]
    sequences: tuple[ParsedSequence, ...]
    conclusion: tuple[Block, ...]
    leftovers: tuple[Block, ...]
    warnings: tuple[str, ...]


def cut_body(*, blocks: Sequence[Block], after_aside: frozenset[int], announcement: Announcement | None) -> Body:
    """Cut the body into its parts.

    Args:
        blocks: the body in order, without the title nor what surrounds the recap.
        after_aside: indices of the blocks right after a call to the replay, a list of documents or page furniture: past
            the last sequence, they are no longer part of it.
        announcement: the sentence that counts the sequences, if there is one.
    """
    titles, warnings = _choose_titles(blocks=blocks, announcement=announcement)
    if not titles:
        kept, conclusion, leftovers = _split_tail(blocks=blocks, after_aside=after_aside, level=0)
        return Body(introduction=kept, sequences=(), conclusion=conclusion, leftovers=leftovers, warnings=warnings)
    texts = [
        [*([title.rest] if title.rest else []), *blocks[title.last + 1 : after.first if after else len(blocks)]]
        for title, after in zip(titles, [*titles[1:], None], strict=True)
    ]
    level = titles[-1].headings[-1].level
    kept, conclusion, leftovers = _split_tail(blocks=texts[-1], after_aside=after_aside, level=level)
    texts[-1] = list(kept)
    if len(titles) > 1 and texts[-1] and not any(texts[:-1]):
        texts, unplaced, warning = _shared_out(blocks=texts[-1], count=len(titles))
        leftovers = (*unplaced, *leftovers)
        warnings = (*warnings, warning)
    sequences = tuple(
        ParsedSequence(
            title=title.title,
            headings=title.headings,
            paragraphs=tuple(text),
            provenance=provenance_at(block=title.headings[-1], confidence=title.confidence),
        )
        for title, text in zip(titles, texts, strict=True)
    )
    introduction = tuple(blocks[: titles[0].first])
    return Body(
        introduction=introduction, sequences=sequences, conclusion=conclusion, leftovers=leftovers, warnings=warnings
    )


def _choose_titles(
    *, blocks: Sequence[Block], announcement: Announcement | None
) -> tuple[list[SequenceTitle], tuple[str, ...]]:
    """Choose the finder whose count is the one announced; else the most explicit that finds something, as a guess."""
    count = announcement.count.value if announcement else None
    start = _position_after(blocks=blocks, announcement=announcement)
    found = _found_titles(blocks=blocks, start=start, announcement=announcement)
    if count is not None:
        for titles in found:
            if len(titles) == count:
                return titles, ()
        if start:
            from_the_top = _found_titles(blocks=blocks, start=0, announcement=None)
            for titles in from_the_top:
                if len(titles) == count:
                    return titles, ()
    explicit, infinitive = found[:3], found[3]
    titles = next((titles for titles in explicit if titles), [])
    if not titles and (count is not None or len(infinitive) > 1):
        titles = [replace(title, confidence=Confidence.GUESSED) for title in infinitive]
    if count is None:
        return titles, () if titles else ("Aucune séquence n’a été reconnue : le texte est dans l’introduction.",)
    announced = f"{count} séquence{'s' if count > 1 else ''} annoncée{'s' if count > 1 else ''}"
    if not titles:
        return [], (f"{announced}, aucune reconnue : le texte est dans l’introduction.",)
    warning = f"{announced}, {len(titles)} reconnue{'s' if len(titles) > 1 else ''} : vérifiez leur découpage."
    return [replace(title, confidence=Confidence.GUESSED) for title in titles], (warning,)


def _position_after(*, blocks: Sequence[Block], announcement: Announcement | None) -> int:
    if announcement is None:
        return 0
    return next((position + 1 for position, block in enumerate(blocks) if block.index == announcement.block.index), 0)


def _found_titles(
    *, blocks: Sequence[Block], start: int, announcement: Announcement | None
) -> list[list[SequenceTitle]]:
    """Titles seen by each finder from a position on: the explicit marks first, then the guesses."""
    body = blocks[start:]
    count = announcement.count.value if announcement else None
    found = [
        marked_titles(blocks=body),
        heading_titles(blocks=body, announced=count),
        numbered_titles(blocks=body),
        infinitive_titles(blocks=body),
    ]
    if announcement is not None:
        found += [listed_titles(blocks=body), short_titles(blocks=body), inline_titles(announcement=announcement)]
        found[4:] = [[replace(title, confidence=Confidence.GUESSED) for title in titles] for titles in found[4:]]
    return [
        [replace(title, first=title.first + start, last=title.last + start) for title in titles] for titles in found
    ]


def _split_tail(
    *, blocks: Sequence[Block], after_aside: frozenset[int], level: int
) -> tuple[tuple[Block, ...], tuple[Block, ...], tuple[Block, ...]]:
    """Cut what follows the last sequence: its text, the conclusion, and what is neither."""
    kept: list[Block] = []
    conclusion: list[Block] = []
    leftovers: list[Block] = []
    current = kept
    for position, block in enumerate(blocks):
        is_heading = block.kind is BlockKind.HEADING
        if _CONCLUSION.match(block.text):
            current = conclusion
        elif position > 0 and (
            block.index in after_aside
            or _CONTACT.match(block.text)
            or (is_heading and (is_section_other_than_sequence(text=block.text) or 0 < block.level < level))
        ):
            current = leftovers
        current.append(block)
    return tuple(kept), tuple(conclusion), tuple(leftovers)


def _shared_out(*, blocks: Sequence[Block], count: int) -> tuple[list[list[Block]], tuple[Block, ...], str]:
    """Share the text that follows a list of titles between them: « La première séquence… », else one paragraph each."""
    texts: list[list[Block]] = [[] for _ in range(count)]
    ranks = [_rank_referred_to(text=block.text, count=count) for block in blocks]
    if any(ranks):
        unplaced: list[Block] = []
        current = 0
        for block, rank in zip(blocks, ranks, strict=True):
            current = rank or current
            (texts[current - 1] if current else unplaced).append(block)
        return texts, tuple(unplaced), "Le texte suit la liste des séquences : sa répartition est à vérifier."
    if len(blocks) == count:
        return (
            [[block] for block in blocks],
            (),
            "Le texte suit la liste des séquences : un paragraphe a été donné à chacune.",
        )
    return texts, tuple(blocks), "Les séquences sont listées sans leur texte : ce qui les suit reste à classer."


def _rank_referred_to(*, text: str, count: int) -> int | None:
    found = _ORDINAL_REFERENCE.match(text)
    if found is None:
        return None
    word = fold(found["word"] or "")
    rank = (
        int(found["digits"])
        if found["digits"]
        else count
        if word in {"dernier", "derniere"}
        else ORDINAL_WORDS.get(word)
    )
    return rank if rank and rank <= count else None
