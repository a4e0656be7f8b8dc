"""A territory typed as a person writes it: without JavaScript nothing turned « Bourg-en-Bresse » into a code."""

from dataclasses import dataclass

from django.http import QueryDict

from hub.territories.codes import is_typed_code
from hub.territories.models import Territory
from hub.territories.suggestions import resolve_text

MAX_CANDIDATES = 6


@dataclass(frozen=True, slots=True)
class TypedTerritory:
    """What became of a typed territory: parameters holding a code, or the candidates, or a sentence saying why not."""

    params: QueryDict
    typed: str = ""
    candidates: tuple[Territory, ...] = ()
    notice: str = ""


def read_typed_territory(*, params: QueryDict) -> TypedTerritory:
    """Replace a typed name or postcode by the code it designates; an ambiguous or unknown one is set aside and told.

    A code is left as it is, and costs nothing.
    """
    typed = next((value.strip() for value in params.getlist("territoire") if value.strip()), "")
    if not typed or is_typed_code(typed):
        return TypedTerritory(params=params)
    cleaned = "".join(character for character in typed if character.isprintable())[:120].strip()
    found = resolve_text(text=cleaned, limit=MAX_CANDIDATES) if cleaned else []
    changed = params.copy()
    if len(found) == 1:
        changed.setlist("territoire", [found[0].code])
        return TypedTerritory(params=changed)
    changed.setlist("territoire", [])
    if found:
        return TypedTerritory(params=changed, typed=cleaned, candidates=tuple(found))
    notice = f"Aucun territoire ne correspond à « {cleaned} » : la recherche porte sur toute la France."
    return TypedTerritory(params=changed, typed=cleaned, notice=notice)
