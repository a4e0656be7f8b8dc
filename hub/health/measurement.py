"""Reading every light within a time limit, whatever hangs: a frozen database must not freeze what reports it."""

import logging
import threading
import time
from dataclasses import dataclass, field

from django.db import connections

from hub.health.enums import Light
from hub.health.probes import database_probe, migrations_probe
from hub.health.registry import Probe, Reading, registered_probes

logger = logging.getLogger(__name__)

TIME_LIMIT = 2.0  # seconds for all the lights together
# Anybody may ask: however many do, the probes run once in this time.
FRESHNESS = 1.0  # seconds

NO_ANSWER = Reading(Light.DOWN, f"pas de réponse en {TIME_LIMIT:g} s")
FAILED = Reading(Light.DOWN, "la mesure a échoué (voir les journaux)")


@dataclass
class _Measurement:
    """One round of the probes, in a thread of its own."""

    began: float = field(default_factory=time.monotonic)
    readings: dict[str, Reading] = field(default_factory=dict)
    finished: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        try:
            for name, probe in _probes().items():
                try:
                    reading = probe()
                except Exception:  # whatever a probe meets, it is what this page is there to say
                    logger.warning("health: the probe %s failed", name, exc_info=True)
                    reading = FAILED
                self.readings[name] = reading
        finally:
            connections.close_all()  # this thread's own
            self.finished.set()


_lock = threading.Lock()
_latest: _Measurement | None = None


def measure() -> dict[str, Reading]:
    """Return the reading of each light, in the order they are asked, after ``TIME_LIMIT`` seconds at most.

    Never raises. A probe that has not answered by then reads ``DOWN``; it is left to itself, and no other round begins
    before it comes back.
    """
    global _latest  # noqa: PLW0603 — one round at a time in a process
    with _lock:
        latest = _latest
        if latest is None or (latest.finished.is_set() and time.monotonic() - latest.began >= FRESHNESS):
            latest = _latest = _Measurement()
            threading.Thread(target=latest.run, name="health", daemon=True).start()
    latest.finished.wait(max(0.0, latest.began + TIME_LIMIT - time.monotonic()))
    return {name: latest.readings.get(name, NO_ANSWER) for name in _probes()}


def forget() -> None:
    """Have the next question measured anew, as a process that has just started would."""
    global _latest  # noqa: PLW0603
    with _lock:
        _latest = None


def worst(readings: dict[str, Reading]) -> Light:
    """Return the light of the whole: the worst of all."""
    order = list(Light)
    return max((reading.light for reading in readings.values()), key=order.index, default=Light.OK)


def _probes() -> dict[str, Probe]:
    return {"base": database_probe, "migrations": migrations_probe, **registered_probes()}
