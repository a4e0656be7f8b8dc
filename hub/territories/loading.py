from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple, cast

from django.db import connections, models, router, transaction

from hub.territories.choices import forget_select_options
from hub.territories.closure import FormerName, TerritorySeed, former_names, territory_seeds
from hub.territories.dataset import Dataset
from hub.territories.enums import TerritoryKind
from hub.territories.models import Territory, TerritoryName, territories_changed
from hub.territories.names import PREFIX_LENGTH, lookup_texts, lookup_words, names_after_the_city

DELETE_SIZE = 500  # SQLite takes 999 values in one statement


def insert_rows(*, model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Insert ``rows``, whose values follow ``columns`` (names in the database), without building model instances.

    Ten times faster and lighter than ``bulk_create``; values are passed as they are, and no signal is sent.
    """
    connection = connections[router.db_for_write(model)]
    quote = connection.ops.quote_name
    names = ", ".join(quote(column) for column in columns)
    places = ", ".join(["%s"] * len(columns))
    statement = f"INSERT INTO {quote(model._meta.db_table)} ({names}) VALUES ({places})"  # noqa: S608 — names of our own models
    with connection.cursor() as cursor:
        cursor.executemany(statement, cast("Any", rows))  # the stubs ask for a list; an iterator will do


def delete_rows(*, model: type[models.Model], ids: Sequence[int]) -> None:
    for start in range(0, len(ids), DELETE_SIZE):
        model._default_manager.filter(pk__in=ids[start : start + DELETE_SIZE]).delete()


def refresh_statistics(*, model: type[models.Model]) -> None:
    """Tell the database's planner about a table that has just been filled, instead of waiting until it notices."""
    connection = connections[router.db_for_write(model)]
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")


READ_SIZE = 5_000


def sync_memberships(*, seeds: dict[str, TerritorySeed], ids: dict[str, int]) -> tuple[int, int, set[int]]:
    """Give every territory the containers its seed tells, and no other.

    Returns how many were added and removed, and the keys of the territories whose containers changed.

    An obsolete territory without a successor keeps those of its containers that still exist: what was entered on a
    dissolved EPCI is still found in its départements.
    """
    membership = Territory.containers.through
    expected = {(ids[code], ids[container]) for code, seed in seeds.items() for container in seed.containers}
    orphans = {ids[code] for code, seed in seeds.items() if seed.is_obsolete and not seed.successor}
    living = {ids[code] for code, seed in seeds.items() if not seed.is_obsolete}
    removed_ids: list[int] = []
    changed: set[int] = set()
    rows = membership.objects.order_by().values_list("id", "from_territory_id", "to_territory_id")
    for pk, content, container in rows.iterator(chunk_size=READ_SIZE):
        if (content, container) in expected:
            expected.remove((content, container))
        elif not (content in orphans and container in living):
            removed_ids.append(pk)
            changed.add(content)
    changed.update(content for content, _container in expected)
    delete_rows(model=membership, ids=removed_ids)
    insert_rows(model=membership, columns=["from_territory_id", "to_territory_id"], rows=sorted(expected))
    return len(expected), len(removed_ids), changed


_RANK_WEIGHT = 1_000_000_000  # above any population

Former = Mapping[str, list[FormerName]]
_Row = tuple[int, str, int, bool, str]  # territory, text, weight, is whole, former name


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


def sync_lookup_rows(*, seeds: Mapping[str, TerritorySeed], former: Former, ids: Mapping[str, int]) -> tuple[int, int]:
    """Give every territory of today its look-up rows, and remove any other row; how many were added and removed."""
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
    return len(missing), len(stale)


def _expected_rows(*, seeds: Mapping[str, TerritorySeed], former: Former, ids: Mapping[str, int]) -> Iterator[_Row]:
    cities = _cities(seeds)
    for code, seed in seeds.items():
        if seed.is_obsolete:
            continue
        territory_id = ids[code]
        weight = seed.kind.rank * _RANK_WEIGHT + seed.population
        own = lookup_texts(kind=seed.kind, name=seed.name, official_code=seed.official_code, postcodes=seed.postcodes)
        for text, is_whole in own:
            yield territory_id, text, weight, is_whole, ""
        for text in names_after_the_city(name=seed.name, city=cities.get(code, "")):
            yield territory_id, text, weight, True, ""
        for old in former.get(code, ()):
            # After every territory of today; the seat of a merger kept its code, which is no "former" code.
            old_code = old.official_code if old.official_code != seed.official_code else ""
            for text, is_whole in lookup_texts(kind=seed.kind, name=old.name, official_code=old_code):
                yield territory_id, text, seed.population, is_whole, old.name or old.official_code


def _cities(seeds: Mapping[str, TerritorySeed]) -> dict[str, str]:
    """The most populous commune of each EPCI, by the EPCI's typed code."""
    communes = [seed for seed in seeds.values() if seed.kind == TerritoryKind.COMMUNE and not seed.is_obsolete]
    cities: dict[str, str] = {}
    for seed in sorted(communes, key=lambda seed: (-seed.population, seed.code)):
        for code in seed.containers:
            if seeds[code].kind == TerritoryKind.EPCI:
                cities.setdefault(code, seed.name)
    return cities


BATCH_SIZE = 2_000

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadReport:
    """What a load changed. ``retired`` territories became obsolete, ``restored`` ones exist again."""

    created: int
    updated: int
    unchanged: int
    retired: int
    restored: int
    memberships_added: int
    memberships_removed: int
    lookup_rows_added: int
    lookup_rows_removed: int


class _Columns(NamedTuple):
    """The columns of a territory that a load writes, in the order they are compared."""

    kind: str
    official_code: str
    name: str
    population: int
    postcodes: list[str]
    is_obsolete: bool
    lookup_text: str


class _Stored(NamedTuple):
    id: int
    successor_id: int | None
    columns: _Columns


def load_territories(*, dataset: Dataset, dry_run: bool = False, progress: Progress = lambda _step: None) -> LoadReport:
    """Load a dataset in one transaction and report what changed; with ``dry_run``, change nothing.

    Loading the same dataset again changes nothing. Territories the dataset no longer has are marked obsolete, with the
    commune that replaced them when the dataset knows it, and lose no page that refers to them; their containers become
    those of their successor and the successor itself. Without a successor they keep the containers that still exist.
    ``progress`` is told each step, in French.
    """
    with transaction.atomic():
        report = _load(dataset=dataset, announce=not dry_run, progress=progress)
        if dry_run:
            transaction.set_rollback(True)
    forget_select_options()
    return report


def _load(*, dataset: Dataset, announce: bool, progress: Progress) -> LoadReport:
    progress("Comparaison avec les territoires enregistrés…")
    stored = _stored_territories()
    seeds = territory_seeds(dataset=dataset)
    former = former_names(dataset=dataset)
    vanished = _vanished_seeds(stored=stored, seeds=seeds, former=former)
    _add_names_of_vanished(vanished=vanished, former=former)
    seeds |= vanished

    expected = {
        code: _columns(seed, lookup_text(seed=seed, seeds=seeds, former=former)) for code, seed in seeds.items()
    }
    written = [code for code, columns in expected.items() if code not in stored or stored[code].columns != columns]
    progress(f"Écriture de {len(written)} territoires…")
    _write(columns={code: expected[code] for code in written})
    ids = dict(Territory.objects.order_by().values_list("code", "id"))
    succeeded = _write_successors(seeds=seeds, stored=stored, ids=ids)

    progress("Rattachement aux territoires qui les contiennent…")
    memberships_added, memberships_removed, moved = sync_memberships(seeds=seeds, ids=ids)
    progress("Noms, codes postaux et codes de l’autocomplétion…")
    lookup_rows_added, lookup_rows_removed = sync_lookup_rows(seeds=seeds, former=former, ids=ids)

    touched = {*written, *succeeded}
    for model in (Territory, Territory.containers.through, TerritoryName):
        refresh_statistics(model=model)
    if announce and (touched or moved):
        territories_changed.send(sender=Territory, territory_ids=frozenset({ids[code] for code in touched} | moved))
    updated = len(touched & stored.keys())
    was_obsolete = {code for code, row in stored.items() if row.columns.is_obsolete}
    return LoadReport(
        created=len(seeds.keys() - stored.keys()),
        updated=updated,
        unchanged=len(stored) - updated,
        retired=sum(seeds[code].is_obsolete for code in stored.keys() - was_obsolete),
        restored=sum(not seeds[code].is_obsolete for code in was_obsolete),
        memberships_added=memberships_added,
        memberships_removed=memberships_removed,
        lookup_rows_added=lookup_rows_added,
        lookup_rows_removed=lookup_rows_removed,
    )


def _stored_territories() -> dict[str, _Stored]:
    rows = Territory.objects.order_by().values_list("code", "id", "successor_id", *_Columns._fields)
    return {
        code: _Stored(id=pk, successor_id=successor_id, columns=_Columns(*columns))
        for code, pk, successor_id, *columns in rows.iterator(chunk_size=BATCH_SIZE)
    }


def _vanished_seeds(
    *, stored: dict[str, _Stored], seeds: dict[str, TerritorySeed], former: dict[str, list[FormerName]]
) -> dict[str, TerritorySeed]:
    """Seeds of the territories that only the database still has: kept, as obsolete."""
    replaced_by = {name.official_code: code for code, names in former.items() for name in names}
    code_of_id = {row.id: code for code, row in stored.items()}

    def successor_of(code: str) -> str:
        """Follow the replacements up to a territory of today; "" when the thread is lost."""
        seen: set[str] = set()
        while code not in seeds and code in stored and code not in seen:
            seen.add(code)
            columns = stored[code].columns
            known = replaced_by.get(columns.official_code, "") if columns.kind == TerritoryKind.COMMUNE else ""
            code = known or code_of_id.get(stored[code].successor_id or 0, "")
        return (seeds[code].successor or code) if code in seeds else ""

    vanished = {}
    for code, row in stored.items():
        if code in seeds:
            continue
        successor = successor_of(code)
        vanished[code] = TerritorySeed(
            kind=TerritoryKind(row.columns.kind),
            official_code=row.columns.official_code,
            name=row.columns.name,
            population=row.columns.population,
            postcodes=tuple(row.columns.postcodes),
            containers=(successor, *seeds[successor].containers) if successor else (),
            is_obsolete=True,
            successor=successor,
        )
    return vanished


def _add_names_of_vanished(*, vanished: dict[str, TerritorySeed], former: dict[str, list[FormerName]]) -> None:
    """The dataset knows most merged communes by their code only; the database remembers how they were called."""
    for seed in vanished.values():
        if seed.successor:
            others = [name for name in former.get(seed.successor, []) if name.official_code != seed.official_code]
            former[seed.successor] = [*others, FormerName(official_code=seed.official_code, name=seed.name)]


def _columns(seed: TerritorySeed, words: str) -> _Columns:
    return _Columns(
        kind=seed.kind.value,
        official_code=seed.official_code,
        name=seed.name,
        population=seed.population,
        postcodes=list(seed.postcodes),
        is_obsolete=seed.is_obsolete,
        lookup_text=words,
    )


def _write(*, columns: dict[str, _Columns]) -> None:
    rows = iter(columns.items())
    while batch := [Territory(code=code, **values._asdict()) for code, values in islice(rows, BATCH_SIZE)]:
        Territory.objects.bulk_create(
            batch, update_conflicts=True, unique_fields=["code"], update_fields=_Columns._fields
        )


def _write_successors(*, seeds: dict[str, TerritorySeed], stored: dict[str, _Stored], ids: dict[str, int]) -> set[str]:
    """Record who replaces whom, once every territory has its key. Return the codes that changed."""
    changed = {}
    for code, seed in seeds.items():
        expected = ids[seed.successor] if seed.successor else None
        if (stored[code].successor_id if code in stored else None) != expected:
            changed[code] = Territory(id=ids[code], successor_id=expected)
    Territory.objects.bulk_update(changed.values(), ["successor"], batch_size=BATCH_SIZE)
    return set(changed)
