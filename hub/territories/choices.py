"""The territories few enough for a plain list: France, régions, départements and overseas collectivities."""

from hub.territories.enums import TerritoryKind
from hub.territories.models import Territory
from hub.territories.names import normalise_name

LISTED_KINDS = (
    TerritoryKind.PAYS,
    TerritoryKind.REGION,
    TerritoryKind.DEPARTEMENT,
    TerritoryKind.COLLECTIVITE,
)
_TITLES = {
    TerritoryKind.PAYS: "France",
    TerritoryKind.REGION: "Régions",
    TerritoryKind.DEPARTEMENT: "Départements",
    TerritoryKind.COLLECTIVITE: "Collectivités d’outre-mer",
}


def select_options() -> list[tuple[str, list[Territory]]]:
    """Return the territories of a plain list, about 130, by group, for ``territories/combobox.html``. One query.

    Régions are in alphabetical order, the others in that of their numbers, which people know.
    """
    groups: dict[str, list[Territory]] = {title: [] for title in _TITLES.values()}
    territories = (
        Territory.objects.current().filter(kind__in=LISTED_KINDS).only("kind", "code", "official_code", "name")
    )
    for territory in territories.order_by("official_code"):
        groups[_TITLES[TerritoryKind(territory.kind)]].append(territory)
    groups[_TITLES[TerritoryKind.REGION]].sort(key=lambda region: normalise_name(region.name))
    return [(title, listed) for title, listed in groups.items() if listed]


def is_in_list(*, territory: Territory) -> bool:
    """Return whether ``select_options`` offers this territory."""
    return territory.kind in LISTED_KINDS and not territory.is_obsolete
