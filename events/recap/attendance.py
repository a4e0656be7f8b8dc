"""Who attended: how many people, and which kinds of structures."""

import re
from decimal import Decimal

from events.recap.lexicon import Lexicon
from events.recap.numbers import DIGITS, is_round_word, number_in_words, number_of, qualifier_before
from events.recap.parsed import Confidence, Participants, StructureMention
from events.recap.provenance import provenance_at
from events.recap.text import Block, BlockKind, Sentence, split_sentences
from events.recap.typography import plain, tokens_of
from hub.pages.enums import FigureQualifier

_SURE_PEOPLE = (
    r"participant(?:e|\.e|·e|\(e\))?s?|inscrit(?:e|\.e|·e|\(e\))?s?|connect[ée]s|connexions|auditeurs|spectateurs"
)
_PEOPLE = rf"{_SURE_PEOPLE}|personnes|professionnels|acteurs|partenaires|agents|repr[ée]sentants"
_NUMBER_WORD = (
    r"(?:une?|deux|trois|quatre|cinq|six|sept|huit|neuf|quelques)\s+"
    r"(?:cents?|mille|milliers?|(?:diz|quinz|vingt|trent|quarant|cinquant|soixant|cent)aines?)|cent|mille"
)
_COUNT = re.compile(
    rf"(?:(?P<digits>{DIGITS})|\b(?P<words>{_NUMBER_WORD}))\s+(?:de\s+|d[’'])?(?:[^\W\d]+\s+)?(?P<people>{_PEOPLE})\b",
    re.IGNORECASE,
)
_ATTENDED = re.compile(
    r"\b(?:(?:r[ée]uni|rassembl|mobilis|particip[ée]|assist|connect|inscri|regroup)\w*|participaient|suivi|pr[ée]sents?|pr[ée]sence)\b",
    re.IGNORECASE,
)
_WORKSHOP = re.compile(r"\b(?:ateliers?|webinaires?)\b", re.IGNORECASE)
_STRUCTURES = re.compile(
    r"structures?|institutions?|horizons?|issus?\s+d|repr[ée]sentant|organismes?|participants?|professionnels|acteurs|"
    r"parmi\s+lesquels",
    re.IGNORECASE,
)
_BRACKETED = re.compile(r"\((?P<items>[^()]{5,2000})(?:\)|\Z)")
_LISTED = re.compile(
    r"(?:issus?\s+d(?:e|u|es|[’'])|repr[ée]sentant(?:s\s+d(?:e|u|es|[’']))?|parmi\s+lesquels|dont|notamment|:)\s*(?P<items>[^.:]{5,2000})",
    re.IGNORECASE,
)
_ITEM = re.compile(r"\s*[,;]\s*(?:et\s+)?|\s+et\s+(?=(?:l[ae]s\s|des\s|d[’']))|\s+ainsi\s+que\s+")
_ARTICLE = re.compile(r"(?:(?:l[ae]s?|des|du|de\s+la|de)\s+|(?:de\s+)?l[’']|d[’'])", re.IGNORECASE)
_MIN_ITEMS = 2
_MAX_ITEM = 120
_MAX_PARTICIPANTS = 100_000


def find_participants(*, blocks: tuple[Block, ...]) -> Participants | None:
    """Find how many people attended: a count in a sentence that says people came, else a count of « participants »."""
    guess: Participants | None = None
    for block in blocks:
        for sentence in split_sentences(text=block.text):
            counts = list(_COUNT.finditer(sentence.text))
            # Once for the sentence: it may hold thousands of counts.
            attended = bool(counts) and _ATTENDED.search(sentence.text) is not None
            names_workshop = bool(counts) and _WORKSHOP.search(sentence.text) is not None
            for found in counts:
                count = _count(found=found)
                if count is None:
                    continue
                is_sure = re.fullmatch(_SURE_PEOPLE, found["people"], re.IGNORECASE) is not None
                if not attended and not is_sure:
                    continue
                participants = Participants(
                    count=count,
                    qualifier=_qualifier(text=sentence.text, found=found),
                    provenance=provenance_at(
                        block=block,
                        offset=sentence.start,
                        confidence=Confidence.RECOGNISED
                        if attended and (is_sure or names_workshop)
                        else Confidence.GUESSED,
                    ),
                )
                if not participants.provenance.is_guess:
                    return participants
                guess = guess or participants
    return guess


def _count(*, found: re.Match[str]) -> int | None:
    if found["digits"]:
        value = number_of(printed=found["digits"])
        if value is None or value != value.to_integral_value():
            return None
    else:
        number = number_in_words(words=found["words"].split())
        if number is None:
            return None
        value = Decimal(number)
    return int(value) if 0 < value <= _MAX_PARTICIPANTS else None


def _qualifier(*, text: str, found: re.Match[str]) -> FigureQualifier:
    qualifier = qualifier_before(text=text, start=found.start())
    if qualifier is FigureQualifier.EXACT and found["words"] and is_round_word(word=found["words"].split()[-1]):
        return FigureQualifier.ABOUT
    return qualifier


def find_structures(*, blocks: tuple[Block, ...], kinds: Lexicon) -> tuple[StructureMention, ...]:
    """Find the kinds of structures that attended, in the order of the text, as printed.

    They stand in brackets after « structures » or « participants », after « issus de », or in a list after a colon.
    """
    for position, block in enumerate(blocks):
        for sentence in split_sentences(text=block.text):
            if not (_ATTENDED.search(sentence.text) and _STRUCTURES.search(sentence.text)):
                continue
            if sentence.text.endswith(":"):
                listed = _list_after(blocks=blocks, position=position)
                if listed:
                    return tuple(_mention(label=item.text, block=item, offset=0, kinds=kinds) for item in listed)
            mentions = _structures_of(sentence=sentence, block=block, kinds=kinds)
            if mentions:
                return mentions
    return ()


def _list_after(*, blocks: tuple[Block, ...], position: int) -> list[Block]:
    items = []
    for block in blocks[position + 1 :]:
        if block.kind is not BlockKind.LIST_ITEM or len(block.text) > _MAX_ITEM:
            break
        items.append(block)
    return items


def _structures_of(*, sentence: Sentence, block: Block, kinds: Lexicon) -> tuple[StructureMention, ...]:
    for pattern in (_BRACKETED, _LISTED):
        for found in pattern.finditer(sentence.text):
            labels = [_label(text=item) for item in _ITEM.split(found["items"])]
            labels = [label for label in labels if label and len(label) <= _MAX_ITEM]
            mentions = tuple(_mention(label=label, block=block, offset=sentence.start, kinds=kinds) for label in labels)
            if len(mentions) >= _MIN_ITEMS and (pattern is _BRACKETED or any(mention.keys for mention in mentions)):
                return mentions
    return ()


def _label(*, text: str) -> str:
    label = plain(text=text).rstrip(" .…").removesuffix("etc").strip(" .…,;:()")
    while (article := _ARTICLE.match(label)) is not None:
        label = label[article.end() :]
    return label


def _mention(*, label: str, block: Block, offset: int, kinds: Lexicon) -> StructureMention:
    label = _label(text=label)
    found = kinds.find(tokens=tokens_of(text=label))
    keys = tuple(dict.fromkeys(entry.key for match in found for entry in match.entries if not entry.is_hint))
    confidence = Confidence.RECOGNISED if keys else Confidence.GUESSED
    return StructureMention(
        label=label, keys=keys, provenance=provenance_at(block=block, offset=offset, confidence=confidence)
    )
