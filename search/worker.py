import threading
import time
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from datetime import datetime, timedelta

from django.conf import settings
from django.db import InterfaceError, OperationalError, close_old_connections, connection
from django.utils import timezone

from hub.daily.loops import Loop, Say, register_loop
from search.delivery import deliver
from search.engines.base import Engine, EngineBusyError, EngineError
from search.engines.selection import engines
from search.marking import note_failure
from search.models import IndexConsumer
from search.outbox import forget_absent_consumers, worker_is_at_work
from search.rebuild import rebuild_unless
from search.status import rebuilds_by_itself

FORGET_EVERY_SECONDS = 3600.0


class StoppedError(Exception):
    """The worker was asked to stop in the middle of a rebuild, which is thrown away."""


def follow(*, interval: float, stop: threading.Event, say: Say, complain: Say) -> None:
    """Keep every engine up to date until ``stop``, each in its own thread. What nobody foresaw ends them all."""
    following = engines()
    with ThreadPoolExecutor(max_workers=len(following), thread_name_prefix="search") as pool:
        threads = [pool.submit(_follow, engine, interval, stop, say, complain) for engine in following]
        # In short waits, so that a signal is heard.
        while not wait(threads, timeout=0.5, return_when=FIRST_EXCEPTION).done and not stop.is_set():
            pass
        stop.set()
    for thread in threads:
        thread.result()


def _follow(engine: Engine, interval: float, stop: threading.Event, say: Say, complain: Say) -> None:
    forget_at = time.monotonic()
    try:
        while not stop.is_set():
            close_old_connections()
            one_pass(engine=engine, say=say, complain=complain, stop=stop)
            if time.monotonic() >= forget_at:
                forget_at = time.monotonic() + FORGET_EVERY_SECONDS
                _forget_absent(say=say, complain=complain)
            stop.wait(interval)
    finally:
        connection.close()


def one_pass(*, engine: Engine, say: Say, complain: Say, stop: threading.Event | None = None) -> bool:
    """Make the index of ``engine`` anew if it must be, deliver what is due; say whether everything went well."""
    try:
        worker_is_at_work(name=engine.name)
        consumer = IndexConsumer.objects.filter(name=engine.name).first()
        if consumer and consumer.retry_at and consumer.retry_at > timezone.now():
            return False  # it failed a moment ago
        _rebuild_if_asked_or_needed(engine, consumer=consumer, say=say, stop=stop)
        report = deliver(engine=engine)
    except StoppedError:
        return False
    except EngineBusyError:
        say(f"{engine.name} : une reconstruction est en cours dans un autre processus.")
        return False
    except EngineError as error:
        note_failure(name=engine.name, error=error)
        complain(f"{engine.name} : {error}")
        return False
    except (OperationalError, InterfaceError) as error:  # the database may be back at the next pass
        complain(f"Base de données : {error}")
        return False
    if report.delivered:
        say(f"{engine.name} : {report.delivered} page(s) livrée(s).")
    if not report.is_complete:
        complain(
            f"{engine.name} : {report.postponed} page(s) remise(s) à plus tard, {report.set_aside} mise(s) de côté. "
            f"{report.stopped_by}".rstrip()
        )
    return report.is_complete


def _rebuild_if_asked_or_needed(
    engine: Engine, *, consumer: IndexConsumer | None, say: Say, stop: threading.Event | None
) -> None:
    asked_at = consumer.rebuild_requested_at if consumer else None
    if asked_at is None and not rebuilds_by_itself(engine=engine):
        return

    def is_done() -> bool:
        if asked_at is None:
            return not rebuilds_by_itself(engine=engine)
        return not IndexConsumer.objects.filter(name=engine.name, rebuild_requested_at=asked_at).exists()

    def progress(_count: int) -> None:
        worker_is_at_work(name=engine.name)
        if stop is not None and stop.is_set():
            raise StoppedError

    reason = "demandée" if asked_at else "l’index est absent, endommagé, périmé ou inconnu de la base"
    say(f"{engine.name} : reconstruction ({reason})…")
    try:
        report = rebuild_unless(engine=engine, is_done=is_done, progress=progress)
    except EngineBusyError:
        raise
    except EngineError as error:
        # A person will ask again; a worker that is killed leaves the request to the next one.
        _forget_request(engine, asked_at=asked_at)
        raise EngineError(f"la reconstruction a échoué : {error}") from error
    _forget_request(engine, asked_at=asked_at)
    if report is not None:
        say(f"{engine.name} : index reconstruit, {report.indexed} contenus.")


def _forget_request(engine: Engine, *, asked_at: datetime | None) -> None:
    IndexConsumer.objects.filter(name=engine.name, rebuild_requested_at=asked_at).update(rebuild_requested_at=None)


def _forget_absent(*, say: Say, complain: Say) -> None:
    try:
        for name in forget_absent(days=settings.SEARCH_CONSUMER_MAX_ABSENCE_DAYS):
            say(f"{name} : oublié, car absent depuis trop longtemps. À son retour il reconstruira son index.")
    except (OperationalError, InterfaceError) as error:
        complain(f"Base de données : {error}")


def forget_absent(*, days: float) -> list[str]:
    """Forget the indexes nobody has seen for ``days``, those of this host apart; returns their names."""
    return forget_absent_consumers(max_age=timedelta(days=days), keep=[engine.name for engine in engines()])


def register() -> None:
    """Have the indexes followed by the worker. Its light tells how long the oldest change waits (search/status.py)."""
    register_loop(Loop(name="livraison", label="index de recherche", interval=1, follow=follow))
