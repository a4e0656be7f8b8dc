"""Keeping what visitors say they were looking for, without anything that says who they are, and not for ever."""

from datetime import datetime, timedelta

from search import presentation
from search.resolving import Resolution
from search.unanswered.models import UnansweredSearch
from search.unanswered.personal_data import mask

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
    """Return the names of what a search is narrowed by."""
    territory = resolution.territory.name if resolution.territory else ""
    return [
        chip.label
        for chip in presentation.chips(query=resolution.query, labels=resolution.labels, territory_label=territory)
    ]


def forget(*, now: datetime) -> int:
    """Delete what is older than thirteen months, and return how many there were."""
    _, by_model = UnansweredSearch.objects.filter(created_at__lt=now - timedelta(days=KEPT_DAYS)).delete()
    return by_model.get(UnansweredSearch._meta.label, 0)
