"""Measure one size, in a process of its own: fill a database, index it, search it. Writes its figures as JSON."""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.template import engines
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tqdm import tqdm

from hub.territories.models import Territory
from initiatives.models import InitiativeIndexPage, InitiativePage
from search.acronyms import AcronymTable
from search.compiler import compile_query
from search.engines.selection import search_engine
from search.query import SearchQuery
from tests.bench.corpus import UNIVERSAL_AUDIENCE, Corpus, containers_of
from tests.bench.population import populate

WARM_UP = 20


def main() -> None:
    """Read the size, the number of searches and the file to write from the command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("size", type=int)
    parser.add_argument("searches", type=int)
    parser.add_argument("output", type=Path)
    parser.add_argument("--wagtail", action="store_true")
    options = parser.parse_args()
    figures = measure(size=options.size, searches=options.searches, with_wagtail=options.wagtail)
    options.output.write_text(json.dumps(figures), encoding="utf-8")


def measure(*, size: int, searches: int, with_wagtail: bool) -> dict[str, Any]:
    """Return every figure of one size."""
    for command in (
        ["migrate", "--verbosity", "0"],
        ["load_territories"],
        ["prepare_site"],
        ["collectstatic", "--no-input", "--verbosity", "0"],
    ):
        call_command(*command)
    corpus = Corpus()
    with tqdm(total=size, desc="pages", unit=" pages") as bar:
        populate(records=corpus.records(size), parent=InitiativeIndexPage.objects.get(), progress=bar.update)
    _analyse_database()
    figures: dict[str, Any] = {"size": size, "territories": Territory.objects.count(), **_rebuild(size)}

    client = Client(HTTP_HOST="127.0.0.1")
    pairs = list(corpus.searches(searches + WARM_UP))
    addresses = ["/recherche/?" + urlencode({"q": words, "territoire": code}) for words, code in pairs]
    figures["page"] = _timed(addresses, lambda address: _get(client, address))
    figures["engine"] = _timed(pairs, _ask_engine)
    figures["view_adds_p50"] = figures["page"]["p50"] - figures["engine"]["p50"]
    figures["sql"] = _count_queries(lambda: _get(client, addresses[0]))
    figures["memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    index = Path(settings.SEARCH_INDEX_DIR)
    figures["index_mb"] = sum(file.stat().st_size for file in index.rglob("*") if file.is_file()) / 1e6
    typed = [
        word[:length]
        for word in ("bourg", "saint-den", "mont", "ain", "sainte", "lyon", "la ro", "villeneuve")
        for length in range(2, len(word) + 1)
    ]
    figures["suggestions"] = _timed(
        typed * 5, lambda text: _get(client, "/territoires/suggestions?" + urlencode({"q": text}))
    )
    if with_wagtail:
        call_command("update_index", verbosity=0)
        _analyse_database()
        figures["wagtail"] = _timed([words for words, _ in pairs], _wagtail_page)
    return figures


def _rebuild(size: int) -> dict[str, float]:
    """Time a rebuild in its own process, whose peak memory is then its own."""
    started = time.perf_counter()
    script = (
        "import django, resource; django.setup(); from django.core.management import call_command;"
        "call_command('rebuild_search');"
        "print('peak', resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    done = subprocess.run([sys.executable, "-c", script], check=True, stdout=subprocess.PIPE, text=True)
    elapsed = time.perf_counter() - started
    peak = int(done.stdout.rsplit("peak", 1)[1])
    return {"rebuild_per_second": size / elapsed, "rebuild_memory_mb": peak / 1024}


def _ask_engine(pair: tuple[str, str]) -> None:
    words, code = pair
    query = SearchQuery(text=words, territory=code)
    search_engine().search(
        compile_query(
            query=query, acronyms=AcronymTable(), universal_audience=UNIVERSAL_AUDIENCE, containers=containers_of(code)
        )
    )


@cache
def _wagtail_template() -> Any:
    """The plainest list of results: what it costs is nearly nothing next to the search."""
    return engines["django"].from_string(
        "<ol>{% for page in pages %}<li><h3><a href='{{ page.url_path }}'>{{ page.title }}</a></h3>"
        "<p>{{ page.summary }}</p></li>{% endfor %}</ol>"
    )


def _wagtail_page(words: str) -> None:
    found = InitiativePage.objects.live().public().search(words, operator="and")
    _wagtail_template().render({"pages": list(found[:10]), "total": found.count()})


def _get(client: Any, address: str) -> None:
    response = client.get(address)
    if response.status_code != 200:
        message = f"{address} answered {response.status_code}"
        raise RuntimeError(message)


def _timed(arguments: Iterable[Any], action: Callable[[Any], None]) -> dict[str, float]:
    durations = []
    for argument in arguments:
        started = time.perf_counter()
        action(argument)
        durations.append((time.perf_counter() - started) * 1000)
    kept = sorted(durations[WARM_UP:])
    return {"p50": statistics.median(kept), "p95": kept[int(len(kept) * 0.95)], "mean": statistics.fmean(kept)}


def _count_queries(action: Callable[[], None]) -> int:

    with CaptureQueriesContext(connection) as captured:
        action()
    return len(captured)


def _analyse_database() -> None:
    """Give the database the statistics its planner needs; both sides profit from them."""

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


if __name__ == "__main__":
    main()
