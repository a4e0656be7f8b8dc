from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q
from django.utils import timezone

from hub.pages.catalogue import catalogue_models, published_entries
from hub.pages.records import MOMENT_TYPE
from hub.web.health import Light, Reading, register_probe
from search.asking import breaker_of
from search.compiler import CompiledQuery
from search.engines.base import Engine, EngineError, EngineState
from search.engines.selection import engines
from search.models import IndexConsumer, OutboxEntry

_SHOWN_ERRORS = 5
_SHOWN_SET_ASIDE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsumerStatus:
    """What is known in the database of an index: its row, and what it is owed.

    ``pending`` pages are owed, ``failing`` of them were tried in vain; ``set_aside_count`` others wait for a change or
    a person, and ``set_aside`` gives the first hundred, with the reasons.
    """

    row: IndexConsumer
    pending: int
    failing: int
    set_aside_count: int
    oldest_change: datetime | None
    errors: tuple[str, ...]
    set_aside: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineStatus:
    """What an engine of this host says of itself; ``error`` is why it did not answer, with ``state`` then ``None``."""

    name: str
    is_standby: bool
    state: EngineState | None = None
    error: str = ""
    generation: str = ""
    documents: Mapping[str, int]
    needs_rebuild: bool = False
    consumer: ConsumerStatus | None

    @property
    def document_count(self) -> int:
        return sum(self.documents.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchStatus:
    engines: tuple[EngineStatus, ...]
    elsewhere: tuple[ConsumerStatus, ...]
    published: Mapping[str, int]
    labels: Mapping[str, str]

    def documents_by_type(self, engine: EngineStatus) -> tuple[tuple[str, int, int | None], ...]:
        types = sorted({*engine.documents, *self.published})
        return tuple(
            (self.labels.get(name, name), engine.documents.get(name, 0), self.published.get(name)) for name in types
        )


def search_status() -> SearchStatus:
    """Return the state of every index: those of this host are asked, an engine that fails being one that says so."""
    consumers = {consumer.row.name: consumer for consumer in consumer_statuses()}
    here = tuple(
        _engine_status(engine, is_standby=position > 0, consumer=consumers.pop(engine.name, None))
        for position, engine in enumerate(engines())
    )
    models = catalogue_models()
    return SearchStatus(
        engines=here,
        elsewhere=tuple(consumers.values()),
        published={model.catalogue_type: published_entries(model).count() for model in models},
        labels={model.catalogue_type: model.catalogue_label_plural for model in models},
    )


def consumer_statuses() -> list[ConsumerStatus]:
    """Return what the database knows of every index. Asks no engine."""
    return [_consumer_status(consumer) for consumer in IndexConsumer.objects.all()]


def needs_rebuild(*, engine: Engine) -> bool:
    """Whether the index is missing, of another version, or not the one followed. Raises ``EngineError``."""
    return engine.state() is not EngineState.READY or not _is_followed(engine)


def rebuild_is_due(*, engine: Engine) -> bool:
    """Whether the index has to be made anew, as far as can be known: not when the engine does not answer."""
    try:
        return needs_rebuild(engine=engine)
    except EngineError:
        return False


def rebuilds_by_itself(*, engine: Engine) -> bool:
    """Whether a worker makes the index anew without being asked.

    It leaves a shared index of another version to the release step: during a deployment both versions are at work.
    Raises ``EngineError`` when the engine does not answer.
    """
    state = engine.state()
    if state is EngineState.OUTDATED:
        return not engine.is_shared
    return state is EngineState.MISSING or not _is_followed(engine)


def _is_followed(engine: Engine) -> bool:
    return IndexConsumer.objects.filter(name=engine.name, generation=engine.generation()).exists()


def _engine_status(engine: Engine, *, is_standby: bool, consumer: ConsumerStatus | None) -> EngineStatus:
    try:
        answer = engine.search(CompiledQuery(size=1))
        state, generation = engine.state(), engine.generation()
        return EngineStatus(
            name=engine.name,
            is_standby=is_standby,
            state=state,
            generation=generation,
            documents={c.value: c.count for c in answer.facets.get("type", ()) if c.value != MOMENT_TYPE},
            needs_rebuild=state is not EngineState.READY or consumer is None or consumer.row.generation != generation,
            consumer=consumer,
        )
    except EngineError as error:
        return EngineStatus(name=engine.name, is_standby=is_standby, error=str(error), documents={}, consumer=consumer)


def _consumer_status(consumer: IndexConsumer) -> ConsumerStatus:
    rows = OutboxEntry.objects.filter(consumer=consumer)
    owed = rows.owed()
    counts = owed.aggregate(
        pending=Count("pk"), failing=Count("pk", filter=Q(attempts__gt=0)), oldest_change=Min("changed_at")
    )
    errors = owed.exclude(last_error="").order_by("-attempts", "page_id").values_list("page_id", "last_error")
    set_aside = rows.set_aside().order_by("page_id").values_list("page_id", "last_error")
    return ConsumerStatus(
        row=consumer,
        set_aside_count=rows.set_aside().count(),
        errors=tuple(f"page {page_id} : {error}" for page_id, error in errors[:_SHOWN_ERRORS]),
        set_aside=tuple(set_aside[:_SHOWN_SET_ASIDE]),
        **counts,
    )


# A change is delivered in a second or two; past this, somebody has noticed or will.
LATE_SECONDS = 60


def register() -> None:
    register_probe(name="index", probe=index_probe)
    register_probe(name="livraison", probe=delivery_probe)


def index_probe() -> Reading:
    asked = engines()
    answering = [engine for engine in asked if _answers(engine)]
    if not answering:
        return Reading(
            Light.DOWN, "aucun index ne peut répondre : la base répond en mode secours jusqu’à ce qu’il y en ait un"
        )
    if asked[0] not in answering:
        return Reading(Light.DEGRADED, "le moteur principal ne répond pas ou n’a pas d’index : le secours répond")
    if len(answering) < len(asked) or any(rebuild_is_due(engine=engine) for engine in answering):
        return Reading(Light.DEGRADED, "une reconstruction est due ; l’index en place répond en attendant")
    return Reading(Light.OK, "l’index répond")


def delivery_probe() -> Reading:
    names = {engine.name for engine in engines()}
    statuses = [status for status in consumer_statuses() if status.row.name in names]
    waiting = sum(status.pending for status in statuses)
    if set_aside := sum(status.set_aside_count for status in statuses):
        return Reading(Light.DEGRADED, f"{set_aside} page(s) refusée(s) par un index, mise(s) de côté")
    oldest = min((status.oldest_change for status in statuses if status.oldest_change), default=None)
    if oldest is None:
        return Reading(Light.OK, "rien n’attend d’être livré")
    seconds = max(0, round((timezone.now() - oldest).total_seconds()))
    label = f"{waiting} changement(s) à livrer, le plus ancien depuis {seconds} s"
    return Reading(Light.DEGRADED if seconds > LATE_SECONDS else Light.OK, label)


def _answers(engine: Engine) -> bool:
    """Whether the engine has an index to answer with. A server that searches no longer wait for is not waited for."""
    try:
        if not engine.is_shared:
            return engine.state() is not EngineState.MISSING
        with breaker_of(engine).attempt() as seconds:
            return seconds is not None and engine.state() is not EngineState.MISSING
    except EngineError:
        return False
