"""What is cut from HTML before its parser sees it: what is not content, and what would make the parser slow."""

import re
from itertools import islice

from events.recap.errors import UnreadableRecap

MAX_TAGS = 60_000
"""More tags than any page of a site has; the time of the HTML parser grows with their number and depth."""

_TAG = re.compile(
    r"</?(?P<name>html|head|body|main|article|section|div|p|h[1-6]|ul|ol|li|a|strong|b|em|i|span|br|table|tr|td|blockquote)"
    r"(?:\s[^<>]{0,4000})?/?>",
    re.IGNORECASE,
)
_INLINE = frozenset(["a", "strong", "b", "em", "i", "span"])
_MAX_TAGS_READ = 1_000
_WHOLE_PAGE = re.compile(r"\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!doctype\s+html|<html[\s>])", re.IGNORECASE)
_DECLARATION = re.compile(r"<[!?][^>]*>")


def is_html(*, text: str) -> bool:
    """Say whether a text is HTML, a whole page or a fragment: at least two tags, of which one makes a block or a line.

    A plain text may hold a few words in bold tags; read as HTML, its paragraphs would run together.
    """
    head = text[:200_000]
    if _WHOLE_PAGE.match(head):
        return True
    names = [found["name"].lower() for found in islice(_TAG.finditer(head), _MAX_TAGS_READ)]
    return len(names) > 1 and any(name not in _INLINE for name in names)


def without_raw_parts(*, html: str) -> str:
    """Return the HTML without comments, declarations, scripts, styles and drawings, in a time linear to its length.

    Raises:
        UnreadableRecap: if what remains has too many tags to be a page.
    """
    html = _without_pairs(html=html, opening="<!--", closing="-->")
    for name in ("script", "style", "template", "svg", "math", "object"):
        html = _without_pairs(html=html, opening=rf"<{name}(?=[\s>/])", closing=rf"</{name}\s*>")
    # Past the last ">" nothing closes: the parser would read the rest again from each "<".
    end = html.rfind(">") + 1
    html = _DECLARATION.sub(" ", html[:end]) + html[end:].replace("<", "&lt;")
    count = html.count("<")
    if count > MAX_TAGS:
        message = f"Ce HTML est trop complexe pour une page de compte rendu ({count} balises, limite : {MAX_TAGS})."
        raise UnreadableRecap(message)
    return html


def _without_pairs(*, html: str, opening: str, closing: str) -> str:
    """Cut what lies between an opening and the closing that follows; an opening that nothing closes is kept.

    Only the part before the last closing is searched, so that no opening is searched for a closing it does not have.
    """
    end = 0
    for found in re.finditer(closing, html, re.IGNORECASE):
        end = found.end()
    pair = re.compile(f"{opening}.*?{closing}", re.IGNORECASE | re.DOTALL)
    return pair.sub(" ", html[:end]) + html[end:]
