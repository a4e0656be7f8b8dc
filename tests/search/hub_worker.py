"""A whole hub in another process: ``python -m tests.search.hub_worker ACTION``, on the database of ``HUB_VAR_DIR``."""

# ruff: noqa: PLC0415 — models can be imported only once Django is set up

import os
import signal
import sys

import django


def say(word: object) -> None:
    """Tell the test, at once."""
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def prepare() -> None:
    """A small site, one entry, an index."""
    from search.rebuild import rebuild
    from tests.factories import InitiativePageFactory, build_home
    from tests.support.engines import search_engine

    build_home()
    InitiativePageFactory(title="Première")
    say(rebuild(engine=search_engine()).indexed)


def publish_and_die() -> None:
    """Publish, and be killed between the commit and the delivery."""
    from django.db import transaction

    from tests.factories import InitiativePageFactory

    with transaction.atomic():
        transaction.on_commit(lambda: os.kill(os.getpid(), signal.SIGKILL))
        InitiativePageFactory(title="Publiée puis tuée")


def publish_many(label: str, count: str) -> None:
    """Publish pages one after the other, as a web process would."""
    from tests.factories import InitiativePageFactory

    for number in range(int(count)):
        InitiativePageFactory(title=f"{label} {number}")
    say("done")


def find(text: str) -> None:
    """Search as a visitor would, and say how many entries were found."""
    from search.query import SearchQuery
    from search.service import search

    say(search(query=SearchQuery(text=text)).results.total)


def stuck_rebuild() -> None:
    """Begin a rebuild that is never published."""
    import time

    from search import rebuild as module
    from tests.support.engines import search_engine

    chunks = module.published_chunks

    def endless(contents):
        yield from chunks(contents)
        say("half way")
        time.sleep(120)

    module.published_chunks = endless
    module.rebuild(engine=search_engine())


if __name__ == "__main__":
    django.setup()
    ACTIONS = {action.__name__: action for action in (prepare, publish_and_die, publish_many, find, stuck_rebuild)}
    ACTIONS[sys.argv[1]](*sys.argv[2:])
