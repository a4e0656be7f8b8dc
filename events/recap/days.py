"""The days of the workshop, among all the dates a recap names: laws, surveys and committees have theirs."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from events.recap.dates import DateMention, find_dates
from events.recap.parsed import Confidence, Found
from events.recap.provenance import provenance_at
from events.recap.text import Block, Sentence, split_sentences

_WEEKDAYS = r"(?:(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)s?\s+)?"
# « a tenu », « s’est tenu », « aura lieu », « organisé … »: what is said of the workshop itself.
_HELD = (
    r"\b(?:tenue?s?|tient|tiendra|tenait|d[ée]roul\w+|(?:eu|avait|a|aura|avoir)\s+lieu|organis\w+|propos\w+|r[ée]uni\w*|rassembl\w+|"
    r"anim\w+|accueill\w+|programm[ée]\w*|pr[ée]vue?|invit\w+|rendez-vous)\b"
)
_HELD_BEFORE = re.compile(rf"{_HELD}[^.;!?]{{0,160}}\Z", re.IGNORECASE)
_HELD_AFTER = re.compile(rf"\A[^.;!?]{{0,80}}?{_HELD}", re.IGNORECASE)
# « le 17 janvier », « ce jeudi 17 janvier », « du 17 au 18 janvier »: a day by itself…
_BY_ITSELF = re.compile(rf"(?:\A|\b(?:les?|ce|dat[ée]e?s?\s+du)\s+|[(,:–—|-]\s*){_WEEKDAYS}\Z", re.IGNORECASE)
# … or that of the workshop.
_OF_THE_WORKSHOP = re.compile(
    r"(?:\b(?:web[- ]?)?ateliers?|\bwebinaires?|\bjourn[ée]es?|\brencontres?|\bmatin[ée]es?|"
    r"\bapr[èe]s-midi|\bdihal|»|\")\s+"
    rf"(?:du|des|de)\s+{_WEEKDAYS}\Z",
    re.IGNORECASE,
)
# « le comité du 6 décembre »: the day of something else.
_OF_SOMETHING = re.compile(rf"(?:\w|[)»”\"])\s+(?:du|des|de|d[’'])\s*{_WEEKDAYS}\Z", re.IGNORECASE)
_LAST = re.compile(r"\A\s+dernier", re.IGNORECASE)
_MAX_BESIDE = 30  # characters of a line that is a date: « Paris, les 24 et 25 novembre 2019 »
_SEEN = 200  # characters before a date that say what it is that of
_ANY_YEAR = 2000  # a leap year: every day of the calendar exists


def is_of_something_else(*, text: str, mention: DateMention) -> bool:
    """Say whether a date is told as that of a law, a committee…: neither by itself, nor that of the workshop."""
    before = text[max(0, mention.start - _SEEN) : mention.start]
    return _OF_THE_WORKSHOP.search(before) is None and _OF_SOMETHING.search(before) is not None


def find_days(*, blocks: Sequence[Block], published: date | None) -> Found[tuple[date, ...]] | None:
    """Find the days of the workshop in its introduction.

    Sure: tied to the verb that says it was held, with the year, or alone on a line. A guess: without the year, which is
    then that of the publication; or the first date that is of nothing else. None at all where the day is said without a
    year that anything gives: another date would contradict the text.
    """
    guess: Found[tuple[date, ...]] | None = None
    is_year_missing = False
    for block in blocks:
        for sentence in split_sentences(text=block.text):
            for mention, is_tied in _nearest_first(_candidates(sentence=sentence, published=published)):
                if mention.is_year_deduced and published is None:
                    is_year_missing = True
                    continue
                found = _found(block=block, sentence=sentence, mention=mention, published=published)
                is_sure = not mention.is_year_deduced and (
                    is_tied or len(block.text) - (mention.end - mention.start) <= _MAX_BESIDE
                )
                if is_sure:
                    return found
                provenance = replace(found.provenance, confidence=Confidence.GUESSED)
                if is_tied:
                    return None if is_year_missing else Found(found.value, provenance)
                guess = guess or Found(found.value, provenance)
    return None if is_year_missing else guess


def _candidates(*, sentence: Sentence, published: date | None) -> list[tuple[DateMention, int | None]]:
    """The dates of a sentence that are of nothing else, with how far the verb is that says the workshop was held."""
    text = sentence.text
    found = []
    after_last = 0
    mentions = find_dates(text=text, default_year=published.year if published else _ANY_YEAR)
    for position, mention in enumerate(mentions):
        until = mentions[position + 1].start if position + 1 < len(mentions) else len(text)
        if not is_of_something_else(text=text, mention=mention):
            found.append((mention, _distance(text, mention, start=after_last, end=until)))
        after_last = mention.end
    return found


def _distance(text: str, mention: DateMention, *, start: int, end: int) -> int | None:
    before, after = text[max(start, mention.start - _SEEN) : mention.start], text[mention.end : end]
    if _OF_THE_WORKSHOP.search(before):
        return 0
    if not _BY_ITSELF.search(before):
        return None
    held = _HELD_BEFORE.search(before)
    if held is not None:
        return len(before) - held.start()
    held = _HELD_AFTER.match(after[:120])
    return None if held is None else held.end()


def _nearest_first(candidates: list[tuple[DateMention, int | None]]) -> list[tuple[DateMention, bool]]:
    tied = sorted((distance, mention.start, mention) for mention, distance in candidates if distance is not None)
    untied = [(mention, False) for mention, distance in candidates if distance is None]
    return [*((mention, True) for _distance, _start, mention in tied), *untied]


def _found(
    *, block: Block, sentence: Sentence, mention: DateMention, published: date | None
) -> Found[tuple[date, ...]]:
    days = mention.days
    is_of_the_year_before = published is not None and mention.is_year_deduced and days[0] > published
    if is_of_the_year_before and _LAST.match(sentence.text[mention.end :]):
        days = tuple(day.replace(year=day.year - 1) for day in days if (day.month, day.day) != (2, 29)) or days
    return Found(days, provenance_at(block=block, offset=sentence.start + mention.start))
