"""Counting what serves a few times only, in the one place every process and every host shares: the database."""

import hashlib
from datetime import timedelta

from django.db.models import F
from django.utils import timezone

from hub.accounts.models import CountedUse

# Longer than anything counted here can serve, and than a clock is usually wrong.
KEPT_FOR = timedelta(days=1)


def take(*, what: str, most: int) -> int | None:
    """Use ``what`` once more, and return how many uses are left; None when there was none left, nothing is then used.

    Of any number of simultaneous callers, ``most`` get an answer that is not None, whatever happens to their sessions:
    one statement looks and counts.
    """
    now = timezone.now()
    rows = CountedUse.objects.filter(key=_key(what=what))
    CountedUse.objects.filter(forgotten_at__lt=now).delete()
    row = CountedUse(key=_key(what=what), forgotten_at=now + KEPT_FOR)
    CountedUse.objects.bulk_create([row], ignore_conflicts=True)
    if not rows.filter(count__lt=most).update(count=F("count") + 1):
        return None
    return most - rows.values_list("count", flat=True).get()


def is_taken(*, what: str) -> bool:
    """Whether ``what`` was used at least once."""
    return CountedUse.objects.filter(key=_key(what=what), count__gt=0).exists()


def _key(*, what: str) -> str:
    return hashlib.sha256(what.encode()).hexdigest()
