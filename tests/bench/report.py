"""The figures of a run as tables. Times and rates are those of this machine today; ratios compare sides of one run."""

from collections.abc import Iterator
from typing import Any

Run = dict[str, Any]


def print_report(runs: list[Run]) -> None:
    """Print every table."""
    for section in (_pages, _server, _moments, _rebuilds, _sending, _agreement, _suggestions, _wagtail, _growth):
        lines = list(section(runs))
        if lines:
            print("\n" + "\n".join(lines))


def _pages(runs: list[Run]) -> Iterator[str]:
    yield "Faceted page of results (HTML; words + territory, every facet counted, ten extracts), ms, this machine today"
    yield "  entries  engine          page p50   page p95   engine p50   engine p95   SQL   index MB   load"
    for run in runs:
        for side, page in run["page"].items():
            engine = run["engine"][side]
            yield (
                f"{run['size']:9}  {side:14}  {page['p50']:8.1f}  {page['p95']:9.1f}  {engine['p50']:11.1f}"
                f"  {engine['p95']:11.1f}  {run['sql']:>4}  {run['index_mb'][side]:9.0f}  {run['load']:5.1f}"
            )


def _server(runs: list[Run]) -> Iterator[str]:
    runs = [run for run in runs if "server" in run]
    if not runs:
        return
    yield "What a page asks of Elasticsearch (all its requests together), ms; page - took: target ≤ 15"
    yield "  entries   took p50   took p95   round trip p50   p95   page p50 - took p50   requests a page"
    for run in runs:
        took, trip = run["server"]["took"], run["server"]["round_trip"]
        difference = run["page"]["elasticsearch"]["p50"] - took["p50"]
        yield (
            f"{run['size']:9}  {took['p50']:9.1f}  {took['p95']:9.1f}  {trip['p50']:15.1f}  {trip['p95']:4.1f}"
            f"  {difference:13.1f} {_verdict(is_met=difference <= 15)}  {run['server']['requests']:14.2f}"
        )


def _moments(runs: list[Run]) -> Iterator[str]:
    runs = [run for run in runs if "moments" in run]
    if not runs:
        return
    yield "Moments of replays under the results, engine alone with its facets, ms; with / without: target < 1.5"
    yield "  engine          among         without: mean   p95   with: mean   p95   with / without"
    for run in runs:
        for side, asked in run["moments"].items():
            for among, times in asked.items():
                without, within = times["without"], times["with"]
                ratio = within["mean"] / without["mean"]
                yield (
                    f"  {side:14}  {among:12}  {without['mean']:13.1f}  {without['p95']:4.1f}  {within['mean']:10.1f}"
                    f"  {within['p95']:4.1f}  {ratio:12.2f} {_verdict(is_met=ratio < 1.5)}"
                )


def _rebuilds(runs: list[Run]) -> Iterator[str]:
    yield "Rebuild, from the database to a searchable index, this machine today"
    yield "  entries  engine           entries/s   peak memory MB"
    for run in runs:
        for side, rebuild in run["rebuild"].items():
            yield f"{run['size']:9}  {side:14}  {rebuild['per_second']:10.0f}  {rebuild['memory_mb']:15.0f}"


def _sending(runs: list[Run]) -> Iterator[str]:
    runs = [run for run in runs if "bulk" in run]
    if not runs:
        return
    yield "Bulk, the same ready documents; documents/s; hub / the faster of the bare client's ways: target ≥ 80 %"
    yield "  entries   analysis alone   sent: hub   client.bulk   streaming_bulk   hub / bare client"
    for run in runs:
        bulk = run["bulk"]
        ratio = bulk["hub"] / max(bulk["bulk"], bulk["streaming_bulk"])
        yield (
            f"{run['size']:9}  {bulk['analysed']:15.0f}  {bulk['hub']:10.0f}  {bulk['bulk']:12.0f}"
            f"  {bulk['streaming_bulk']:15.0f}  {ratio:13.0%} {_verdict(is_met=ratio >= 0.8)}"
        )


def _agreement(runs: list[Run]) -> Iterator[str]:
    runs = [run for run in runs if "agreement" in run]
    if not runs:
        return
    yield "Agreement of the two engines, by relevance"
    for run in runs:
        found = run["agreement"]
        yield (
            f"{run['size']:9}  {found['overlap']:.1%} of the first ten are the same, the very first in"
            f" {found['same_first']:.1%} of {found['searches']:.0f} searches"
        )


def _suggestions(runs: list[Run]) -> Iterator[str]:
    yield "Territory suggestions over the official territories, ms"
    for run in runs[:1]:
        yield f"{run['territories']:9}  p50 {run['suggestions']['p50']:.1f}   p95 {run['suggestions']['p95']:.1f}"


def _wagtail(runs: list[Run]) -> Iterator[str]:
    runs = [run for run in runs if "wagtail" in run]
    if not runs:
        return
    yield "Wagtail's own search, same corpus and run (words only, no facet, no extract, ten results), ms"
    for run in runs:
        for side, theirs in run["wagtail"].items():
            engine = "elasticsearch" if side.endswith("elasticsearch") else "embedded"
            ratio = theirs["mean"] / run["page"][engine]["mean"]
            yield (
                f"{run['size']:9}  {side:24}  p50 {theirs['p50']:.1f}  p95 {theirs['p95']:.1f}"
                f"  mean {theirs['mean']:.1f}   {theirs['indexed_per_second']:.0f} pages/s indexed"
                f"   mean: theirs / our whole page on {engine} ×{ratio:.2f}"
            )


def _growth(runs: list[Run]) -> Iterator[str]:
    if len(runs) < 2:
        return
    first, last = runs[0], runs[-1]
    yield f"From {first['size']} to {last['size']} entries (p50; target: less than ×4)"
    for side in first["page"]:
        page = last["page"][side]["p50"] / first["page"][side]["p50"]
        engine = last["engine"][side]["p50"] / first["engine"][side]["p50"]
        yield f"  {side:14}  page ×{page:.1f} {_verdict(is_met=page < 4)}   engine alone ×{engine:.1f}"
        if all(side in run["rebuild"] for run in (first, last)):
            memory = last["rebuild"][side]["memory_mb"] / first["rebuild"][side]["memory_mb"]
            yield f"  {'':14}  peak memory of a rebuild ×{memory:.2f} (target: flat)"
    yield f"  SQL count constant: {'yes' if len({run['sql'] for run in runs}) == 1 else 'NO'}"


def _verdict(*, is_met: bool) -> str:
    return "met" if is_met else "MISSED"
