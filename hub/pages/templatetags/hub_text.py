from django import template
from django.utils.safestring import SafeString, mark_safe

from hub.pages.models import AbstractKeyFigure
from hub.pages.prose import (
    clock,
    figure_words,
    file_size,
    known_acronyms,
    long_date,
    no_break_spaces,
    spell_out,
    spoken_duration,
    telephone_pieces,
)
from hub.vocabulary.models import lines_of

register = template.Library()


@register.simple_block_tag
def french_spaces(content: str) -> SafeString:
    """Make unbreakable the spaces of punctuation between ``{% french_spaces %}`` and ``{% endfrench_spaces %}``."""
    # Only turns some spaces of HTML the templates have already escaped into other spaces.
    return mark_safe(no_break_spaces(html=content))  # noqa: S308


@register.simple_block_tag
def acronyms(content: str) -> SafeString:
    """Spell out, once each, the acronyms between ``{% acronyms %}`` and ``{% endacronyms %}``; one query."""
    # Only adds <abbr> elements, with escaped titles, to HTML the templates have already escaped.
    return mark_safe(spell_out(html=content, expansions=known_acronyms()))  # noqa: S308


@register.filter
def figure_value(figure: AbstractKeyFigure) -> str:
    return figure_words(qualifier=figure.qualifier_label, value=figure.value, unit=figure.unit)


register.filter("lines", lines_of)
for written in (telephone_pieces, long_date, clock, spoken_duration, file_size):
    register.filter(written.__name__, written)
