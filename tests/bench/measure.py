"""Measure one size, in a process of its own: index it and search it with each engine. Writes its figures as JSON."""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hub.territories.models import Territory
from tests.bench.bulk import measure_sending
from tests.bench.corpus import Corpus
from tests.bench.moments import ENTRIES, measure_moments
from tests.bench.sides import Server, compiled, page
from tests.bench.timing import WARM_UP, Recorder, in_turn, summary, tell
from tests.bench.wagtail_search import measure_wagtail
from tests.support.engines import search_engine

EMBEDDED, SERVER = "embedded", "elasticsearch"
_AGREEMENT_SEARCHES = 300
_FIRST = 10  # results compared

Pair = tuple[str, str]
Figures = dict[str, Any]


def main() -> None:
    """Read the size, the number of searches and the file to write from the command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("size", type=int)
    parser.add_argument("searches", type=int)
    parser.add_argument("output", type=Path)
    parser.add_argument("--server", default="")
    parser.add_argument("--wagtail", action="store_true")
    options = parser.parse_args()
    alias = f"bench-{os.getpid()}-{options.size}"
    server = Server(url=options.server, alias=alias) if options.server else None
    try:
        figures = measure(size=options.size, searches=options.searches, server=server)
        _write(figures, options.output)
        if options.size == ENTRIES:
            figures["moments"] = measure_moments(server=server, searches=options.searches)
            _write(figures, options.output)
        if options.wagtail:
            words = [words for words, _ in Corpus().searches(options.searches + WARM_UP)]
            figures["wagtail"] = measure_wagtail(searches=words, size=options.size, server=server)
            _write(figures, options.output)
    finally:
        if server:
            server.clean()


def _write(figures: Figures, output: Path) -> None:
    output.write_text(json.dumps(figures), encoding="utf-8")


def measure(*, size: int, searches: int, server: Server | None) -> Figures:
    """Return every figure of one size, Wagtail's own search aside."""
    figures: Figures = {"size": size, "load": os.getloadavg()[0], "territories": Territory.objects.count()}
    figures["rebuild"] = {EMBEDDED: _rebuild(size, environment={})}
    if server:
        figures["rebuild"][SERVER] = _rebuild(size, environment=server.environment())
    # Pages and engines get searches of their own: nothing one of them prepared serves the other.
    pairs = list(Corpus().searches(2 * (searches + WARM_UP) + _AGREEMENT_SEARCHES))
    for_pages, pairs = pairs[: searches + WARM_UP], pairs[searches + WARM_UP :]
    for_engines, for_agreement = pairs[: searches + WARM_UP], pairs[searches + WARM_UP :]
    figures |= _pages(for_pages, server=server)
    figures |= _engines(for_engines, server=server)
    figures["memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    figures["index_mb"] = _index_sizes(server)
    figures["suggestions"] = _suggestions()
    if server:
        figures["agreement"] = _agreement(for_agreement, server=server)
        figures["bulk"] = measure_sending(server=server, size=size)
    return figures


def _rebuild(size: int, *, environment: dict[str, str]) -> Figures:
    """Time a rebuild in its own process, whose peak memory is then its own."""
    tell(f"rebuild: {'elasticsearch' if environment else 'embedded'}")
    script = (
        "import django, resource, time; django.setup(); from search.engines.selection import engines;"
        "from search.rebuild import rebuild; started = time.perf_counter();"
        "report = rebuild(engine=engines()[0]);"
        "print(report.indexed, time.perf_counter() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], check=True, stdout=subprocess.PIPE, text=True, env={**os.environ, **environment}
    )
    indexed, seconds, peak = done.stdout.split()
    if int(indexed) != size:
        raise RuntimeError(f"{indexed} entries indexed out of {size}")
    return {"per_second": size / float(seconds), "memory_mb": int(peak) / 1024}


def _pages(pairs: list[Pair], *, server: Server | None) -> Figures:
    client = Client(HTTP_HOST="127.0.0.1")
    get = page(client)
    addresses = ["/recherche/?" + urlencode({"q": words, "territoire": code}) for words, code in pairs]
    sides = {EMBEDDED: get}
    if not server:
        return {"page": in_turn(arguments=addresses, sides=sides), "sql": _count_queries(get, addresses[0])}
    recorder = Recorder()
    asked: list[tuple[float, float, int]] = []

    def get_from_server(address: str) -> None:
        with server.in_charge():
            get(address)
        asked.append(recorder.taken())

    with recorder.listening(server.client().transport):
        timed = in_turn(arguments=addresses, sides={**sides, SERVER: get_from_server})
    if not all(requests for *_, requests in asked):
        raise RuntimeError("the stand-by answered in the place of the server")
    counted = asked[WARM_UP:]
    return {
        "page": timed,
        "sql": _count_queries(get, addresses[0]),
        "server": {
            "took": summary([took for took, *_ in counted]),
            "round_trip": summary([round_trip for _, round_trip, _ in counted]),
            "requests": statistics.fmean(requests for *_, requests in counted),
        },
    }


def _engines(pairs: list[Pair], *, server: Server | None) -> Figures:
    engines = {EMBEDDED: search_engine()}
    if server:
        engines[SERVER] = server.engine()
    return {
        "engine": in_turn(
            arguments=[compiled(words, code) for words, code in pairs],
            sides={name: engine.search for name, engine in engines.items()},
        )
    }


def _agreement(pairs: list[Pair], *, server: Server) -> dict[str, float]:
    """Compare the first results by relevance, of words alone and of words with a territory."""
    tell(f"{len(pairs)} searches compared")
    embedded, other = search_engine(), server.engine()
    shares, same_first = [], []
    for rank, (words, code) in enumerate(pairs):
        query = compiled(words, code if rank % 2 else "", with_facets=False)
        ours, theirs = embedded.search(query), other.search(query)
        if ours.total != theirs.total:
            raise RuntimeError(f"{words} {code}: {ours.total} found by one engine, {theirs.total} by the other")
        if not ours.total:
            continue
        first = [[hit.page_id for hit in results.hits[:_FIRST]] for results in (ours, theirs)]
        shares.append(len(set(first[0]) & set(first[1])) / len(first[0]))
        same_first.append(first[0][0] == first[1][0])
    return {"searches": len(shares), "overlap": statistics.fmean(shares), "same_first": statistics.fmean(same_first)}


def _index_sizes(server: Server | None) -> dict[str, float]:
    folder = Path(settings.SEARCH_INDEX_DIR)
    sizes = {EMBEDDED: sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6}
    if server:
        told = server.client().indices.stats(index=server.alias, metric="store")
        sizes[SERVER] = told["_all"]["primaries"]["store"]["size_in_bytes"] / 1e6
    return sizes


def _suggestions() -> dict[str, float]:
    get = page(Client(HTTP_HOST="127.0.0.1"))
    typed = [
        word[:length]
        for word in ("bourg", "saint-den", "mont", "ain", "sainte", "lyon", "la ro", "villeneuve")
        for length in range(2, len(word) + 1)
    ]
    addresses = ["/territoires/suggestions?" + urlencode({"q": text}) for text in typed * 5]
    return in_turn(arguments=addresses, sides={"suggestions": get})["suggestions"]


def _count_queries(get: Any, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        get(address)
    return len(captured)


if __name__ == "__main__":
    main()
