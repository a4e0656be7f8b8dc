from django import template
from django.template import Context, Node, NodeList
from django.template.base import Parser, Token
from django.utils.safestring import mark_safe

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

register = template.Library()


class FrenchSpacesNode(Node):
    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist

    def render(self, context: Context) -> str:
        # Only turns some spaces of HTML the templates have already escaped into other spaces.
        return mark_safe(no_break_spaces(html=self.nodelist.render(context)))  # noqa: S308


@register.tag
def french_spaces(parser: Parser, token: Token) -> FrenchSpacesNode:
    """Make unbreakable the spaces of punctuation between ``{% french_spaces %}`` and ``{% endfrench_spaces %}``."""
    del token
    nodelist = parser.parse(("endfrench_spaces",))
    parser.delete_first_token()
    return FrenchSpacesNode(nodelist)


class AcronymsNode(Node):
    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist

    def render(self, context: Context) -> str:
        html = self.nodelist.render(context)
        # Only adds <abbr> elements, with escaped titles, to HTML the templates have already escaped.
        return mark_safe(spell_out(html=html, expansions=known_acronyms()))  # noqa: S308


@register.tag
def acronyms(parser: Parser, token: Token) -> AcronymsNode:
    """Spell out, once each, the acronyms between ``{% acronyms %}`` and ``{% endacronyms %}``; one query."""
    del token
    nodelist = parser.parse(("endacronyms",))
    parser.delete_first_token()
    return AcronymsNode(nodelist)


@register.filter
def figure_value(figure: AbstractKeyFigure) -> str:
    qualifier = figure.qualifier_label if figure.qualifier else ""
    return figure_words(qualifier=qualifier, value=figure.value, unit=figure.unit)


@register.filter
def lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


register.filter("telephone_pieces", telephone_pieces)
register.filter("long_date", long_date)
register.filter("clock", clock)
register.filter("spoken_duration", spoken_duration)
register.filter("file_size", file_size)
