"""Spell out acronyms in the HTML of a page: the first time each one is read, it becomes ``<abbr title="…">``."""

import re
from collections.abc import Mapping
from html import escape

from django.db.models import Q

from hub.pages.prose import text_pieces
from hub.vocabulary.models import Scheme

# Inside these a text is left as it is: names of things (links, headings, buttons…), and what is not read as prose.
UNTOUCHED = frozenset(
    "a abbr button code h1 h2 h3 h4 h5 h6 label option pre script style summary textarea title".split()
)


def known_acronyms() -> dict[str, str]:
    """Return every acronym of the vocabulary with its expansion, in one query."""
    return dict(Scheme.objects.exclude(Q(acronym="") | Q(expansion="")).values_list("acronym", "expansion"))


def spell_out(*, html: str, expansions: Mapping[str, str]) -> str:
    """Return the HTML with the first reading of each acronym spelt out, tags and attributes untouched.

    An acronym is recognised in its exact case, as a whole word: « FNAVDL » does not hold « AVDL », « AVDL/ASLL »
    holds both.
    """
    if not expansions:
        return html
    titles = {escape(acronym): escape(expansion) for acronym, expansion in expansions.items()}
    longest_first = sorted(titles, key=len, reverse=True)
    pattern = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, longest_first))})(?![\w-])")

    def spelt(match: re.Match[str]) -> str:
        # Each acronym once: the second time, its title is gone.
        title = titles.pop(match[0], None)
        return f'<abbr title="{title}">{match[0]}</abbr>' if title else match[0]

    pieces = text_pieces(html=html, untouched=UNTOUCHED)
    return "".join(pattern.sub(spelt, piece) if is_prose and titles else piece for piece, is_prose in pieces)
