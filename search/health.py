"""The lights of the search on ``/sante/pret``: the indexes of this host, and what they have yet to be told."""

from django.utils import timezone

from hub.health.enums import Light
from hub.health.registry import Reading, register_probe
from search.asking import breaker_of
from search.engines.base import Engine, EngineError, EngineState
from search.engines.selection import engines
from search.status import consumer_statuses, rebuild_is_due

# A change is delivered in a second or two; past this, somebody has noticed or will.
LATE_SECONDS = 60


def register() -> None:
    """Have the two lights shown."""
    register_probe(name="index", probe=index_probe)
    register_probe(name="livraison", probe=delivery_probe)


def index_probe() -> Reading:
    """Look whether an engine can answer, and whether each has an index of this version."""
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
    """Look how long the oldest change of this host's indexes has been waiting, and whether one was set aside."""
    names = {engine.name for engine in engines()}
    statuses = [status for status in consumer_statuses() if status.name in names]
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
