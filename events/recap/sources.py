"""Where the command takes recaps from: files, folders, patterns, standard input."""

import glob
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from events.recap.decoding import MAX_BYTES, require_readable_size
from events.recap.errors import UnreadableRecap

STANDARD_INPUT = "-"
_RECAP_SUFFIXES = frozenset([".txt", ".html", ".htm", ".xhtml", ".md"])


@dataclass(frozen=True, slots=True)
class RecapSource:
    """One recap to import, not read yet; ``name`` is what reports call it."""

    name: str
    path: Path | None

    def read(self) -> bytes:
        """Return the content, after a look at its size: a huge file is not read.

        Raises:
            UnreadableRecap: if the file is missing, is a folder, is not allowed to be read, or is too large.
        """
        if self.path is None:
            return sys.stdin.buffer.read(MAX_BYTES + 1)
        try:
            require_readable_size(size=self.path.stat().st_size)
            return self.path.read_bytes()
        except OSError as error:
            raise UnreadableRecap(f"Ce fichier n’a pas pu être lu ({error.strerror or error}).") from error


def expand_sources(*, names: Iterable[str]) -> Iterator[RecapSource]:
    """Turn the arguments of the command into recaps, in order, each file once.

    A folder gives its text and HTML files, sub-folders included, in the order of their names; a pattern (``*.txt``),
    the files it matches. A name that leads nowhere is kept: reading it says so.
    """
    seen: set[Path] = set()
    for name in names:
        if name == STANDARD_INPUT:
            yield RecapSource("entrée standard", None)
            continue
        for path in _paths(name=name):
            if path.absolute() not in seen:
                seen.add(path.absolute())
                yield RecapSource(str(path), path)


def _paths(*, name: str) -> list[Path]:
    path = Path(name)
    if path.is_dir():
        return sorted(item for item in path.rglob("*") if item.suffix.lower() in _RECAP_SUFFIXES and item.is_file())
    if not path.exists() and glob.has_magic(name):
        return sorted(
            Path(found)
            for found in glob.iglob(name, recursive=True)  # noqa: PTH207 - absolute patterns too
            if Path(found).is_file()
        )
    return [path]
