"""A territory with everything that contains it, as every search by territory reads them."""

from typing import Any

from django.db import connection
from django.db.models import QuerySet

from hub.statements import Place, Statement
from hub.territories.codes import parse_typed_code
from hub.territories.models import Territory
from hub.territories.suggestions import resolve_territory

_FIELDS = ("id", "kind", "official_code", "code", "name", "population", "is_obsolete", "successor_id")
_KIND, _CODE = Place("kind"), Place("code")


def resolve_with_containers(*, code: str) -> tuple[Territory | None, tuple[Territory, ...]]:
    """Return what ``resolve_territory`` does, and the containers of it, the least populous first."""
    parsed = parse_typed_code(code.strip())
    rows = _territory.rows({_KIND: parsed[0], _CODE: parsed[1]}) if parsed else []
    territory = _made_of(rows[0]) if rows else None
    if territory is None or territory.successor_id:
        territory = resolve_territory(code=code)
    if territory is None:
        return None, ()
    return territory, tuple(_made_of(row) for row in _containers.rows({_CODE: territory.code}))


def _made_of(row: tuple[Any, ...]) -> Territory:
    return Territory.from_db(connection.alias, _FIELDS, row)


def _write_territory() -> QuerySet[Any, Any]:
    return Territory.objects.order_by().filter(kind=_KIND, official_code=_CODE).values_list(*_FIELDS)


def _write_containers() -> QuerySet[Any, Any]:
    return Territory.objects.filter(contents__code=_CODE).order_by("population", "code").values_list(*_FIELDS)


_territory = Statement(_write_territory)
_containers = Statement(_write_containers)
