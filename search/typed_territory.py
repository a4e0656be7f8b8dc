"""A territory typed as a person writes it: without JavaScript nothing turned « Bourg-en-Bresse » into a code."""

from dataclasses import dataclass

from hub.territories.codes import is_typed_code
from hub.territories.enums import TerritoryKind
from hub.territories.models import Territory
from hub.territories.suggestions import read_territory
from search.query import Params, values_of

MAX_CANDIDATES = 12
_MAX_LENGTH = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedTerritory:
    """What became of a typed territory.

    ``code``: of the territory understood, or the typed code, or "". ``understood`` says what was read when the text
    left some room; ``candidates`` are then the others it may mean, and ``postcode`` the one they share with it. Without
    a code they are those to choose from, which ``are_guesses`` says were not named by the text, only near to it.
    ``typed``: a text to give back, as nothing was understood; ``notice``: why.
    """

    code: str = ""
    understood: Territory | None = None
    postcode: str = ""
    candidates: tuple[Territory, ...] = ()
    are_guesses: bool = False
    typed: str = ""
    notice: str = ""


def read_typed_territory(*, params: Params) -> TypedTerritory:
    """Read the territory of a search's parameters: a code, which costs nothing, or a name, a postcode, a number.

    Only what is certain is taken, and the largest commune of a shared postcode; the beginning of a name is asked about.
    """
    typed = next((value.strip() for value in values_of(params, "territoire") if value.strip()), "")
    if not typed or is_typed_code(typed):
        return TypedTerritory(code=typed)
    cleaned = "".join(character for character in typed[: 4 * _MAX_LENGTH] if character.isprintable())
    cleaned = cleaned[:_MAX_LENGTH].strip()
    reading = read_territory(text=cleaned, limit=MAX_CANDIDATES)
    if len(reading.answers) == 1:
        found = reading.answers[0]
        # Nothing to tell when the text could only mean this.
        others = reading.places_passed_over
        understood = found if others or found.matched_former_name else None
        return TypedTerritory(code=found.code, understood=understood, candidates=others[:MAX_CANDIDATES])
    if reading.is_postcode:
        largest = _largest_commune(reading.answers, code=cleaned)
        others = tuple(territory for territory in reading.answers if territory != largest)
        return TypedTerritory(
            code=largest.code, understood=largest, postcode=cleaned, candidates=others[:MAX_CANDIDATES]
        )
    candidates = (reading.answers or reading.suggestions)[:MAX_CANDIDATES]
    if candidates:
        return TypedTerritory(candidates=candidates, are_guesses=not reading.answers, typed=cleaned)
    notice = f"Aucun territoire ne correspond à « {cleaned} » : la recherche porte sur toute la France."
    return TypedTerritory(typed=cleaned, notice=notice)


def _largest_commune(sharing: tuple[Territory, ...], *, code: str) -> Territory:
    """A number is a postcode for a visitor before it is Insee's: its arrondissement, or its largest commune."""
    districts = [territory for territory in sharing if territory.kind == TerritoryKind.ARRONDISSEMENT]
    by_postcode = [territory for territory in sharing if not territory.official_code.endswith(code)]
    return max(districts or by_postcode or sharing, key=lambda territory: (territory.population, territory.code))
