"""A small true slice of France, loaded through the real loader: the geography of most tests.

Use the ``sample_territories`` fixture (it maps typed codes to territories), or call ``load_sample_territories`` from a
``setUpTestData``. In the slice:

- every région, département and overseas collectivity, and France entière;
- the Ain: six communes with their EPCI, of which ``epci-200070852`` Usses et Rhône straddles the Ain and the
  Haute-Savoie, and ``epci-200070308`` Mâconnais Beaujolais Agglomération two régions; Valserhône (01033), a merger;
- Lyon and Paris with their arrondissements, Saint-Denis (93066, successor of 93059), La Rochelle, Besançon;
- overseas: Saint-Denis de La Réunion, Mamoudzou, Fort-de-France, Saint-Pierre (975), Papeete, Ajaccio for Corsica.

Populations of containers are those of the slice, not the true ones.
"""

from collections.abc import Callable
from functools import cache

import pytest

from hub.territories.dataset import DEFAULT_PATH, Dataset, read_dataset
from hub.territories.loading import load_territories
from hub.territories.models import Territory

COMMUNES = frozenset(
    {
        "01004",  # Ambérieu-en-Bugey
        "01033",  # Valserhône, which replaced Bellegarde-sur-Valserine and Châtillon-en-Michaille among others
        "01034",  # Belley
        "01053",  # Bourg-en-Bresse
        "01173",  # Gex
        "01407",  # Seyssel, in the Ain
        "74269",  # Seyssel, in the Haute-Savoie
        "01370",  # Saint-Laurent-sur-Saône
        "71270",  # Mâcon
        "69123",  # Lyon
        "69266",  # Villeurbanne
        "75056",  # Paris
        "93066",  # Saint-Denis, which replaced Pierrefitte-sur-Seine
        "17300",  # La Rochelle
        "25056",  # Besançon
        "2A004",  # Ajaccio
        "97209",  # Fort-de-France
        "97411",  # Saint-Denis de La Réunion
        "97611",  # Mamoudzou
        "97502",  # Saint-Pierre
        "98735",  # Papeete
    }
)


@cache
def full_dataset() -> Dataset:
    """Return the whole dataset of the repository, read once."""
    return read_dataset(path=DEFAULT_PATH)


@cache
def sample_dataset() -> Dataset:
    """Return the slice described above."""
    full = full_dataset()
    communes = [row for row in full.communes if row.code in COMMUNES]
    epci = {row.epci for row in communes}
    return Dataset(
        source=full.source,
        regions=full.regions,
        departements=full.departements,
        collectivites=full.collectivites,
        epci=[row for row in full.epci if row.code in epci],
        communes=communes,
        arrondissements=[row for row in full.arrondissements if row.commune in COMMUNES],
        former_communes=[row for row in full.former_communes if row.successor in COMMUNES],
    )


def load_sample_territories() -> dict[str, Territory]:
    """Load the slice, and return its territories by typed code (obsolete ones included)."""
    load_territories(dataset=sample_dataset())
    return {territory.code: territory for territory in Territory.objects.all()}


@pytest.fixture
def sample_territories(db: Callable[[], None]) -> dict[str, Territory]:
    """Territories of the slice by typed code, for example ``sample_territories["commune-01004"]``."""
    return load_sample_territories()
