"""The sentence that says how many parts the workshop had: « construit autour de trois séquences »."""

import re
from dataclasses import dataclass

from events.recap.numbers import NUMBER_WORDS
from events.recap.parsed import Confidence, Found
from events.recap.provenance import provenance_at
from events.recap.text import Block, Sentence, split_sentences
from events.recap.typography import fold

_NUMBER = r"\d{1,2}|une?|deux|trois|quatre|cinq|six|sept|huit|neuf|dix"
_PART = (
    r"s[ée]quences?|temps(?:\s+forts?)?|parties|tables?[- ]rondes?|volets?|sessions?|moments?|"
    r"th[ée]matiques?|th[èe]mes?|axes?|"
    r"objectifs?|[ée]tapes?|sujets|points|questions|interventions|sous-?parties"
)
_COUNTED = re.compile(
    rf"(?<![\w,.])(?P<number>{_NUMBER})\s+(?:(?:grand|principa|diff[ée]rent|court|beau)\w*\s+)?(?P<part>{_PART})\b",
    re.IGNORECASE,
)
_BUILT = re.compile(
    r"\b(?:construit|articul|organis|structur|d[ée]compos|divis|d[ée]roul|rythm|compos|compren|comport|propos|autour|programme|"
    r"d[ée]coup|ponctu|consacr|permis|s[’']est\s+tenu|[ée]tait|en)\w*",
    re.IGNORECASE,
)
_BUILT_OF = re.compile(
    r"\b(?:construit|articul|structur|divis|d[ée]compos|rythm|d[ée]coup|organis|d[ée]roul|compos)\w*\s+(?:[^\W\d]+\s+){0,2}\Z",
    re.IGNORECASE,
)
_MAX_PARTS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """How many parts are announced, in which block, and the sentence that says it."""

    count: Found[int]
    block: Block
    sentence: Sentence


def find_announcement(*, blocks: tuple[Block, ...]) -> Announcement | None:
    """Find the sentence that announces the parts: one on « séquences », else one that builds on or lists parts."""
    second_best: Announcement | None = None
    for block in blocks:
        for sentence in split_sentences(text=block.text):
            found = _COUNTED.search(sentence.text)
            if found is None or not _BUILT.search(sentence.text):
                continue
            count = _value(printed=found["number"])
            if not 1 < count <= _MAX_PARTS and not (count == 1 and "séquence" in found["part"].casefold()):
                continue
            is_sequence = fold(found["part"]).startswith("sequence")
            confidence = Confidence.RECOGNISED if is_sequence else Confidence.GUESSED
            provenance = provenance_at(block=block, offset=sentence.start, confidence=confidence)
            announcement = Announcement(count=Found(count, provenance), block=block, sentence=sentence)
            if is_sequence:
                return announcement
            is_built_of = _BUILT_OF.search(sentence.text[max(0, found.start() - 60) : found.start()]) is not None
            if second_best is None and (is_built_of or ":" in sentence.text[found.end() :]):
                second_best = announcement
    return second_best


def _value(*, printed: str) -> int:
    return int(printed) if printed.isdigit() else NUMBER_WORDS[fold(printed)]
