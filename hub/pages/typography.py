"""Write numbers, moments, lengths of time and sizes of files the French way."""

from datetime import date, timedelta
from decimal import Decimal

from django.utils.formats import date_format, number_format

NARROW_NO_BREAK_SPACE = "\u202f"
NO_BREAK_SPACE = "\u00a0"
# Longest unit taken for a symbol (%, M€, m²), which no line break may part from its number.
SYMBOL_MAX_LENGTH = 3


def figure_words(*, qualifier: str, value: Decimal, unit: str) -> str:
    """Write a key figure: « plus de 21 000 ménages », « 52 M€ ». A symbol stays with its number."""
    space = NO_BREAK_SPACE if len(unit) <= SYMBOL_MAX_LENGTH else " "
    number = space.join(word for word in (french_number(value), unit) if word)
    return f"{qualifier} {number}" if qualifier else number


def french_number(value: Decimal) -> str:
    """Write a number with groups of three digits and no useless decimal: « 21 000 », « 3,5 »."""
    plain = format(value.normalize(), "f")
    decimals = len(plain.partition(".")[2])
    return number_format(value, decimal_pos=decimals, use_l10n=True, force_grouping=True).replace(
        NO_BREAK_SPACE, NARROW_NO_BREAK_SPACE
    )


def long_date(day: date) -> str:
    """Write a day in full: « 1er décembre 2022 »."""
    number = "1er" if day.day == 1 else str(day.day)
    return f"{number}{NO_BREAK_SPACE}{date_format(day, 'F Y')}"


def clock(duration: timedelta | int) -> str:
    """Write a moment of a recording, in seconds or as a duration, as players do: « 4:05 », « 1:02:05 »."""
    seconds = int(duration.total_seconds()) if isinstance(duration, timedelta) else duration
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def spoken_duration(duration: timedelta) -> str:
    """Write a length of time in words: « 2 h 15 », « 45 min »."""
    hours, minutes = divmod(round(duration.total_seconds() / 60), 60)
    if not hours:
        return f"{minutes}{NO_BREAK_SPACE}min"
    return f"{hours}{NO_BREAK_SPACE}h{NO_BREAK_SPACE}{minutes:02}" if minutes else f"{hours}{NO_BREAK_SPACE}h"


def file_size(size: int | None) -> str:
    """Write the size of a file, in bytes, with the French units: « 340 ko », « 1,2 Mo »; nothing when unknown."""
    if not size:
        return ""
    kilobytes = Decimal(size) / 1000
    if kilobytes < 1000:  # noqa: PLR2004 — the next unit
        return f"{max(1, round(kilobytes))}{NO_BREAK_SPACE}ko"
    return f"{french_number((kilobytes / 1000).quantize(Decimal('0.1')))}{NO_BREAK_SPACE}Mo"
