"""A handmade dataset of a few territories, small enough to read a test's expectations off it."""

from dataclasses import replace

from hub.territories.dataset import (
    Arrondissement,
    Collectivite,
    Commune,
    Dataset,
    Departement,
    Epci,
    FormerCommune,
    Region,
)


def commune(
    code: str, name: str, *, area: str = "01", epci: str = "", population: int = 100, **more: list[str]
) -> Commune:
    """A commune of the handmade dataset."""
    return Commune(
        code=code,
        name=name,
        area=area,
        epci=epci,
        population=population,
        postcodes=more.get("postcodes", [f"{area[:2]}000"]),
        former_codes=more.get("former_codes", []),
    )


SMALL = Dataset(
    source={"package": "à la main", "version": "1"},
    regions=[Region("27", "Bourgogne-Franche-Comté"), Region("84", "Auvergne-Rhône-Alpes")],
    departements=[
        Departement("01", "Ain", "84"),
        Departement("69", "Rhône", "84"),
        Departement("71", "Saône-et-Loire", "27"),
    ],
    collectivites=[Collectivite("975", "Saint-Pierre-et-Miquelon")],
    epci=[Epci("200000001", "CA de Bourg"), Epci("200000002", "CC des Deux Rives")],
    communes=[
        commune("01053", "Bourg-en-Bresse", epci="200000001", population=42_000),
        commune("01370", "Saint-Laurent-sur-Saône", epci="200000002", population=1_800),
        commune("71270", "Mâcon", area="71", epci="200000002", population=35_000),
        commune("69123", "Lyon", area="69", population=520_000),
        commune("01033", "Valserhône", population=16_000, former_codes=["01091", "01126"]),
        commune("97502", "Saint-Pierre", area="975", population=5_000),
    ],
    arrondissements=[Arrondissement("69381", "Lyon 1er arrondissement", "69123", 29_000, ["69001"])],
    former_communes=[
        FormerCommune("01033", "Bellegarde-sur-Valserine", "01033"),
        FormerCommune("01091", "Châtillon-en-Michaille", "01033"),
    ],
)


def without_commune(code: str, *, dataset: Dataset = SMALL) -> Dataset:
    """The dataset of a year when this commune is no more."""
    return replace(dataset, communes=[row for row in dataset.communes if row.code != code])


def with_commune(row: Commune, *, dataset: Dataset = SMALL) -> Dataset:
    """The dataset with this commune added, or put in the place of the one with the same code."""
    others = [other for other in dataset.communes if other.code != row.code]
    return replace(dataset, communes=[*others, row])
