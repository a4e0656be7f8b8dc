"""What a file is, by its first bytes: enough to tell a person what they sent instead of what is taken."""

import re

ZIP = b"PK\x03\x04"
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_MARKUP = re.compile(
    rb"<\s*(?:!doctype\s+html|html|head|body|script|iframe|object|embed|form|svg|meta|link|style)\b", re.IGNORECASE
)
_SVG = re.compile(rb"<\s*(?:\w+:)?svg\b", re.IGNORECASE)
# What a program, or an archive in an archive, begins with.
_PROGRAMS = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe")
_ARCHIVES = (ZIP, b"PK\x05\x06", b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b\x08", b"BZh", b"\xfd7zXZ\x00")
_HEAD = 4096


def is_svg(content: bytes) -> bool:
    """A drawing made of text, which may carry a program."""
    return bool(_SVG.search(_as_single_bytes(content[:_HEAD])))


def is_markup(content: bytes) -> bool:
    """A web page, or a piece of one, anywhere in the first characters."""
    return bool(_MARKUP.search(_as_single_bytes(content[:_HEAD])))


def has_markup(content: bytes) -> bool:
    """A piece of a web page anywhere."""
    return bool(_MARKUP.search(content))


def is_compound(content: bytes) -> bool:
    """The container of the old Office formats, of embedded objects, and of protected Office files."""
    return content.startswith(COMPOUND)


def is_encrypted_office(content: bytes) -> bool:
    """A .docx, .xlsx or .pptx protected by a password: a container of another kind."""
    return is_compound(content) and "EncryptedPackage".encode("utf-16-le") in content


def is_program(content: bytes) -> bool:
    """Something a computer would run."""
    return content.startswith(_PROGRAMS)


def is_archive(content: bytes) -> bool:
    """A file of files."""
    return content.startswith(_ARCHIVES)


def is_heic(content: bytes) -> bool:
    """A photograph as recent telephones keep them."""
    return content[4:8] == b"ftyp" and content[8:12] in {b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"heim", b"heis"}


def _as_single_bytes(content: bytes) -> bytes:
    """The same text when each character takes two bytes: the zeros between letters hide nothing."""
    return content.replace(b"\x00", b"")
