"""The lights: what each part says of itself, measured, shown."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

from django.core.cache import cache
from django.db import DatabaseError, connection, connections, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.utils.deprecation import MiddlewareMixin

from hub.web.client_address import UNKNOWN, client_address, comes_from_a_proxy


class Light(models.TextChoices):
    OK = "ok", "Tout va bien"
    DEGRADED = "degraded", "À regarder : les visiteurs ne le voient pas"
    DOWN = "down", "En panne : les visiteurs le voient"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a probe found. ``label`` is a short French sentence that anybody may read: no name, no address, no path."""

    light: Light
    label: str


Probe = Callable[[], Reading]

_probes: dict[str, Probe] = {}


def register_probe(*, name: str, probe: Probe) -> None:
    """Ask ``probe`` at each measure; it answers within a second or two, and raising counts as ``DOWN``.

    ``DOWN`` is for what a visitor notices only: a server so lit receives no more requests.
    """
    _probes[name] = probe


def registered_probes() -> dict[str, Probe]:
    return dict(_probes)


def database_probe() -> Reading:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
    return Reading(Light.OK, "la base de données répond")


def migrations_probe() -> Reading:
    """Look for what the database lacks; ahead is no fault: a release migrates before it restarts the servers."""
    missing = _last_migrations() - set(MigrationRecorder(connection).applied_migrations())
    if missing:
        return Reading(Light.DOWN, f"migrations à appliquer dans {len(missing)} application(s)")
    return Reading(Light.OK, "toutes les migrations sont appliquées")


@lru_cache(maxsize=1)
def _last_migrations() -> frozenset[tuple[str, str]]:
    # Reading them off the disk takes a tenth of a second, and they cannot change while the process runs.
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).graph.leaf_nodes())


logger = logging.getLogger(__name__)

TIME_LIMIT = 2.0  # seconds for all the lights together
# Anybody may ask: however many do, the probes run once in this time.
FRESHNESS = 1.0  # seconds

NO_ANSWER = Reading(Light.DOWN, f"pas de réponse en {TIME_LIMIT:g} s")
FAILED = Reading(Light.DOWN, "la mesure a échoué (voir les journaux)")


@dataclass
class _Measurement:
    began: float = field(default_factory=time.monotonic)
    readings: dict[str, Reading] = field(default_factory=dict)
    finished: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        try:
            for name, probe in _every_probe().items():
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
    """Never raises. A probe silent for ``TIME_LIMIT`` reads ``DOWN``; no other round begins before it comes back."""
    global _latest  # noqa: PLW0603 — one round at a time in a process
    with _lock:
        latest = _latest
        if latest is None or (latest.finished.is_set() and time.monotonic() - latest.began >= FRESHNESS):
            latest = _latest = _Measurement()
            threading.Thread(target=latest.run, name="health", daemon=True).start()
    latest.finished.wait(max(0.0, latest.began + TIME_LIMIT - time.monotonic()))
    return {name: latest.readings.get(name, NO_ANSWER) for name in _every_probe()}


def forget() -> None:
    """Have the next question measured anew, as a process that has just started would."""
    global _latest  # noqa: PLW0603
    with _lock:
        _latest = None


def worst(readings: dict[str, Reading]) -> Light:
    order = list(Light)
    return max((reading.light for reading in readings.values()), key=order.index, default=Light.OK)


def _every_probe() -> dict[str, Probe]:
    return {"base": database_probe, "migrations": migrations_probe, **registered_probes()}


ALIVE = "/sante/vif"
READY = "/sante/pret"


class HealthMiddleware(MiddlewareMixin):
    def process_request(self, request: HttpRequest) -> HttpResponse | None:
        view = VIEWS.get(request.path_info)
        if view is None:
            return None
        response = view() if request.method in {"GET", "HEAD"} else HttpResponseNotAllowed(["GET", "HEAD"])
        response.headers["Cache-Control"] = "no-store"
        return response


def alive() -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


def ready() -> HttpResponse:
    readings = measure()
    whole = worst(readings)
    lights = {name: {"status": reading.light.value, "label": reading.label} for name, reading in readings.items()}
    return JsonResponse(
        {"status": whole.value, "lights": lights},
        status=503 if whole is Light.DOWN else 200,
        json_dumps_params={"ensure_ascii": False, "indent": 2},
    )


VIEWS: dict[str, Callable[[], HttpResponse]] = {ALIVE: alive, READY: ready}


REMEMBERED = 3600  # seconds
# A fault is written again after so long at the soonest, by each process: it must not cost every request a write.
WRITTEN_EVERY = 300.0  # seconds


class ProxyFault(models.TextChoices):
    NONE_IN_FRONT = "aucun", "des visiteurs atteignent gunicorn sans passer par un mandataire de TRUSTED_PROXIES"
    SAYS_NO_ADDRESS = "muet", "le mandataire ne dit pas d’où viennent les visiteurs (X-Forwarded-For)"


_written: dict[str, float] = {}


def register() -> None:
    register_probe(name="mandataire", probe=proxy_probe)


def proxy_probe() -> Reading:
    """Look whether a fault was seen in the last hour. Never ``DOWN``: the pages are served all the same."""
    seen = cache.get_many([_key(fault) for fault in ProxyFault])
    for fault in ProxyFault:
        if _key(fault) in seen:
            return Reading(Light.DEGRADED, str(fault.label))
    return Reading(Light.OK, "rien n’indique que le mandataire soit mal réglé")


class ProxyWatchMiddleware(MiddlewareMixin):
    """Notes what a request says of the proxy. To come after the health, which load balancers ask for directly."""

    def process_request(self, request: HttpRequest) -> None:
        if not comes_from_a_proxy(request=request):
            _note(ProxyFault.NONE_IN_FRONT)
        elif client_address(request=request) == UNKNOWN:
            _note(ProxyFault.SAYS_NO_ADDRESS)


def _note(fault: ProxyFault) -> None:
    now = time.monotonic()
    if now - _written.get(fault, -WRITTEN_EVERY) < WRITTEN_EVERY:
        return
    _written[fault] = now
    try:
        cache.set(_key(fault), 1, timeout=REMEMBERED)
    except DatabaseError:  # a page that needs no database is answered without one
        logger.warning("health: %s; it could not be noted", fault.label, exc_info=True)


def _key(fault: ProxyFault) -> str:
    return f"proxy-fault-{fault.value}"
