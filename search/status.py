"""Where each index stands, for the operator."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q

from search.engines.base import Engine, EngineState
from search.models import IndexConsumer, OutboxEntry


@dataclass(frozen=True, slots=True)
class ConsumerStatus:
    """What the outbox still holds for an index."""

    name: str
    generation: str
    rebuilt_at: datetime | None
    last_seen_at: datetime | None
    pending: int
    failing: int
    oldest_change: datetime | None
    errors: tuple[str, ...]


def consumer_statuses() -> list[ConsumerStatus]:
    """Return the state of every index known to this database."""
    statuses = []
    for consumer in IndexConsumer.objects.all():
        pending = OutboxEntry.objects.of(consumer=consumer.name).pending()
        counts = pending.aggregate(
            pending=Count("pk"), failing=Count("pk", filter=Q(attempts__gt=0)), oldest_change=Min("changed_at")
        )
        errors = pending.exclude(last_error="").order_by("-attempts").values_list("page_id", "last_error")[:5]
        statuses.append(
            ConsumerStatus(
                name=consumer.name,
                generation=consumer.generation,
                rebuilt_at=consumer.rebuilt_at,
                last_seen_at=consumer.last_seen_at,
                errors=tuple(f"page {page_id} : {error}" for page_id, error in errors),
                **counts,
            )
        )
    return statuses


def needs_rebuild(*, engine: Engine) -> bool:
    """Whether the index of ``engine`` is missing, of another version, or not the one this database keeps up to date."""
    if engine.state() is not EngineState.READY:
        return True
    return not IndexConsumer.objects.filter(name=engine.name, generation=engine.generation()).exists()
