"""French dates as recaps print them: « jeudi 24 novembre 2022 », « 1er déc. 2022 », « du 24 au 25/11/2022 »."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from events.recap.typography import fold

_MONTHS = {
    fold(name): number
    for number, names in enumerate(
        (
            "janvier janv jan",
            "février févr fév fevr",
            "mars",
            "avril avr",
            "mai",
            "juin",
            "juillet juil",
            "août aout",
            "septembre sept sep",
            "octobre oct",
            "novembre nov",
            "décembre déc",
        ),
        start=1,
    )
    for name in names.split()
}
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
    """Find the dates of a text in order; those printed without a year are found when ``default_year`` is given.

    What is no day of the calendar (« 31/02/2022 ») is not a date.
    """
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
    if found["single_day"]:
        parts = found["single_day"], found["single_month"], found["single_year"]
    elif found["number_day"]:
        parts = found["number_day"], found["number_month"], found["number_year"]
    else:
        parts = found["iso_day"], found["iso_month"], found["iso_year"]
    day = _day(day=parts[0], month=parts[1], year=parts[2], default_year=default_year)
    if day is None:
        return None
    return DateMention(start=found.start(), end=found.end(), days=(day,), is_year_deduced=not parts[2])


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
