"""The command behind ``make elasticsearch``: ``python -m tests.servers start|stop|status``."""

import argparse
import sys

from .answers import ask, split_credentials
from .choice import USUAL_ADDRESS, running_server, start, started_server, stop
from .errors import ServerError
from .progress import say


def main() -> int:
    """Do what is asked; return 0 when a server is there (``start``, ``status``) or was not ours to stop."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.servers", description="Un serveur Elasticsearch pour les essais et les tests."
    )
    parser.add_argument("action", choices=("start", "stop", "status"))
    action = parser.parse_args().action
    try:
        return {"start": _start, "stop": _stop, "status": _status}[action]()
    except ServerError as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        say("Interrompu : rien ne reste démarré.")
        return 130


def _start() -> int:
    url = start()
    say(f"Elasticsearch répond sur {split_credentials(url)[0]} ({_origin(url)}).")
    return 0


def _stop() -> int:
    if stop():
        say("Arrêté ; ses données sont effacées.")
    else:
        say("Rien à arrêter : « make elasticsearch » n’a démarré aucun serveur.")
    return 0


def _status() -> int:
    url = running_server()
    if url is None:
        say("Aucun serveur Elasticsearch : « make elasticsearch » en démarre un.")
        return 1
    version = ask(url=url).data["version"]["number"]
    health = ask(url=url, path="/_cluster/health").data["status"]
    say(f"Elasticsearch {version} répond sur {split_credentials(url)[0]}, état {health} ({_origin(url)}).")
    return 0


def _origin(url: str) -> str:
    mine = started_server()
    if mine is not None and mine.url == url:
        return "démarré par « make elasticsearch », arrêté par « make elasticsearch-stop »"
    return "déjà là sur le port habituel" if url == USUAL_ADDRESS else "donné par ELASTICSEARCH_URL"


if __name__ == "__main__":
    sys.exit(main())
