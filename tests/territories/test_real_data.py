"""The data file of the repository, as it is: counts announced by the sources, and a few places one knows."""

from collections import Counter

import pytest

from hub.territories.closure import territory_seeds
from hub.territories.enums import TerritoryKind
from tests.territories.sample import full_dataset


@pytest.fixture(scope="module")
def seeds():
    return territory_seeds(dataset=full_dataset())


def test_every_territory_of_france_is_there(seeds):
    current = Counter(seed.kind for seed in seeds.values() if not seed.is_obsolete)
    assert current == {
        TerritoryKind.PAYS: 1,
        TerritoryKind.REGION: 18,
        TerritoryKind.DEPARTEMENT: 101,
        TerritoryKind.COLLECTIVITE: 8,
        TerritoryKind.EPCI: 1_255,
        TerritoryKind.COMMUNE: 34_969,
        TerritoryKind.ARRONDISSEMENT: 45,
    }
    assert sum(seed.is_obsolete for seed in seeds.values()) == 1_992


def of_kind(seed, kind):
    return [code for code in seed.containers if code.startswith(f"{kind.value}-")]


def test_eighty_nine_epci_straddle_departements(seeds):
    epci = [seed for seed in seeds.values() if seed.kind == TerritoryKind.EPCI]
    assert sum(len(of_kind(seed, TerritoryKind.DEPARTEMENT)) > 1 for seed in epci) == 89
    assert sum(len(of_kind(seed, TerritoryKind.REGION)) > 1 for seed in epci) == 26
    assert all(of_kind(seed, TerritoryKind.DEPARTEMENT) for seed in epci)


def test_every_commune_has_one_departement_or_collectivity_and_france(seeds):
    for seed in seeds.values():
        if seed.kind == TerritoryKind.COMMUNE and not seed.is_obsolete:
            areas = of_kind(seed, TerritoryKind.DEPARTEMENT) + of_kind(seed, TerritoryKind.COLLECTIVITE)
            assert len(areas) == 1, seed
            assert seed.containers[-1] == "pays-FR"


def test_every_obsolete_commune_leads_to_a_commune_of_today(seeds):
    for seed in seeds.values():
        if seed.is_obsolete:
            assert not seeds[seed.successor].is_obsolete


@pytest.mark.parametrize(
    ("code", "name", "containers"),
    [
        ("commune-01004", "Ambérieu-en-Bugey", {"epci-240100883", "departement-01", "region-84", "pays-FR"}),
        ("commune-2B033", "Bastia", {"epci-242000354", "departement-2B", "region-94", "pays-FR"}),
        ("commune-97411", "Saint-Denis", {"epci-249740119", "departement-974", "region-04", "pays-FR"}),
        ("commune-97611", "Mamoudzou", {"epci-200060457", "departement-976", "region-06", "pays-FR"}),
        ("commune-22016", "Île-de-Bréhat", {"departement-22", "region-53", "pays-FR"}),
        ("commune-98735", "Papeete", {"collectivite-987", "pays-FR"}),
        (
            "arrondissement-75101",
            "Paris 1er arrondissement",
            {"commune-75056", "epci-200054781", "departement-75", "region-11", "pays-FR"},
        ),
        ("departement-01", "Ain", {"region-84", "pays-FR"}),
        ("region-93", "Provence-Alpes-Côte d’Azur", {"pays-FR"}),
        ("collectivite-975", "Saint-Pierre-et-Miquelon", {"pays-FR"}),
    ],
)
def test_known_places_are_where_they_should(seeds, code, name, containers):
    assert seeds[code].name == name
    assert set(seeds[code].containers) == containers


def test_names_are_typeset_and_populations_plausible(seeds):
    assert not [seed.name for seed in seeds.values() if "'" in seed.name or '"' in seed.name or "  " in seed.name]
    assert 67_000_000 < seeds["pays-FR"].population < 72_000_000
    assert 600_000 < seeds["departement-01"].population < 750_000


def test_the_file_says_where_it_comes_from():
    source = full_dataset().source
    assert source["package"] == "@etalab/decoupage-administratif"
    assert source["version"] == "6.0.0"
    assert "Licence Ouverte" in source["licence"]
