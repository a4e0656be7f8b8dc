"""A hub as visitors meet it: the demonstration, served by gunicorn with compressed static files, in its own process.

A process of its own keeps the browser's event loop, the database of the tests and the served site apart, and weighs
what production weighs. Preparing it takes a minute; what was prepared is kept, named after the contents of the code.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from tests.servers.processes import free_port

APPS = ("events", "hub", "initiatives", "search")
SHELL = ("shell", "--no-imports", "--command")
PREPARATION: tuple[tuple[str, ...], ...] = (
    ("migrate", "--verbosity", "0"),
    ("load_territories",),
    ("load_vocabulary",),
    ("load_thesaurus",),
    ("prepare_site",),
    ("load_demo",),
    (*SHELL, "from tests.browser.content import add_states; add_states()"),
    ("rebuild_search", "--yes"),
    ("collectstatic", "--no-input", "--verbosity", "0"),
)
START_TIME_LIMIT = 60  # seconds
CONSOLE = "console-"  # the beginning of the name of the files that keep it


def prepared_folder(*, cache: Path) -> Path:
    """Return the folder of a hub ready to be served, prepared by the first process that asks for it.

    Raises:
        RuntimeError: when a command of the preparation fails, with what it said.
    """
    folder = cache / _digest()
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "ready").exists():
            for older in cache.iterdir():
                if older.is_dir():
                    shutil.rmtree(older)
            _prepare(folder=folder)
            (folder / "ready").touch()
    return folder


@contextmanager
def served(*, folder: Path) -> Iterator[str]:
    """Serve the hub of a folder on a free port; yields its address, without a slash at the end.

    What it says on its console, its mails among it, stays in the folder (mailbox.py).

    Raises:
        RuntimeError: when it does not answer in time, with what it said.
    """
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    environment = {**_environment(folder), "BIND": f"127.0.0.1:{port}", "WEB_WORKERS": "1", "PUBLIC_BASE_URL": address}
    command = [sys.executable, "-m", "gunicorn", "--config", "python:hub.gunicorn", "hub.wsgi"]
    with (folder / f"{CONSOLE}{port}.log").open("w+") as log:
        process = subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment, stdout=log, stderr=log)
        try:
            _wait_for(address, process=process, log=log)
            yield address
        finally:
            process.terminate()
            process.wait(timeout=START_TIME_LIMIT)


def run_in(*, folder: Path, code: str) -> None:
    """Run some Python in the hub of a folder, beside the one that serves it.

    Raises:
        RuntimeError: when it fails, with what it said.
    """
    _manage(*SHELL, code, folder=folder)


def answer(url: str) -> str:
    """Return the text a visitor is sent, that of an error page included."""
    try:
        with urllib.request.urlopen(url) as response:  # noqa: S310 — an address of ours
            return response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.read().decode()


def _prepare(*, folder: Path) -> None:
    folder.mkdir()
    for command in PREPARATION:
        _manage(*command, folder=folder)


def _manage(*command: str, folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=settings.BASE_DIR,
        env=_environment(folder),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"manage.py {' '.join(command)}\n{done.stdout}\n{done.stderr}")


def _environment(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "ELASTICSEARCH_URL"}}
    return {**kept, "DJANGO_SETTINGS_MODULE": "hub.settings.demo", "HUB_VAR_DIR": str(folder)}


def _wait_for(address: str, *, process: subprocess.Popen, log: object) -> None:
    limit = time.monotonic() + START_TIME_LIMIT
    while process.poll() is None and time.monotonic() < limit:
        try:
            urllib.request.urlopen(f"{address}/robots.txt", timeout=5).close()  # noqa: S310 — an address of ours
        except OSError:
            time.sleep(0.2)
        else:
            return
    log.seek(0)
    raise RuntimeError(f"The hub does not answer on {address}\n{log.read()}")


def _digest() -> str:
    """Name what is served: code, data, static files and libraries, not the templates, which are read when served."""
    digest = hashlib.sha256((settings.BASE_DIR / "uv.lock").read_bytes())
    sources = [path for app in APPS for path in (settings.BASE_DIR / app).rglob("*")]
    sources += [
        settings.BASE_DIR / "tests" / "browser" / name
        for name in ("content.py", "film.webm", "partners.py", "scenes.py", "security_key.py")
    ]
    for path in sorted(sources):
        if path.is_file() and path.suffix != ".pyc":
            digest.update(str(path.relative_to(settings.BASE_DIR)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
