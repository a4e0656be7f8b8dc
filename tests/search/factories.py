"""Records for the tests of the search, with everything by default."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from hub.pages.records import CatalogueCard, CatalogueRecord
from search.engines.base import PageChange

UNIVERSAL = "tous-publics"
ACRONYMS = (
    ("AVDL", "accompagnement vers et dans le logement"),
    ("SIAO", "service intégré d’accueil et d’orientation"),
    ("CLES", "contrat local pour l’emploi solidaire"),
    ("ASE", "aide sociale à l’enfance"),
    ("CHRS", "centre d’hébergement et de réinsertion sociale"),
)

# A small true piece of geography: Bourg-en-Bresse and what contains it; and an EPCI astride two départements.
BOURG, CA_BOURG, AIN, AURA, FRANCE = "commune-01053", "epci-200071751", "departement-01", "region-84", "pays-FR"
MACON, CA_MACON, SAONE_ET_LOIRE, BFC = "commune-71270", "epci-200070308", "departement-71", "region-27"
CONTAINERS: dict[str, tuple[str, ...]] = {
    BOURG: (CA_BOURG, AIN, AURA, FRANCE),
    CA_BOURG: (AIN, AURA, FRANCE),
    AIN: (AURA, FRANCE),
    AURA: (FRANCE,),
    MACON: (CA_MACON, SAONE_ET_LOIRE, BFC, FRANCE),
    CA_MACON: (SAONE_ET_LOIRE, AIN, BFC, AURA, FRANCE),
    SAONE_ET_LOIRE: (BFC, FRANCE),
    BFC: (FRANCE,),
    FRANCE: (),
}


def record(page_id: int, title: str = "Fiche", **values: Any) -> CatalogueRecord:
    """Return a record; ``territories`` gives ``located_in`` by itself."""
    territories = tuple(values.pop("territories", ()))
    located_in = dict.fromkeys(code for territory in territories for code in (territory, *CONTAINERS[territory]))
    given: dict[str, Any] = {
        "key": f"page-{page_id}",
        "type": "initiative",
        "date": date(2022, 11, 24),
        "card": CatalogueCard(url=f"/initiatives/{page_id}/", type_label="Fiche initiative", title=title),
    }
    return CatalogueRecord(
        page_id=page_id, title=title, territories=territories, located_in=tuple(located_in), **{**given, **values}
    )


def as_new(records: Iterable[CatalogueRecord]) -> Iterator[PageChange]:
    """Yield records as a rebuild gives them to a new index."""
    for given in records:
        yield PageChange(given.page_id, 0, (given,))
