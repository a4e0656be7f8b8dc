"""What a process searches in: copies of its own, which no path leads to, checked while they were made.

A file that is read through memory must not change under whoever reads it: the system kills a process that looks at a
page which a truncation took away, and nothing in Python can prevent it. So each process reads nameless copies. Whatever
is done to the folder of the index, it goes on answering, and there is no moment between the check and the reading.
"""

import contextlib
import shutil
import tempfile
import weakref
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

import tantivy

from search.engines.embedded.documents import register_tokenizer
from search.engines.embedded.seals import DamageError, Sum, opened, sum_of

# Where the system shows the open files of a process under a name, for tantivy to open them.
_OPEN_FILES = Path("/proc/self/fd")


class PrivateFiles:
    """The nameless copies of one process; the system frees them when it ends, however it ends."""

    def __init__(self) -> None:
        """Have no copy yet."""
        self._files: dict[tuple[str, Sum], BinaryIO] = {}
        weakref.finalize(self, _close, self._files)

    def open(self, folder: Path, *, sums: Mapping[str, Sum]) -> tantivy.Index:
        """Open the index of a folder, made of the files of ``sums``; only files that are new are copied.

        Raises ``DamageError`` for a file that is not what its sum says, ``OSError``, and what tantivy raises.
        """
        for name, expected in sums.items():
            if (name, expected) not in self._files:
                self._files[name, expected] = _copy_of(folder / name, expected=expected)
        for former in self._files.keys() - sums.items():
            self._files.pop(former).close()
        with _named(self._files) as place:
            index = tantivy.Index.open(str(place))
            index.config_reader(reload_policy="manual")
            register_tokenizer(index)
            index.reload()
        return index

    def close(self) -> None:
        """Let go of every copy. An index that was opened keeps what it reads."""
        _close(self._files)


def _close(files: dict[tuple[str, Sum], BinaryIO]) -> None:
    while files:
        files.popitem()[1].close()


def _copy_of(path: Path, *, expected: Sum) -> BinaryIO:
    """Return a nameless copy, on the disk of the index, or among temporary files when there is no room for it there."""
    try:
        copy = _copied(path, expected=expected, place=path.parent.parent)
    except OSError:
        copy = _copied(path, expected=expected, place=None)
    return copy


def _copied(path: Path, *, expected: Sum, place: Path | None) -> BinaryIO:
    with contextlib.ExitStack() as closed_on_error:
        copy = closed_on_error.enter_context(tempfile.TemporaryFile(dir=place))
        with opened(path) as original:
            if sum_of(original, copy_to=copy) != expected:
                raise DamageError(f"{path.name} was altered")
        copy.flush()
        closed_on_error.pop_all()
    return copy


@contextlib.contextmanager
def _named(files: Mapping[tuple[str, Sum], BinaryIO]) -> Iterator[Path]:
    """Give the copies the names tantivy knows, in a folder that lasts as long as it needs to open them."""
    place = Path(tempfile.mkdtemp(prefix="hub-search-"))
    try:
        for (name, _), file in files.items():
            if _OPEN_FILES.is_dir():
                (place / name).symlink_to(_OPEN_FILES / str(file.fileno()))
            else:  # named while they are opened: a few more seconds for large indexes
                file.seek(0)
                with (place / name).open("wb") as named:
                    shutil.copyfileobj(file, named)
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)
