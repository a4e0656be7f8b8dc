"""Names of files: what a person called theirs, made safe to show, to store and to download."""

import re
import unicodedata
from base64 import b32encode
from secrets import token_bytes

LONGEST_STEM = 60  # characters; the column of the path has 100
_RANDOM_BYTES = 10  # 80 bits: 16 characters of base 32
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
    last = _last_part(name)
    extension = extension_of(name=name)
    stem = last[: -len(extension) - 1] if extension else last
    stem = " ".join(stem.replace("_", " ").split()).strip(". ")
    return stem[:120].strip() or "Fichier"


def random_name() -> str:
    """Return 16 characters nobody can guess, the same with and without the case of letters."""
    return b32encode(token_bytes(_RANDOM_BYTES)).decode().lower()


def _last_part(name: str) -> str:
    """What follows the last separator, composed, without what cannot be seen or turns the text around."""
    last = re.split(r"[/\\]", name)[-1]
    # Category C: controls, marks of direction, half characters, private ones.
    visible = "".join(" " if character in "\t\n\r" else character for character in last)
    visible = "".join(character for character in visible if not unicodedata.category(character).startswith("C"))
    return unicodedata.normalize("NFC", visible).strip()
