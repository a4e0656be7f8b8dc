"""Every territory of a dataset with *all* the territories that contain it."""

from collections import defaultdict
from dataclasses import dataclass
from typing import NamedTuple

from hub.territories.dataset import Arrondissement, Commune, Dataset
from hub.territories.enums import COUNTRY_CODE, COUNTRY_OFFICIAL_CODE, TerritoryKind, typed_code


@dataclass(frozen=True, slots=True, kw_only=True)
class TerritorySeed:
    """A territory as it must stand in the database. ``containers`` and ``successor`` are typed codes.

    The successor of an obsolete territory is one of today, never itself obsolete.
    """

    kind: TerritoryKind
    official_code: str
    name: str
    population: int = 0
    postcodes: tuple[str, ...] = ()
    containers: tuple[str, ...] = ()
    is_obsolete: bool = False
    successor: str = ""

    @property
    def code(self) -> str:
        return typed_code(kind=self.kind, official_code=self.official_code)


class FormerName(NamedTuple):
    """What a territory of today replaces. ``name`` is "" when only the code of a merged commune is known."""

    official_code: str
    name: str = ""


def territory_seeds(*, dataset: Dataset) -> dict[str, TerritorySeed]:
    """Return the seeds by typed code, containers before contents and successors before what they replace.

    Populations of EPCI, départements, régions, collectivities and the country are the sums of their communes'.
    """
    seeds = {seed.code: seed for seed in _current_seeds(dataset=dataset)}
    for former in dataset.former_communes:
        successor = seeds[typed_code(kind=TerritoryKind.COMMUNE, official_code=former.successor)]
        if former.code != former.successor:
            seed = TerritorySeed(
                kind=TerritoryKind.COMMUNE,
                official_code=former.code,
                name=former.name,
                containers=(successor.code, *successor.containers),
                is_obsolete=True,
                successor=successor.code,
            )
            # A code the official list gives to a commune of today is that commune's.
            seeds.setdefault(seed.code, seed)
    return seeds


def former_names(*, dataset: Dataset) -> dict[str, list[FormerName]]:
    """Return, by typed code of a commune, the names and codes of the communes merged into it, and its own old names."""
    names: dict[str, dict[tuple[str, str], FormerName]] = defaultdict(dict)
    current = {row.code: row.name for row in dataset.communes}
    for former in (*dataset.former_communes, *dataset.old_names):
        if former.name != current[former.successor]:
            code = typed_code(kind=TerritoryKind.COMMUNE, official_code=former.successor)
            names[code][former.code, former.name] = FormerName(official_code=former.code, name=former.name)
    for commune in dataset.communes:
        code = typed_code(kind=TerritoryKind.COMMUNE, official_code=commune.code)
        named = {official_code for official_code, _ in names[code]} if code in names else set()
        for former_code in commune.former_codes:
            if former_code not in named:
                names[code][former_code, ""] = FormerName(official_code=former_code)
    return {code: list(by_code.values()) for code, by_code in names.items() if by_code}


def _current_seeds(*, dataset: Dataset) -> list[TerritorySeed]:
    population: dict[str, int] = defaultdict(int)
    areas_of_epci: dict[str, set[str]] = defaultdict(set)
    # A département or collectivity, followed by what contains it.
    areas: dict[str, tuple[str, ...]] = {
        row.code: (
            typed_code(kind=TerritoryKind.DEPARTEMENT, official_code=row.code),
            typed_code(kind=TerritoryKind.REGION, official_code=row.region),
            COUNTRY_CODE,
        )
        for row in dataset.departements
    }
    for collectivite in dataset.collectivites:
        code = typed_code(kind=TerritoryKind.COLLECTIVITE, official_code=collectivite.code)
        areas[collectivite.code] = (code, COUNTRY_CODE)

    def inhabited(kind: TerritoryKind, row: Commune | Arrondissement, containers: tuple[str, ...]) -> TerritorySeed:
        return TerritorySeed(
            kind=kind,
            official_code=row.code,
            name=row.name,
            population=row.population,
            postcodes=tuple(row.postcodes),
            containers=containers,
        )

    communes: dict[str, TerritorySeed] = {}
    for row in dataset.communes:
        epci = (typed_code(kind=TerritoryKind.EPCI, official_code=row.epci),) if row.epci else ()
        containers = (*epci, *areas[row.area])
        communes[row.code] = inhabited(TerritoryKind.COMMUNE, row, containers)
        for code in containers:
            population[code] += row.population
        areas_of_epci[row.epci].update(areas[row.area])

    def container(kind: TerritoryKind, official_code: str, name: str, above: tuple[str, ...]) -> TerritorySeed:
        code = typed_code(kind=kind, official_code=official_code)
        return TerritorySeed(
            kind=kind, official_code=official_code, name=name, population=population[code], containers=above
        )

    return [
        container(TerritoryKind.PAYS, COUNTRY_OFFICIAL_CODE, "France entière", ()),
        *(container(TerritoryKind.REGION, *row, (COUNTRY_CODE,)) for row in dataset.regions),
        *(container(TerritoryKind.DEPARTEMENT, *row[:2], areas[row.code][1:]) for row in dataset.departements),
        *(container(TerritoryKind.COLLECTIVITE, *row, areas[row.code][1:]) for row in dataset.collectivites),
        *(container(TerritoryKind.EPCI, *row, tuple(sorted(areas_of_epci[row.code]))) for row in dataset.epci),
        *communes.values(),
        *(
            inhabited(TerritoryKind.ARRONDISSEMENT, row, (commune.code, *commune.containers))
            for row in dataset.arrondissements
            if (commune := communes[row.commune])
        ),
    ]
