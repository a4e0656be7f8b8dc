"""Where a recap comes from: a file, a page, what was pasted; its signs, and why it may be refused."""

import glob
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from hub.files import FileRefused
from hub.files.kinds import NO_TEXTS
from hub.files.reading import encoding_of, marked_encoding

MAX_BYTES = 5 * 1024 * 1024
"""The largest recap read, in bytes. The longest published ones are under 100 kB of HTML."""

_ADVICE = "Enregistrez le compte rendu en texte ou en HTML, ou collez son texte."
# Share of control characters above which a file is no text, whatever its encoding.
_MAX_CONTROL_SHARE = 0.02


def require_readable_size(*, size: int, max_bytes: int = MAX_BYTES) -> None:
    """Raise ``FileRefused`` for an input of more than ``max_bytes``, too large to be a recap, before it is read."""
    if size > max_bytes:
        shown = f"{size / 1024 / 1024:.1f}".replace(".", ",")
        limit = f"{max_bytes / 1024 / 1024:g}".replace(".", ",")
        raise FileRefused(f"Ce fichier pèse {shown} Mo : c’est trop pour un compte rendu (limite : {limit} Mo).")


def decoded(*, data: bytes) -> tuple[str, str]:
    """Return the characters of a file and the name of the encoding they were in.

    A byte order mark decides; then UTF-8; then Windows-1252, the encoding of old French pages. Raises ``FileRefused``
    if the file is empty or is not text (PDF, Word, image…).
    """
    if not data.strip(b" \t\r\n\x00"):
        raise FileRefused("Ce fichier est vide.")
    for signature, what in NO_TEXTS:
        if data.startswith(signature):
            raise FileRefused(f"Ce fichier est {what}, pas du texte. {_ADVICE}")
    if encoding := marked_encoding(data):
        return data.decode(encoding, errors="replace"), encoding
    encoding = _encoding_without_mark(data=data)
    text = data.decode(encoding, errors="replace")
    require_text(text=text)
    return text, encoding


def require_text(*, text: str) -> None:
    """Raise ``FileRefused`` for what people do not read: a blank text, or one full of control characters."""
    if not text.strip("\ufeff\u200b\x00 \t\r\n"):
        raise FileRefused("Ce fichier est vide." if not text else "Le texte est vide.")
    odd = sum(text.count(chr(code)) for code in (*range(9), *range(14, 32), 0x7F))
    if odd > max(2, len(text) * _MAX_CONTROL_SHARE) or text.count("\x00") > 0:
        raise FileRefused(f"Ce fichier est un fichier binaire, pas du texte. {_ADVICE}")


def _encoding_without_mark(*, data: bytes) -> str:
    encoding = encoding_of(data)
    if encoding == "utf-8" and data.count(b"\x00") > len(data) // 4:
        return "utf-16-le" if data[1::2].count(0) > data[::2].count(0) else "utf-16-be"
    return encoding or "latin-1"


_RECAP_SUFFIXES = frozenset([".txt", ".html", ".htm", ".xhtml", ".md"])


@dataclass(frozen=True, slots=True)
class RecapSource:
    """One recap to import, not read yet; ``name`` is what reports call it."""

    name: str
    path: Path | None

    def read(self) -> bytes:
        """Return the content; FileRefused if missing, a folder, forbidden, or by its size: a huge file is not read."""
        if self.path is None:
            return sys.stdin.buffer.read(MAX_BYTES + 1)
        try:
            require_readable_size(size=self.path.stat().st_size)
            return self.path.read_bytes()
        except OSError as error:
            raise FileRefused(f"Ce fichier n’a pas pu être lu ({error.strerror or error}).") from error


def expand_sources(*, names: Iterable[str]) -> Iterator[RecapSource]:
    """Turn the arguments of the command into recaps, in order, each file once.

    A folder gives its text and HTML files, sub-folders included, in the order of their names; a pattern (``*.txt``),
    the files it matches. A name that leads nowhere is kept: reading it says so.
    """
    seen: set[Path] = set()
    for name in names:
        if name == "-":
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
