"""Tags to browse the catalogue by its vocabularies."""

from django import template
from django.db.models import QuerySet

from hub.vocabulary.models import Audience, Scheme

register = template.Library()


@register.simple_tag
def first_level_audiences(count: int) -> QuerySet[Audience]:
    """Return the audiences of the first level, the universal one aside."""
    return Audience.objects.filter(parent=None, is_universal=False)[:count]


@register.simple_tag
def schemes_with_acronym(count: int) -> QuerySet[Scheme]:
    """Return the schemes people call by an acronym."""
    return Scheme.objects.exclude(acronym="")[:count]
