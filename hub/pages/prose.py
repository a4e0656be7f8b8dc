"""Work on what is read in the HTML of a page, without touching its tags: French spaces, and a base for the acronyms."""

import re
from collections.abc import Collection, Iterator

from hub.pages.typography import NO_BREAK_SPACE

# What follows the name of a tag, to its end: quoted attributes may hold ">". Another "<" outside them says that this
# was no tag: a text of nothing but "<" is not read again from each of them.
_REST_OF_TAG = r"""(?:"[^"]*"|'[^']*'|[^'"<>])*>"""
# A comment that is never closed lasts until the end, as in a browser.
_COMMENT = r"<!--.*?(?:-->|\Z)"
_MARKUP = re.compile(rf"({_COMMENT}|<{_REST_OF_TAG})", re.DOTALL)
_TAG_NAME = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)")

# Texts whose spaces mean something, or are not read.
VERBATIM = frozenset("code kbd pre samp script style textarea".split())
# An ordinary space the French never end a line with: before high punctuation, inside guillemets.
_BREAKABLE = r"(?<!\s) (?=[:;!?»%€](?![\w/]))|(?<=«) "
# One pass over the page, which is the dearest part of this: what is not read is matched first, and stays as it is. An
# element that is never closed lasts until the end, as in a browser.
_UNREAD_OR_BREAKABLE = re.compile(
    rf"{_COMMENT}|<({'|'.join(sorted(VERBATIM))})\b{_REST_OF_TAG}.*?(?:</\1\s*>|\Z)"
    rf"|<{_REST_OF_TAG}|(?P<space>{_BREAKABLE})",
    re.DOTALL | re.IGNORECASE,
)


def no_break_spaces(*, html: str) -> str:
    """Return the HTML with the spaces of French punctuation made unbreakable, as editors rarely type them."""
    return _UNREAD_OR_BREAKABLE.sub(lambda found: NO_BREAK_SPACE if found["space"] else found[0], html)


def text_pieces(*, html: str, untouched: Collection[str]) -> Iterator[tuple[str, bool]]:
    """Yield the HTML in pieces, each with whether it is text outside the ``untouched`` elements (names in lower case).

    Joined again, the pieces give back the HTML exactly.
    """
    inside: list[str] = []
    for position, piece in enumerate(_MARKUP.split(html)):
        if position % 2 == 0:
            yield piece, not inside
            continue
        yield piece, False
        tag = _TAG_NAME.match(piece)
        if tag is None or tag[2].lower() not in untouched:
            continue
        if not tag[1]:
            inside.append(tag[2].lower())
        elif inside and inside[-1] == tag[2].lower():
            inside.pop()
