"""Measure the search: ``python -m tests.bench``. Each size runs in a process of its own: memory can be told apart.

Ratios between the two sides of one run mean something; absolute times only say what this machine did today.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from tests.bench.report import print_report
from tests.servers.lending import lent_server

SIZES = (1_000, 10_000, 100_000)
# Beyond this Wagtail's own search on SQLite takes seconds a query, and minutes to index: only waiting is added.
WAGTAIL_MAX_SIZE = 10_000
_RUN = "import django; django.setup(); from tests.bench.{module} import main; main()"


def main() -> None:
    """Run every size and print the tables."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, metavar="N", help="numbers of entries")
    parser.add_argument("--searches", type=int, default=200, help="searches measured on each side")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keep the filled databases there, and use them")
    parser.add_argument("--without-elasticsearch", action="store_true", help="measure the embedded engine alone")
    options = parser.parse_args()
    temporary = nullcontext(options.keep) if options.keep else tempfile.TemporaryDirectory(prefix="hub-bench-")
    with temporary as folder, lent_server(wanted=not options.without_elasticsearch) as url:
        runs = []
        for size in sorted(options.sizes):
            runs.append(_run(size=size, searches=options.searches, folder=Path(folder).resolve(), url=url))
            if options.json:
                options.json.write_text(json.dumps(runs, indent=2), encoding="utf-8")
    print_report(runs)


def _run(*, size: int, searches: int, folder: Path, url: str) -> dict[str, Any]:
    print(f"\n→ {size:,} entries".replace(",", " "), flush=True)
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "hub.settings.demo", "HUB_VAR_DIR": str(folder / str(size))}
    environment = {name: value for name, value in environment.items() if not name.startswith("ELASTICSEARCH_")}
    _python("preparation", str(size), environment=environment)
    output = folder / f"{size}.json"
    arguments = [str(size), str(searches), str(output), "--server", url]
    if size <= WAGTAIL_MAX_SIZE:
        arguments.append("--wagtail")
    _python("measure", *arguments, environment=environment)
    figures: dict[str, Any] = json.loads(output.read_text(encoding="utf-8"))
    return figures


def _python(module: str, *arguments: str, environment: dict[str, str]) -> None:
    subprocess.run([sys.executable, "-c", _RUN.format(module=module), *arguments], env=environment, check=True)


if __name__ == "__main__":
    main()
