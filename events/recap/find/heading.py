import re
from dataclasses import dataclass
from datetime import date

from events.recap.find.dates import find_dates, is_of_something_else
from events.recap.parsed import Confidence, Found, provenance_at
from events.recap.read.text import Block, BlockKind, RecapText, plain

_WORD = r"(?:web[- ]?)?ateliers?|webinaires?"
_ORDINAL = re.compile(
    rf"(?<![\d.,/])(?P<number>\d{{1,4}})\s?(?:i?[èeé]mes?|[èe]re|er|re|nde?|[eèé])\s+(?P<word>{_WORD})\b", re.IGNORECASE
)
_CARDINAL = re.compile(
    rf"\b(?P<word>{_WORD})(?:\s+(?:de\s+la\s+)?dihal)?\s*,?\s*(?P<mark>n\s?[°ºo]s?\.?\s?|num[ée]ro\s+|#\s?)?(?P<number>\d{{1,4}})"
    r"(?![\d/.,]*\d)(?!\s?[%€h])(?P<after>\s*(?:[:–—«“\"(|]|-\s|de\s+la\s+dihal|\Z))?",
    re.IGNORECASE,
)
_WORKSHOP = re.compile(rf"\b(?:{_WORD})\b", re.IGNORECASE)
_DIHAL = re.compile(r"\bdihal\b", re.IGNORECASE)
_RETURN = re.compile(
    rf"\b(?:retour|compte[- ]rendu|bilan|synth[èe]se|replay)\s+(?:sur|de|du)\b.{{0,80}}?\b(?:{_WORD})\b", re.IGNORECASE
)
_QUOTES = {"«": "»", "“": "”", "„": "”"}
_SEPARATED = re.compile(
    r"\s*(?:[:–—|]|-\s|,?\s+(?:sur|consacr[ée]+s?\s+(?:à|au|aux)|intitul[ée]+)\s)\s*(?P<subject>\S.*)", re.DOTALL
)
_AFTER_NUMBER = re.compile(r"(?:\s+(?:de\s+la\s+dihal|dihal|du\s+p[ôo]le\b[^:–—]{0,60}))?", re.IGNORECASE)
_DATE_LEAD = re.compile(
    r"[\s,(–—:|-]*(?:(?:du|des|le|les|au|tenu|organis[ée]|(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche))\s*){0,4}\Z",
    re.IGNORECASE,
)
_THEME = re.compile(
    r"(?:consacr[ée]e?\s+(?:à|au|aux)|port(?:ait|é|ant)\s+sur|sur\s+le\s+th[èe]me\s+(?:de\s+la|de\s+l[’']|des|du|de|d[’'])?|"
    r"avait\s+pour\s+(?:th[èe]me|sujet|objet)|intitul[ée]e?)\s*:?\s*(?P<subject>[^.:;(]{8,250})",
    re.IGNORECASE,
)
# Verbs of a sentence about the workshop, outside of its quoted subject: « a réuni », « s’est tenu ».
_PREDICATE = re.compile(r"\b(?:a|ont|s[’']est|[ée]tait|avait)\s+(?:[ée]t[ée]\s+)?\w+[ée]?", re.IGNORECASE)
_MAX_TITLE = 600
_MAX_SUBJECT = 250
_MAX_AFTER_DATE = 2  # a closing bracket, a full stop
_MAX_NUMBER = 1899  # « les ateliers 2022 » names a year


@dataclass(frozen=True, slots=True, kw_only=True)
class Title:
    block: Block
    number: Found[int] | None
    subject: Found[str] | None
    days: Found[tuple[date, ...]] | None


def is_title(*, block: Block) -> bool:
    """Whether a block is a title, and not a sentence of the text that names the workshop."""
    quoted = quoted_text(text=block.text)
    words = block.text.replace(block.text[quoted[1] : quoted[1] + len(quoted[0])], "") if quoted else block.text
    is_sentence = _PREDICATE.search(words) is not None or words.endswith(":")
    return block.kind is BlockKind.HEADING or (len(block.text) <= _MAX_TITLE // 2 and not is_sentence)


def find_title(*, text: RecapText) -> Title | None:
    """Find the title of a recap, or ``None`` when the text says neither the number nor the subject of a workshop.

    The first block that numbers a workshop gives the number, a title of the page before any other; links to other
    recaps come after it. Its subject and date may stand in another block that names the same workshop.
    """
    numbered = [(block, number) for block in text.blocks if (number := _number_in(block=block)) is not None]
    if not numbered:
        return _unnumbered_title(blocks=text.blocks)
    titles = [pair for pair in numbered if pair[0].kind is BlockKind.HEADING and pair[0].level == 1]
    block, number = (titles or numbered)[0]
    is_titled = block.kind is BlockKind.HEADING or len(block.text) <= _MAX_TITLE // 2
    if not is_titled and not any(_DIHAL.search(other.text) for other in text.blocks):
        return None
    same = [block, *(other for other, value in numbered if value.value == number.value and other is not block)]
    subject = next((found for other in same if (found := _subject_in(block=other)) is not None), None)
    days = next((day for other in same if (day := _days_in(block=other)) is not None), None)
    return Title(
        block=block, number=number, subject=subject or _guessed_subject(blocks=text.blocks, title=block), days=days
    )


def _unnumbered_title(*, blocks: tuple[Block, ...]) -> Title | None:
    for block in blocks:
        if len(block.text) > _MAX_TITLE or not _WORKSHOP.search(block.text):
            continue
        names_it = _DIHAL.search(block.text) or _RETURN.search(block.text)
        if names_it and (subject := _subject_in(block=block)) is not None:
            return Title(block=block, number=None, subject=subject, days=_days_in(block=block))
    return None


def _number_in(*, block: Block) -> Found[int] | None:
    found = _number_match(text=block.text)
    return Found(int(found["number"]), provenance_at(block=block, offset=found.start())) if found else None


def _number_match(*, text: str) -> re.Match[str] | None:
    ordinal = _ORDINAL.search(text)
    if ordinal is not None and 0 < int(ordinal["number"]) <= _MAX_NUMBER:
        return ordinal
    for found in _CARDINAL.finditer(text):
        is_marked = bool(found["mark"]) or found["after"] is not None
        if is_marked and 0 < int(found["number"]) <= _MAX_NUMBER:
            return found
    return None


def _subject_in(*, block: Block) -> Found[str] | None:
    """Read the subject of a title: what is quoted, else what follows a colon or a dash, up to the date."""
    if len(block.text) > _MAX_TITLE:
        return None
    quoted = quoted_text(text=block.text)
    if quoted is not None:
        return Found(quoted[0], provenance_at(block=block, offset=quoted[1]))
    number = _number_match(text=block.text) or _RETURN.search(block.text)
    if number is None:
        return None
    end = number.start("after") if "after" in number.groupdict() and number["after"] else number.end()
    named = _AFTER_NUMBER.match(block.text, end)
    start = named.end() if named else end
    # A date between the number and the subject: « 86e atelier du 24 novembre 2022 : l’AVDL ».
    for mention in find_dates(text=block.text, default_year=2000):
        if mention.start >= start and _DATE_LEAD.fullmatch(block.text[start : mention.start]):
            start = mention.end
            break
    separated = _SEPARATED.match(block.text, start)
    if separated is None:
        return None
    subject = _without_date(text=separated["subject"])
    if not subject or len(subject) > _MAX_SUBJECT:
        return None
    return Found(subject, provenance_at(block=block, offset=separated.start("subject")))


def quoted_text(*, text: str) -> tuple[str, int] | None:
    """Return what stands between the first quotes of a text and its offset; quotes inside quotes belong to it."""
    opening = re.search(r"[«“„\"]", text)
    if opening is None:
        return None
    mark = opening.group()
    start = opening.end()
    if mark == '"':
        end = text.find('"', start)
    else:
        depth, end = 1, -1
        for sign in re.finditer(f"[{mark}{_QUOTES[mark]}]", text[start:]):
            depth += 1 if sign.group() == mark else -1
            if depth == 0:
                end = start + sign.start()
                break
    inside = plain(text=text[start:end]) if end > start else ""
    return (inside, start) if inside and len(inside) <= _MAX_SUBJECT else None


def _without_date(*, text: str) -> str:
    """Cut the date that ends a title, with the words that lead to it."""
    for mention in find_dates(text=text, default_year=2000):
        if len(text) - mention.end <= _MAX_AFTER_DATE:
            lead = _DATE_LEAD.search(text[: mention.start])
            text = text[: lead.start() if lead else mention.start]
            break
    return plain(text=text).strip(" .,:;–—|-(")


def _guessed_subject(*, blocks: tuple[Block, ...], title: Block) -> Found[str] | None:
    """Look for the subject out of the title: a heading right after it, or « consacré à … » in the first paragraphs."""
    following = [block for block in blocks if block.index > title.index][:6]
    after = following[0] if following else None
    if after is not None and (after.kind is BlockKind.HEADING or after.is_strong) and len(after.text) <= _MAX_SUBJECT:
        quoted = quoted_text(text=after.text)
        subject = quoted[0] if quoted else _without_date(text=after.text)
        if subject:
            return Found(subject, provenance_at(block=after, confidence=Confidence.GUESSED))
    for block in (title, *following):
        if theme := _THEME.search(block.text):
            quoted = quoted_text(text=block.text[theme.start("subject") :])
            subject = quoted[0] if quoted else _without_date(text=theme["subject"])
            return Found(subject, provenance_at(block=block, offset=theme.start(), confidence=Confidence.GUESSED))
    return None


def _days_in(*, block: Block) -> Found[tuple[date, ...]] | None:
    """Read the days of the workshop in a title; a date inside the quoted subject is part of the subject."""
    if len(block.text) > _MAX_TITLE or not is_title(block=block):
        return None
    quoted = quoted_text(text=block.text)
    hidden = range(quoted[1], quoted[1] + len(quoted[0])) if quoted else range(0)
    for mention in find_dates(text=block.text):
        if mention.start not in hidden and not is_of_something_else(text=block.text, mention=mention):
            return Found(mention.days, provenance_at(block=block, offset=mention.start))
    return None
