"""Texts as they are shown: French typography, acronyms told, telephone numbers one can call."""

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from html import escape

from django.db.models import Q
from django.utils.formats import date_format, number_format

from hub.vocabulary.models import Scheme

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
    return f"{'1er' if day.day == 1 else day.day}{NO_BREAK_SPACE}{date_format(day, 'F Y')}"


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


# What follows the name of a tag, to its end: quoted attributes may hold ">". Another "<" outside them says that this
# was no tag: a text of nothing but "<" is not read again from each of them.
_REST_OF_TAG = r"""(?:"[^"]*"|'[^']*'|[^'"<>])*>"""
# A comment that is never closed lasts until the end, as in a browser.
_COMMENT = r"<!--.*?(?:-->|\Z)"
_MARKUP = re.compile(rf"({_COMMENT}|<{_REST_OF_TAG})", re.DOTALL)
_TAG_NAME = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)")

# Texts whose spaces mean something, or are not read.
VERBATIM = frozenset("code kbd pre samp script style textarea".split())
# An ordinary space the French never end a line with: before high punctuation, inside guillemets.
_BREAKABLE = r"(?<!\s) (?=[:;!?»%€](?![\w/]))|(?<=«) "
# One pass over the page, which is the dearest part of this: what is not read is matched first, and stays as it is. An
# element that is never closed lasts until the end, as in a browser.
_UNREAD_OR_BREAKABLE = re.compile(
    rf"{_COMMENT}|<({'|'.join(sorted(VERBATIM))})\b{_REST_OF_TAG}.*?(?:</\1\s*>|\Z)"
    rf"|<{_REST_OF_TAG}|(?P<space>{_BREAKABLE})",
    re.DOTALL | re.IGNORECASE,
)


def no_break_spaces(*, html: str) -> str:
    """Return the HTML with the spaces of French punctuation made unbreakable, as editors rarely type them."""
    return _UNREAD_OR_BREAKABLE.sub(lambda found: NO_BREAK_SPACE if found["space"] else found[0], html)


def text_pieces(*, html: str, untouched: Collection[str]) -> Iterator[tuple[str, bool]]:
    """Yield the whole HTML in pieces, each with whether it is text out of the ``untouched`` elements (lower case)."""
    inside: list[str] = []
    for position, piece in enumerate(_MARKUP.split(html)):
        if position % 2 == 0:
            yield piece, not inside
            continue
        yield piece, False
        tag = _TAG_NAME.match(piece)
        if tag is None or tag[2].lower() not in untouched:
            continue
        if not tag[1]:
            inside.append(tag[2].lower())
        elif inside and inside[-1] == tag[2].lower():
            inside.pop()


# Inside these a text is left as it is: names of things (links, headings, buttons…), and what is not read as prose.
UNTOUCHED = frozenset(
    "a abbr button code h1 h2 h3 h4 h5 h6 label option pre script style summary textarea title".split()
)


def known_acronyms() -> dict[str, str]:
    """Return every acronym of the vocabulary with its expansion, in one query."""
    return dict(Scheme.objects.exclude(Q(acronym="") | Q(expansion="")).values_list("acronym", "expansion"))


def spell_out(*, html: str, expansions: Mapping[str, str]) -> str:
    """Return the HTML with the first reading of each acronym spelt out, tags and attributes untouched.

    An acronym is recognised in its exact case, as a whole word: « FNAVDL » does not hold « AVDL », « AVDL/ASLL »
    holds both.
    """
    if not expansions:
        return html
    titles = {escape(acronym): escape(expansion) for acronym, expansion in expansions.items()}
    longest_first = sorted(titles, key=len, reverse=True)
    pattern = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, longest_first))})(?![\w-])")

    def spelt(match: re.Match[str]) -> str:
        # Each acronym once: the second time, its title is gone.
        title = titles.pop(match[0], None)
        return f'<abbr title="{title}">{match[0]}</abbr>' if title else match[0]

    pieces = text_pieces(html=html, untouched=UNTOUCHED)
    return "".join(pattern.sub(spelt, piece) if is_prose and titles else piece for piece, is_prose in pieces)


_GAP = r"[ \u00a0\u202f.-]?"
# « +33 (0)1 99 00 01 10 »: the zero between brackets is not dialled.
_INTERNATIONAL = rf"(?:\+|00){_GAP}[1-9](?:{_GAP}(?:\(0\){_GAP})?\d){{7,13}}"
_NATIONAL = rf"0(?:{_GAP}\d){{9}}"
# 115, 3919, 116 117. Two digits alone are more often a day or an hour.
_SHORT = rf"116{_GAP}\d{{3}}|3\d{_GAP}\d\d|11[2-9]"
_NUMBER = re.compile(rf"(?<![\w+.,])(?:{_INTERNATIONAL}|{_NATIONAL}|{_SHORT})(?!{_GAP}\d|\w)")


def telephone_pieces(text: str) -> Iterator[tuple[str, str]]:
    """Yield the whole text in pieces, each with the ``tel:`` address of the number it is, empty for other words."""
    position = 0
    for number in _NUMBER.finditer(text):
        if number.start() > position:
            yield text[position : number.start()], ""
        yield number[0], f"tel:{_dialled(number[0])}"
        position = number.end()
    if position < len(text):
        yield text[position:], ""


def _dialled(number: str) -> str:
    digits = "".join(re.findall(r"\d", number.replace("(0)", "")))
    if number.startswith("+"):
        return f"+{digits}"
    return f"+{digits[2:]}" if digits.startswith("00") else digits
