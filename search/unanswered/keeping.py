"""Keep what was asked in vain, without what names somebody, and forget it in time."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise

from django.utils import timezone

from hub.daily.registry import DailyTask, register_daily_task
from search import presentation
from search.resolving import Resolution
from search.unanswered.models import UnansweredSearch

MASK = "[masqué]"

# Letters, digits and signs around an at sign, written or spelled out; the spaces around it make no difference.
_MAIL = re.compile(
    r"[\w.+-]{1,64}\s?(?:@|[(\[{]\s?(?:at|a|arobase|chez)\s?[)\]}]|\barobase\b)\s?[\w-]{1,63}(?:\s?(?:\.|[(\[]\s?(?:dot|point)\s?[)\]]|\bpoint\b)\s?[\w-]{1,63}){1,5}",
    re.IGNORECASE,
)
_AT = re.compile(r"\S{1,64}@\S{1,64}")
# Digits with the signs people put between them. Which of them make a number of somebody is told by their count.
_DIGITS = re.compile(r"(?<![\w-])\+?\(?\d(?:[\s.\-/()_]{0,3}\d){7,24}(?!\w)")
_FEWEST = 9  # digits of a telephone number without its 0
_AMOUNT = re.compile(r"[1-9]\d{0,2}(?:[ .]\d{3})+")
# What may stand side by side and tell nothing of anybody: days, years, postcodes.
_OF_NOBODY = re.compile(r"(?<!\d)(?:(?:\d{1,2}[/.\- ]\d{1,2}[/.\- ])?(?:19|20)\d\d|\d{5})(?!\d)")


def personal_parts(text: str) -> list[tuple[int, int]]:
    """Return where a text, as ``folded_digits`` gives it, has an address of mail or a number of somebody's."""
    found = [match.span() for pattern in (_MAIL, _AT) for match in pattern.finditer(text)]
    found += [match.span() for match in _DIGITS.finditer(text) if _is_of_somebody(match[0])]
    merged: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def has_personal_data(text: str) -> bool:
    return bool(personal_parts(folded_digits(text)))


def mask(text: str) -> str:
    """Return a text, its compatibility forms made plain, with ``MASK`` for whatever tells who somebody is."""
    plain = folded_digits(text)
    parts = personal_parts(plain)
    ends = [(0, 0), *parts, (len(plain), len(plain))]
    return MASK.join(plain[end:start] for (_, end), (start, _) in pairwise(ends))


def folded_digits(text: str) -> str:
    """Return a text whose digits and at signs are the plain ones, whatever the script they were written in."""
    plain = unicodedata.normalize("NFKC", text)
    plain = "".join(char for char in plain if unicodedata.category(char) != "Cf")
    return "".join(str(unicodedata.digit(char)) if char.isdigit() and not char.isascii() else char for char in plain)


def _is_of_somebody(written: str) -> bool:
    if _AMOUNT.fullmatch(written):
        return False
    left = written if written.startswith("+") else _OF_NOBODY.sub("", written)
    return len(re.sub(r"\D", "", left)) >= _FEWEST


KEPT_DAYS = 396  # thirteen months
# The same words again within this time are the button pressed twice.
SAME_WITHIN = timedelta(hours=1)


def keep(*, text: str, resolution: Resolution, now: datetime) -> UnansweredSearch:
    """Keep what somebody says they were looking for, with the search they made. Said twice, it is kept once.

    The words of the search are kept without addresses of mail and telephone numbers.
    """
    query = resolution.query.replace(text=mask(resolution.query.text))
    twin = UnansweredSearch.objects.filter(text=text, query=query.text, created_at__gte=now - SAME_WITHIN).first()
    if twin is not None:
        return twin
    kept: UnansweredSearch = UnansweredSearch.objects.create(
        text=text,
        query=query.text,
        filters="\n".join(filter_names(resolution=resolution)),
        querystring=query.querystring(),
        created_at=now,
    )
    return kept


def filter_names(*, resolution: Resolution) -> list[str]:
    territory = resolution.territory.name if resolution.territory else ""
    chips = presentation.chips(query=resolution.query, labels=resolution.labels, territory_label=territory)
    return [chip.label for chip in chips]


def forget(*, now: datetime) -> int:
    _, by_model = UnansweredSearch.objects.filter(created_at__lt=now - timedelta(days=KEPT_DAYS)).delete()
    return by_model.get(UnansweredSearch._meta.label, 0)


def register() -> None:
    task = DailyTask("forget_unanswered_searches", "Anciennes recherches sans réponse", forget_unanswered_searches)
    register_daily_task(task)


def forget_unanswered_searches() -> Iterator[str]:
    forgotten = forget(now=timezone.now())
    if forgotten:
        yield f"{forgotten} recherche(s) sans réponse effacée(s)"
