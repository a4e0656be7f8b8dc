"""The search server in a container, where a Docker daemon answers."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from .errors import ServerError

FILE = Path(__file__).with_name("compose.yaml")
PROJECT = "hub-dihal-elasticsearch"
QUESTION_LIMIT = 5  # seconds: a daemon that is there answers at once


def is_available() -> bool:
    """Tell, within seconds, whether ``docker compose`` is installed and its daemon answers."""
    program = shutil.which("docker")
    if program is None:
        return False
    # With no daemon the command may fail, or print an empty version.
    for question in (["compose", "version"], ["info", "--format", "{{.ServerVersion}}"]):
        try:
            answer = subprocess.run(
                [program, *question], capture_output=True, text=True, check=False, timeout=QUESTION_LIMIT
            )
        except subprocess.TimeoutExpired:
            return False
        if answer.returncode or not answer.stdout.strip():
            return False
    return True


def up(*, port: int, tell: Callable[[str], None]) -> str:
    """Start the container and wait until it is ready; return its address.

    Raises:
        ServerError: Docker cannot start it; nothing of it is left.
    """
    tell("Elasticsearch, par Docker (l’image est téléchargée la première fois).")
    try:
        started = _compose("up", "--detach", "--wait", port=port)
    except BaseException:
        down()
        raise
    if started:
        down()
        raise ServerError("Docker n’a pas pu démarrer Elasticsearch (voir plus haut).")
    return f"http://127.0.0.1:{port}"


def down() -> None:
    """Stop and remove the container and its data."""
    _compose("down", "--volumes", "--timeout", "10", port=0)


def _compose(*arguments: str, port: int) -> int:
    command = ["docker", "compose", "--project-name", PROJECT, "--file", str(FILE), *arguments]
    environment = {**os.environ, "HUB_ELASTICSEARCH_PORT": str(port)}
    return subprocess.run(command, env=environment, check=False).returncode
