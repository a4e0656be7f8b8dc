"""Read a recap, whatever it comes as: a file or a paste, text or HTML, old or new encoding."""

import html
import re

from events.recap.decoding import MAX_BYTES, decoded, require_readable_size, require_text
from events.recap.errors import UnreadableRecap
from events.recap.heading import find_title
from events.recap.markup import blocks_of_markup
from events.recap.markup_safety import is_html
from events.recap.plaintext import blocks_of_text
from events.recap.text import RecapText
from events.recap.typography import regular

MAX_BLOCKS = 50_000
"""More paragraphs than any recap; the longest page of the site has a few hundred."""

_ENTITY = re.compile(r"&(?:[a-zA-Z]{2,8}|#\d{2,5});")


def read_recap(*, data: bytes | str, filename: str = "", max_bytes: int = MAX_BYTES) -> RecapText:
    """Read a recap into ordered blocks.

    Args:
        data: the content of a file, or what was pasted.
        filename: shown in reports; never trusted to say what the file is.
        max_bytes: the largest input read; a larger one is refused by its size, unread.

    Raises:
        UnreadableRecap: if the input is empty, too large, not text, or not a recap; the message is in French.
    """
    # A character takes at least a byte: the length of a paste is a lower bound of its size.
    require_readable_size(size=len(data), max_bytes=max_bytes)
    if isinstance(data, bytes):
        characters, encoding = decoded(data=data)
    else:
        characters, encoding = data, "utf-8"
    require_text(text=characters)
    text = _text_of(characters=regular(text=characters), encoding=encoding, filename=filename)
    if not text.blocks:
        message = "Ce HTML ne contient aucun texte."
        raise UnreadableRecap(message)
    if len(text.blocks) > MAX_BLOCKS:
        message = (
            f"Ce texte a {len(text.blocks)} paragraphes : c’est trop pour un compte rendu (limite : {MAX_BLOCKS})."
        )
        raise UnreadableRecap(message)
    if find_title(text=text) is None:
        message = (
            "Ce texte ne ressemble pas au compte rendu d’un atelier : ni numéro ni sujet d’atelier n’y ont été trouvés "
            "(par exemple « Retour sur le 12e atelier de la Dihal « … » du 3 mars 2020 »)."
        )
        raise UnreadableRecap(message)
    return text


def _text_of(*, characters: str, encoding: str, filename: str) -> RecapText:
    if is_html(text=characters):
        content = blocks_of_markup(html=characters)
        return RecapText(
            blocks=content.blocks,
            chrome=content.chrome,
            source_format="html",
            encoding=encoding,
            filename=filename,
            base_url=content.base_url,
        )
    if _ENTITY.search(characters):
        characters = regular(text=html.unescape(characters))
    return RecapText(blocks=blocks_of_text(text=characters), encoding=encoding, filename=filename)
