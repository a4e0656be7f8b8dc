import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from events.recap.find import WORDS
from events.recap.parsed import Confidence, Found, provenance_at
from events.recap.read.text import Block, Sentence, fold, split_sentences

_MONTHS = {fold(name): number for number, names in enumerate(WORDS["months"], start=1) for name in names.split()}
_MONTH = (
    r"(?:janvier|janv|jan|f[ée]vrier|f[ée]vr|f[ée]v|mars|avril|avr|mai|juin|juillet|juil|ao[uû]t|septembre|sept|sep|octobre|oct|"
    r"novembre|nov|d[ée]cembre|d[ée]c)\b\.?"
)
_DAY = r"(?<![\d/.,])(?:1\s?er|0?[1-9]|[12]\d|3[01])(?![\d])"
_WEEKDAY = r"(?:(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)\s+)?"
_YEAR = r"(?:19|20)\d\d(?!\d)"
_SPAN = (
    rf"(?P<day>{_DAY})(?:\s+(?P<month>{_MONTH})(?:\s+(?P<year>{_YEAR}))?)?"
    rf"(?P<more>(?:\s?,\s?{_WEEKDAY}{_DAY}){{0,6}})"
    rf"\s?(?P<link>\bet|\bau|-|–)\s?(?:le\s+)?{_WEEKDAY}(?P<last_day>{_DAY})\s+(?P<last_month>{_MONTH})"
    rf"(?:\s+(?P<last_year>{_YEAR}))?"
)
_SINGLE = rf"(?P<single_day>{_DAY})\s+(?P<single_month>{_MONTH})(?:\s+(?P<single_year>{_YEAR}))?"
_NUMERIC = (
    r"(?<![\d/.-])(?P<number_day>\d{1,2})(?P<sep>[/.-])(?P<number_month>\d{1,2})(?P=sep)(?P<number_year>(?:19|"
    r"20)\d\d)(?![\d/-])"
)
_ISO = r"(?<![\d-])(?P<iso_year>(?:19|20)\d\d)-(?P<iso_month>\d\d)-(?P<iso_day>\d\d)(?![\d-])"
_ANY = re.compile(rf"{_SPAN}|{_SINGLE}|{_NUMERIC}|{_ISO}", re.IGNORECASE)
_ONE = re.compile(rf"{_SINGLE}|{_NUMERIC}|{_ISO}", re.IGNORECASE)
# A workshop lasts a few days; a longer span of dates is something else.
_MAX_SPAN = timedelta(days=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class DateMention:
    """One or several days named together: where in the text, and whether the year was deduced, not printed."""

    start: int
    end: int
    days: tuple[date, ...]
    is_year_deduced: bool = False


def find_dates(*, text: str, default_year: int | None = None) -> tuple[DateMention, ...]:
    """Find the dates of a text in order; « 31/02/2022 » is none. Without a year only when ``default_year`` is given."""
    mentions: list[DateMention] = []
    position = 0
    while (found := _ANY.search(text, position)) is not None:
        mention = _several_days(found=found, default_year=default_year) if found["link"] else None
        if mention is None:
            one = _ONE.match(text, found.start())
            mention = _one_day(found=one, default_year=default_year) if one else None
            position = one.end() if one else found.start() + 1
        else:
            position = mention.end
        if mention is not None:
            mentions.append(mention)
    return tuple(_joined(text=text, mentions=mentions))


def _several_days(*, found: re.Match[str], default_year: int | None) -> DateMention | None:
    """Read « 24 et 25 novembre 2022 », « 30 novembre au 1er décembre 2022 », « 6, 7 et 8 mars 2023 »."""
    last = _day(day=found["last_day"], month=found["last_month"], year=found["last_year"], default_year=default_year)
    if last is None:
        return None
    month = found["month"] or found["last_month"]
    year = found["year"] or str(last.year - (_month_number(name=month) > last.month))
    listed = [found["day"], *re.findall(_DAY, found["more"], re.IGNORECASE)]
    days = [_day(day=day, month=month, year=year, default_year=None) for day in listed]
    known = [day for day in days if day is not None]
    if len(known) != len(days) or not known[0] < last <= known[0] + _MAX_SPAN:
        return None
    if found["link"].casefold() == "et" or len(known) > 1:
        known.append(last)
    else:
        known = [known[0] + timedelta(days=gap) for gap in range((last - known[0]).days + 1)]
    return DateMention(
        start=found.start(),
        end=found.end(),
        days=tuple(known),
        is_year_deduced=not (found["last_year"] or found["year"]),
    )


def _one_day(*, found: re.Match[str], default_year: int | None) -> DateMention | None:
    form = next(form for form in ("single", "number", "iso") if found[f"{form}_day"])
    year = found[f"{form}_year"]
    day = _day(day=found[f"{form}_day"], month=found[f"{form}_month"], year=year, default_year=default_year)
    if day is None:
        return None
    return DateMention(start=found.start(), end=found.end(), days=(day,), is_year_deduced=not year)


def _joined(*, text: str, mentions: list[DateMention]) -> list[DateMention]:
    """Join « du 24/11/2022 au 25/11/2022 », two whole dates, into the days they span."""
    joined: list[DateMention] = []
    for mention in mentions:
        before = joined[-1] if joined else None
        link = text[before.end : mention.start].strip().casefold() if before else ""
        if (
            before
            and link in {"au", "et", "et le"}
            and before.days[-1] < mention.days[0] <= before.days[-1] + _MAX_SPAN
        ):
            days = (*before.days, *mention.days)
            if link == "au":
                days = tuple(days[0] + timedelta(days=gap) for gap in range((days[-1] - days[0]).days + 1))
            deduced = before.is_year_deduced or mention.is_year_deduced
            joined[-1] = DateMention(start=before.start, end=mention.end, days=days, is_year_deduced=deduced)
        else:
            joined.append(mention)
    return joined


def _month_number(*, name: str) -> int:
    return int(name) if name.isdigit() else _MONTHS[fold(name.rstrip("."))]


def _day(*, day: str, month: str, year: str | None, default_year: int | None) -> date | None:
    whole_year = int(year) if year else default_year
    if whole_year is None:
        return None
    try:
        return date(whole_year, _month_number(name=month), int(day.casefold().removesuffix("er")))
    except ValueError:
        return None


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
    if held := _HELD_BEFORE.search(before):
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
