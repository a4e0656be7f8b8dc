"""A search server for a measure: the one the environment names, or a node started for it."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from tests.servers.answers import check_is_elasticsearch
from tests.servers.elasticsearch import running_node
from tests.servers.errors import ServerError

HEAP_MB = 1024


@contextmanager
def lent_server(*, wanted: bool) -> Iterator[str]:
    """Lend the address of a server: the one ``ELASTICSEARCH_URL`` names, or a node of this run; empty without one."""
    url = os.environ.get("ELASTICSEARCH_URL", "")
    with ExitStack() as stack:
        try:
            if wanted and url:
                check_is_elasticsearch(url=url)
            elif wanted:
                print(f"→ starting Elasticsearch ({HEAP_MB} MB of heap)", flush=True)
                url = stack.enter_context(running_node(heap_mb=HEAP_MB)).url
        except ServerError as error:
            print(f"Elasticsearch is left out: {str(error).splitlines()[0]}", flush=True)
            wanted = False
        yield url if wanted else ""
