"""The demonstration in a test's database, with the few territories it names instead of all 38,000."""

from dataclasses import replace
from functools import cache

from events.demo.loading import DemoReport, load_demo
from events.demo.sources import territory_codes
from hub.pages.starter import prepare_site
from hub.territories.dataset import DEFAULT_PATH, Dataset, read_dataset
from hub.territories.loading import load_territories
from hub.vocabulary.loading import load_vocabulary
from search.thesaurus.exchange import load_thesaurus


@cache
def demo_dataset() -> Dataset:
    """The régions, départements and collectivities, and of the rest what the demonstration names.

    An EPCI named comes with one commune of each département it meets, for its containers to be true.
    """
    full = read_dataset(path=DEFAULT_PATH)
    codes = territory_codes()
    arrondissements = [row for row in full.arrondissements if f"arrondissement-{row.code}" in codes]
    cities = {row.commune for row in arrondissements}
    kept = {row.code: row for row in full.communes if f"commune-{row.code}" in codes or row.code in cities}
    met: set[tuple[str, str]] = set()
    for row in full.communes:
        if f"epci-{row.epci}" in codes and (row.epci, row.area) not in met:
            met.add((row.epci, row.area))
            kept[row.code] = row
    communes = list(kept.values())
    epci = {row.epci for row in communes}
    return replace(
        full,
        epci=[row for row in full.epci if row.code in epci],
        communes=communes,
        arrondissements=arrondissements,
        former_communes=[],
        old_names=[row for row in full.old_names if row.successor in kept],
    )


def load_demo_site() -> DemoReport:
    """Prepare the site, its vocabulary and its territories, and publish the whole demonstration."""
    prepare_site()
    load_vocabulary()
    load_thesaurus()
    load_territories(dataset=demo_dataset())
    return load_demo()
