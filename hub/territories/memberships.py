"""The closure of containers in the database, brought in line by its differences only."""

from dataclasses import dataclass

from hub.territories.bulk import delete_rows, insert_rows
from hub.territories.closure import TerritorySeed
from hub.territories.models import Territory

READ_SIZE = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class MembershipChanges:
    """``territory_ids`` are the territories whose containers changed."""

    added: int
    removed: int
    territory_ids: frozenset[int]


def sync_memberships(*, seeds: dict[str, TerritorySeed], ids: dict[str, int]) -> MembershipChanges:
    """Give every territory the containers its seed tells, and no other.

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
    return MembershipChanges(added=len(expected), removed=len(removed_ids), territory_ids=frozenset(changed))
