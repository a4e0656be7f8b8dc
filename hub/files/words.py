"""The words of a PDF, page by page. Read apart (``hub.files.apart``): a hostile file costs a refusal."""

import json
import logging
from io import BytesIO
from typing import Any

import pypdf
from pypdf.errors import PyPdfError

from hub.files.reading import BROKEN, FileRefused

_UNREADABLE = "Les mots de ce PDF ne peuvent pas être lus : il est protégé ou abîmé."

# pypdf writes what it mends on standard error, line after line.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)


def read_words(content: bytes, *, most_pages: int, most_letters: int) -> tuple[dict[str, Any], bytes]:
    """Answer the words of each page, as a list in JSON; empty for a page that has none, as a picture has.

    What is beyond ``most_pages`` pages, or ``most_letters`` letters in all, is left out. A page that cannot be read is
    taken for one without words.
    """
    try:
        document = pypdf.PdfReader(BytesIO(content), strict=False)
        if document.is_encrypted and not document.decrypt(""):
            raise FileRefused(_UNREADABLE)
        count = min(len(document.pages), most_pages)
    except (*BROKEN, TypeError, AttributeError, AssertionError, PyPdfError) as error:
        raise FileRefused(_UNREADABLE) from error
    pages: list[str] = []
    left = most_letters
    for number in range(count):
        words = _words_of(document, number)[:left]
        left -= len(words)
        pages.append(words)
        if left <= 0:
            break
    return {"pages": len(pages)}, json.dumps(pages, ensure_ascii=False).encode("utf-8", "replace")


def _words_of(document: pypdf.PdfReader, number: int) -> str:
    try:
        return " ".join(document.pages[number].extract_text().replace("\x00", " ").split())
    except Exception:  # noqa: BLE001 — pypdf raises whatever the damage leads to; the other pages have their words
        return ""
