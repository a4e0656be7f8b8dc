"""Measure the search: ``python -m tests.bench``. Each size runs in a process of its own: memory can be told apart.

Ratios between the two sides of one run mean something; absolute times only say what this machine did today.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

SIZES = (1_000, 10_000, 100_000)
# Beyond this Wagtail's own search on SQLite takes seconds a query: the comparison adds nothing but waiting.
WAGTAIL_MAX_SIZE = 10_000
_MEASURE = "import django; django.setup(); from tests.bench.measure import main; main()"


def main() -> None:
    """Run every size and print the tables."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, metavar="N", help="numbers of entries")
    parser.add_argument("--searches", type=int, default=200, help="searches measured on each side")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hub-bench-") as folder:
        runs = [_run(size=size, searches=options.searches, folder=Path(folder)) for size in sorted(options.sizes)]
    _print_report(runs)
    if options.json:
        options.json.write_text(json.dumps(runs, indent=2), encoding="utf-8")


def _run(*, size: int, searches: int, folder: Path) -> dict[str, Any]:
    print(f"\n→ {size:,} entries".replace(",", " "), flush=True)
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "hub.settings.demo", "HUB_VAR_DIR": str(folder / str(size))}
    output = folder / f"{size}.json"
    command = [sys.executable, "-c", _MEASURE, str(size), str(searches), str(output)]
    if size <= WAGTAIL_MAX_SIZE:
        command.append("--wagtail")
    subprocess.run(command, env=environment, check=True)
    figures: dict[str, Any] = json.loads(output.read_text(encoding="utf-8"))
    return figures


def _print_report(runs: list[dict[str, Any]]) -> None:
    print("\nFaceted page of results (HTML; words + territory, every facet counted, ten extracts), times in ms")
    print("  entries   page p50   page p95   engine p50   view adds p50   SQL   memory MB   index MB")
    for run in runs:
        page, engine = run["page"], run["engine"]
        print(
            f"{run['size']:9}  {page['p50']:9.1f}  {page['p95']:9.1f}  {engine['p50']:11.1f}"
            f"  {run['view_adds_p50']:14.1f}  {run['sql']:>4}  {run['memory_mb']:10.0f}  {run['index_mb']:9.0f}"
        )
    print("\nBulk indexing, from the database to a searchable index")
    for run in runs:
        print(
            f"{run['size']:9}  {run['rebuild_per_second']:9.0f} entries/s"
            f"   peak memory of the rebuild {run['rebuild_memory_mb']:.0f} MB"
        )
    print("\nTerritory suggestions over the official territories, in ms")
    for run in runs[:1]:
        print(f"{run['territories']:9}  p50 {run['suggestions']['p50']:.1f}   p95 {run['suggestions']['p95']:.1f}")
    compared = [run for run in runs if "wagtail" in run]
    if compared:
        print(
            "\nAgainst Wagtail's own search (same corpus and run; words only, no facet, no extract, ten results), in ms"
        )
        for run in compared:
            theirs = run["wagtail"]
            print(
                f"{run['size']:9}  Wagtail p50 {theirs['p50']:.1f}  p95 {theirs['p95']:.1f}  mean {theirs['mean']:.1f}"
                f"   throughput ratio (theirs mean / ours mean): ×{theirs['mean'] / run['page']['mean']:.1f}"
            )
    if len(runs) > 1:
        first, last = runs[0], runs[-1]
        growth = last["page"]["p50"] / first["page"]["p50"]
        print(f"\nPage p50 grows ×{growth:.1f} from {first['size']} to {last['size']} entries (target: less than ×4)")
        print(f"SQL count constant: {'yes' if len({run['sql'] for run in runs}) == 1 else 'NO'}")


if __name__ == "__main__":
    main()
