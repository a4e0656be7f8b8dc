import codecs
import re
import struct
import unicodedata
import zlib
from base64 import b32encode
from secrets import token_bytes

from django.core.files.base import File

from hub.refusals import Refused


class FileRefused(Refused):
    """A file is not taken."""


# What reading a damaged file raises, depending on where the damage is.
BROKEN = (OSError, ValueError, EOFError, LookupError, ArithmeticError, RuntimeError, struct.error, zlib.error)


def read_bounded(*, file: File, limit: int) -> bytes:
    """Return the content of a file of at most ``limit`` bytes: one that is empty, or larger, is refused."""
    if file.size > limit:
        raise too_large(limit=limit)
    file.seek(0)
    content: bytes = file.read(limit + 1)
    # Whoever made the file object may have been told a wrong size.
    if len(content) > limit:
        raise too_large(limit=limit)
    if not content:
        raise FileRefused("Ce fichier est vide : vérifiez qu’il s’ouvre sur votre ordinateur, puis renvoyez-le.")
    return content


def too_large(*, limit: int) -> FileRefused:
    return FileRefused(
        f"Ce fichier est trop lourd : {readable_size(limit)} au plus. Allégez-le, ou mettez-le en ligne ailleurs et "
        "donnez son adresse dans le texte."
    )


def readable_size(size: int) -> str:
    """« 20 Mo »: a limit, in whole megabytes."""
    return f"{size // 2**20} Mo"


_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark begins the same way
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def marked_encoding(content: bytes) -> str:
    """Return how a text says that it is written, by its byte order mark; empty without one."""
    return next((encoding for mark, encoding in _BYTE_ORDER_MARKS if content.startswith(mark)), "")


def encoding_of(content: bytes) -> str | None:
    """Return how a text is written: in UTF-8, or failing that in Windows's Western characters; ``None`` for no text."""
    for encoding in ("utf-8", "cp1252"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    return None


LONGEST_STEM = 60  # characters; the column of the path has 100
RANDOM_NAME = re.compile(r"[a-z2-7]{16}")
# What some system gives a meaning to, beside the separators of folders.
_RESERVED = re.compile(r"[<>:\"|?*#%&{}$!`'^~;=@+]")


def extension_of(*, name: str) -> str:
    """Return the extension in lower case, without its dot; empty when there is none."""
    stem, dot, extension = _last_part(name).rpartition(".")
    return extension.lower() if dot and stem else ""


def safe_stem(*, name: str) -> str:
    """Return the name without folder, extension, control or direction-changing character; never empty."""
    stem = _RESERVED.sub(" ", title_of(name=name))
    stem = re.sub(r"[\s_]+", "-", stem).strip("-. ")[:LONGEST_STEM].strip("-. ")
    return stem or "fichier"


def title_of(*, name: str) -> str:
    """Return what a person reads instead of the name: without extension, underscores read as spaces; never empty."""
    stem = _last_part(name)
    if extension := extension_of(name=name):
        stem = stem[: -len(extension) - 1]
    stem = " ".join(stem.replace("_", " ").split()).strip(". ")
    return stem[:120].strip() or "Fichier"


def random_name() -> str:
    """Return 16 characters nobody can guess, the same with and without the case of letters."""
    return b32encode(token_bytes(10)).decode().lower()


def _last_part(name: str) -> str:
    """What follows the last separator, composed, without what cannot be seen or turns the text around."""
    last = re.split(r"[/\\]", name)[-1]
    # Category C: controls, marks of direction, half characters, private ones.
    visible = "".join(" " if character in "\t\n\r" else character for character in last)
    visible = "".join(character for character in visible if not unicodedata.category(character).startswith("C"))
    return unicodedata.normalize("NFC", visible).strip()
