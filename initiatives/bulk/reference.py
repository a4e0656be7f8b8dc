"""What the file's words designate: vocabularies read once, territories as they come."""

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db.models import TextChoices

from hub.territories.forms import TerritoryMultipleChoiceField
from hub.territories.names import normalise_name
from hub.vocabulary.models import Audience, Axis, Organisation, OrganisationKind, OtherNames, Scheme

Choice = TypeVar("Choice", bound=TextChoices)

# Files name the same places again and again; beyond, the least recently met is asked anew.
_TERRITORIES_REMEMBERED = 2_000
_UNKNOWN_KIND = "association"


@dataclass(slots=True)
class Reference:
    """Ids by normalised words. ``organisations`` are the validated ones; ``proposed`` those waiting for Dihal."""

    audiences: dict[str, int] = field(default_factory=dict)
    axes: dict[str, int] = field(default_factory=dict)
    schemes: dict[str, int] = field(default_factory=dict)
    organisations: dict[str, int] = field(default_factory=dict)
    proposed: dict[str, int] = field(default_factory=dict)
    _territories: OrderedDict[str, int] = field(default_factory=OrderedDict)
    _territory_field: TerritoryMultipleChoiceField = field(default_factory=TerritoryMultipleChoiceField)

    def territory(self, *, text: str) -> int:
        """Return the id of the territory that ``text`` designates.

        Raises:
            ValidationError: when there is none, or several; the message says which.
        """
        if text in self._territories:
            self._territories.move_to_end(text)
            return self._territories[text]
        found: int = self._territory_field.resolve(text).pk
        self._territories[text] = found
        if len(self._territories) > _TERRITORIES_REMEMBERED:
            self._territories.popitem(last=False)
        return found


def load_reference() -> Reference:
    """Read the vocabularies. Five queries."""
    organisations = list(Organisation.objects.order_by("-pk").only("name", "slug", "aliases", "is_proposed"))
    return Reference(
        audiences=_by_words(Audience.objects.order_by("-pk"), "label", "slug"),
        axes=_by_words(Axis.objects.order_by("-pk"), "label", "slug"),
        schemes=_by_words(Scheme.objects.order_by("-pk"), "expansion", "slug", "acronym"),
        organisations=_by_words([row for row in organisations if not row.is_proposed], "name", "slug"),
        proposed=_by_words([row for row in organisations if row.is_proposed], "name"),
    )


def choices_by_words(choices: type[Choice]) -> dict[str, Choice]:
    """Return the choices of a closed list by what people may write for each: its identifier or its label."""
    return {normalise_name(word): choice for choice in choices for word in (choice.value, str(choice.label))}


def kind_of_the_unknown() -> OrganisationKind | None:
    """Return the kind a structure gets when all that is known of it is its name; Dihal corrects it."""
    kinds = OrganisationKind.objects
    return kinds.filter(slug=_UNKNOWN_KIND).first() or kinds.order_by("position", "pk").first()


def _by_words(rows: Iterable[Any], *names: str) -> dict[str, int]:
    """The words of the rows; when two rows share some, a name wins over an alias, then the older row."""
    rows = list(rows)
    found = {words: row.pk for row in rows for words in _normalised(_other_names(row))}
    for name in reversed(names):
        found |= {words: row.pk for row in rows for words in _normalised([getattr(row, name)])}
    return found


def _other_names(row: Any) -> Iterable[str]:
    names: Iterable[str] = row.every_alias if isinstance(row, OtherNames) else getattr(row, "aliases", "").splitlines()
    return names


def _normalised(texts: Iterable[str]) -> Iterator[str]:
    yield from filter(None, map(normalise_name, texts))
