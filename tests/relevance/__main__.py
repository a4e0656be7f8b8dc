"""Measure the relevance of the search: ``python -m tests.relevance``. Every side answers in the same run.

``--keep`` writes the hub's figures to the repository: what ``test_relevance.py`` holds later changes to.
``--worst N`` names the questions the hub answers worst. ``--json FILE`` writes every answer.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.servers.lending import lent_server

_RUN = "import django; django.setup(); from tests.relevance.run import main; main()"


def main() -> None:
    """Run in a process whose database, files and indexes live in a temporary folder."""
    parser = argparse.ArgumentParser(prog="python -m tests.relevance", description=__doc__)
    parser.add_argument("--keep", action="store_true", help="keep the figures of the hub in the repository")
    parser.add_argument("--worst", type=int, default=0, metavar="N", help="name the N questions answered worst")
    parser.add_argument("--json", type=Path, help="write every answer to this file")
    parser.add_argument("--without-elasticsearch", action="store_true", help="ask the others alone")
    options = parser.parse_args()
    if options.keep and options.without_elasticsearch:
        parser.error("the figures to keep are those of both engines")
    with (
        tempfile.TemporaryDirectory(prefix="hub-pertinence-") as folder,
        lent_server(wanted=not options.without_elasticsearch) as url,
    ):
        chosen = {
            "url": url,
            "keep": options.keep,
            "worst": options.worst,
            "json": str(options.json.resolve()) if options.json else "",
        }
        environment = {name: value for name, value in os.environ.items() if not name.startswith("ELASTICSEARCH_")}
        environment |= {"DJANGO_SETTINGS_MODULE": "hub.settings.test", "HUB_VAR_DIR": folder}
        environment["DATABASE_URL"] = f"sqlite:///{folder}/hub.sqlite3"
        run = subprocess.run([sys.executable, "-c", _RUN, json.dumps(chosen)], check=False, env=environment)
    sys.exit(run.returncode)


if __name__ == "__main__":
    main()
