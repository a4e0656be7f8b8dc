"""Where servers are unpacked and run: a cache of the user, that an unprivileged user can read when the user is root."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NAME = "hub-dihal"


def cache_folder() -> Path:
    """Return the folder that keeps servers from one run to the next, made if it is missing.

    ``HUB_SERVERS_DIR`` names another. For root it is not under its home, which nobody else may read: servers refuse to
    run as root.
    """
    chosen = os.environ.get("HUB_SERVERS_DIR")
    if chosen:
        folder = Path(chosen)
    elif os.geteuid() == 0:
        folder = Path("/var/cache") / NAME
    else:
        folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / NAME
    folder.mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0:
        folder.chmod(0o755)
    return folder.resolve()


def new_run_folder(*, name: str) -> Path:
    """Return a new empty folder for a server to run in. Whoever asks for it removes it."""
    runs = cache_folder() / "runs"
    runs.mkdir(exist_ok=True)
    if os.geteuid() == 0:
        runs.chmod(0o755)
    folder = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=runs))
    folder.chmod(0o755 if os.geteuid() == 0 else 0o700)
    return folder


@contextmanager
def run_folder(*, name: str) -> Iterator[Path]:
    """Lend a new empty folder for servers to run in, removed at the end."""
    folder = new_run_folder(name=name)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def locked(*, path: Path) -> Iterator[None]:
    """Hold a lock between processes, which the system frees when its holder dies."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
