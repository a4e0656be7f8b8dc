"""The rows the autocompletion looks into, brought in line by their differences only."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from hub.territories.bulk import delete_rows, insert_rows
from hub.territories.closure import FormerName, TerritorySeed
from hub.territories.enums import TerritoryKind
from hub.territories.models import TerritoryName
from hub.territories.names import PREFIX_LENGTH, lookup_texts, lookup_words, names_after_the_city

READ_SIZE = 5_000
_RANK_WEIGHT = 1_000_000_000  # above any population

Former = Mapping[str, list[FormerName]]
_Row = tuple[int, str, int, bool, str]  # territory, text, weight, is whole, former name


@dataclass(frozen=True, slots=True, kw_only=True)
class LookupChanges:
    """Rows added and removed."""

    added: int
    removed: int


def lookup_text(*, seed: TerritorySeed, seeds: Mapping[str, TerritorySeed], former: Former) -> str:
    """Return the words which may accompany a name when it is typed: codes, old names, its départements and régions."""
    if seed.is_obsolete:
        return ""
    above = [seeds[code] for code in seed.containers]
    areas = [container for container in above if container.kind.rank >= TerritoryKind.DEPARTEMENT.rank]
    return lookup_words(
        names=[
            seed.name,
            seed.official_code,
            *seed.postcodes,
            *(text for old in former.get(seed.code, ()) for text in (old.name, old.official_code)),
        ],
        areas=[
            text
            for area in areas
            if area.kind != TerritoryKind.PAYS
            for text in (area.name, area.official_code if area.kind != TerritoryKind.REGION else "")
        ],
    )


def sync_lookup_rows(*, seeds: Mapping[str, TerritorySeed], former: Former, ids: Mapping[str, int]) -> LookupChanges:
    """Give every territory of today its look-up rows, and remove any other row."""
    missing = set(_expected_rows(seeds=seeds, former=former, ids=ids))
    stale: list[int] = []
    stored = TerritoryName.objects.order_by().values_list(
        "id", "territory_id", "text", "weight", "is_whole", "former_name"
    )
    for pk, *values in stored.iterator(chunk_size=READ_SIZE):
        if (row := tuple(values)) in missing:
            missing.remove(row)
        else:
            stale.append(pk)
    delete_rows(model=TerritoryName, ids=stale)
    columns = ["territory_id", "text", "weight", "is_whole", "former_name", "prefix"]
    insert_rows(model=TerritoryName, columns=columns, rows=((*row, row[1][:PREFIX_LENGTH]) for row in sorted(missing)))
    return LookupChanges(added=len(missing), removed=len(stale))


def _expected_rows(*, seeds: Mapping[str, TerritorySeed], former: Former, ids: Mapping[str, int]) -> Iterator[_Row]:
    cities = _cities(seeds)
    for code, seed in seeds.items():
        if seed.is_obsolete:
            continue
        territory_id = ids[code]
        weight = seed.kind.rank * _RANK_WEIGHT + seed.population
        own = lookup_texts(kind=seed.kind, name=seed.name, official_code=seed.official_code, postcodes=seed.postcodes)
        for lookup in own:
            yield territory_id, lookup.text, weight, lookup.is_whole, ""
        for text in names_after_the_city(name=seed.name, city=cities.get(code, "")):
            yield territory_id, text, weight, True, ""
        for old in former.get(code, ()):
            # After every territory of today; the seat of a merger kept its code, which is no "former" code.
            old_code = old.official_code if old.official_code != seed.official_code else ""
            for lookup in lookup_texts(kind=seed.kind, name=old.name, official_code=old_code):
                yield territory_id, lookup.text, seed.population, lookup.is_whole, old.label


def _cities(seeds: Mapping[str, TerritorySeed]) -> dict[str, str]:
    """The most populous commune of each EPCI, by the EPCI's typed code."""
    communes = [seed for seed in seeds.values() if seed.kind == TerritoryKind.COMMUNE and not seed.is_obsolete]
    cities: dict[str, str] = {}
    for seed in sorted(communes, key=lambda seed: (-seed.population, seed.code)):
        for code in seed.containers:
            if seeds[code].kind == TerritoryKind.EPCI:
                cities.setdefault(code, seed.name)
    return cities
