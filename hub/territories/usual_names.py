"""What territories are called beside their official name: initials of régions, cities' own postcodes, names of several.

Only what everybody in the trade reads in one way. The names of yesterday's régions are no name of today's, which are
larger: they merely lead to them in the suggestions.
"""

from collections.abc import Iterator

from hub.territories.enums import TerritoryKind

# By typed code: names, initials and codes that mean this very territory.
USUAL_NAMES: dict[str, tuple[str, ...]] = {
    "pays-FR": (
        "France",
        "National",
        "Nationale",
        "Toute la France",
        "Échelle nationale",
        "Niveau national",
        "Territoire national",
        "Ensemble du territoire national",
    ),
    "region-11": ("IDF", "IdF"),
    "region-24": ("CVL", "Région Centre"),
    "region-27": ("BFC",),
    "region-32": ("HDF",),
    "region-44": ("GE", "GES"),
    "region-52": ("PDL", "PDLL"),
    "region-53": ("BZH",),
    "region-75": ("NAQ",),
    "region-76": ("OCC",),
    "region-84": ("AURA", "ARA"),
    "region-93": ("PACA", "Région Sud", "Sud PACA", "Région Sud PACA", "Provence-Alpes-Côte d’Azur (PACA)"),
    "departement-976": ("Département de Mayotte",),
    "epci-200046977": ("Grand Lyon", "Métropole du Grand Lyon"),
    "epci-200054807": ("Aix-Marseille-Provence", "AMP"),
    "epci-200054781": ("Grand Paris", "MGP"),
    "epci-200093201": ("MEL", "Métropole de Lille"),
    # The postcodes of the city as a whole, which no street has.
    "commune-13055": ("13000",),
    "commune-69123": ("69000",),
    "commune-75056": ("75000",),
}

# Names of several territories at once: whoever writes one is asked which.
SEVERAL: dict[tuple[str, ...], tuple[str, ...]] = {
    (
        "drom",
        "dom",
        "drom com",
        "dom tom",
        "dom com",
        "outre mer",
        "outremer",
        "outre mers",
        "departements d outre mer",
    ): (
        "departement-971",
        "departement-972",
        "departement-973",
        "departement-974",
        "departement-976",
    ),
    ("antilles", "les antilles"): ("departement-971", "departement-972"),
    ("antilles guyane",): ("departement-971", "departement-972", "departement-973"),
    # Corsica was the département 20 until 1976, and its postcodes still say so.
    ("20", "departement 20"): ("departement-2A", "departement-2B", "region-94"),
    ("petite couronne",): ("departement-92", "departement-93", "departement-94"),
    ("grande couronne",): ("departement-77", "departement-78", "departement-91", "departement-95"),
    ("alsace", "collectivite europeenne d alsace", "cea"): ("departement-67", "departement-68", "region-44"),
}
SEVERAL_BY_NAME = {name: codes for names, codes in SEVERAL.items() for name in names}

# Régions until 2015, by the code of the larger one of today.
FORMER_REGIONS: dict[str, tuple[str, ...]] = {
    "24": ("Centre",),
    "27": ("Bourgogne", "Franche-Comté"),
    "28": ("Haute-Normandie", "Basse-Normandie"),
    "32": ("Nord-Pas-de-Calais", "Picardie"),
    "44": ("Alsace", "Lorraine", "Champagne-Ardenne", "ALCA"),
    "75": ("Aquitaine", "Limousin", "Poitou-Charentes", "ALPC"),
    "76": ("Midi-Pyrénées", "Languedoc-Roussillon"),
    "84": ("Auvergne", "Rhône-Alpes"),
    "93": ("Provence", "Côte d’Azur"),
}


def usual_names(*, kind: str, official_code: str) -> tuple[str, ...]:
    """Return the other names that mean this very territory, as people write them."""
    return USUAL_NAMES.get(f"{TerritoryKind(kind).value}-{official_code}", ())


def former_region_names(*, kind: str, official_code: str) -> Iterator[str]:
    """Yield the régions of before 2016 that are now in this one."""
    if kind == TerritoryKind.REGION:
        yield from FORMER_REGIONS.get(official_code, ())
