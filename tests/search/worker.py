"""What other processes do in the tests, which may kill them: ``python -m tests.search.worker ACTION FOLDER …``."""

import itertools
import sys
import time
from pathlib import Path

from search.engines.base import EngineBusyError, PageChange
from search.engines.embedded.engine import EmbeddedEngine
from tests.bench.corpus import Corpus
from tests.search.factories import as_new, record


def say(word: object) -> None:
    """Tell the test, at once."""
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def write_for_ever(engine: EmbeddedEngine, first: str) -> None:
    """Write one page after the other, saying each once it is safe."""
    for page_id in itertools.count(int(first)):
        with engine.writing(wait_seconds=30) as writer:
            writer.apply([PageChange(page_id, 1, (record(page_id, f"Médiation {page_id}"),))])
        say(page_id)


def write(engine: EmbeddedEngine, first: str, count: str) -> None:
    """Write ``count`` pages, one at a time."""
    for page_id in range(int(first), int(first) + int(count)):
        with engine.writing(wait_seconds=60) as writer:
            writer.apply([PageChange(page_id, 1, (record(page_id, f"Médiation {page_id}"),))])
    say("done")


def rebuild_for_ever(engine: EmbeddedEngine, size: str) -> None:
    """Fill a new index with ``size`` records, say so, and go on adding: the test kills this before it is published."""
    corpus = Corpus(vocabulary_size=500)
    with engine.rebuilding() as new:
        new.add(as_new(corpus.records(int(size))))
        say("filled")
        for number in itertools.count(int(size) + 1):
            new.add(as_new([corpus.record(number)]))


def hold_the_lock(engine: EmbeddedEngine) -> None:
    """Keep every other writer waiting."""
    with engine.writing(wait_seconds=5):
        say("held")
        time.sleep(60)


def rebuild_many_times(engine: EmbeddedEngine, times: str) -> None:
    """Replace the index of five pages again and again."""
    for _ in range(int(times)):
        try:
            with engine.rebuilding() as new:
                new.add(as_new(record(page_id, f"Médiation {page_id}") for page_id in range(1, 6)))
                new.settle()
                with new.exclusive(wait_seconds=30):
                    new.publish()
        except EngineBusyError:
            say("busy")
    say("done")


if __name__ == "__main__":
    from django.conf import settings

    settings.configure(USE_I18N=False)
    ACTIONS = {
        action.__name__: action
        for action in (write_for_ever, write, rebuild_for_ever, hold_the_lock, rebuild_many_times)
    }
    ACTIONS[sys.argv[1]](EmbeddedEngine(folder=Path(sys.argv[2]), name="embedded:worker"), *sys.argv[3:])
