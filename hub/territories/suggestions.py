from collections.abc import Collection

from hub.statements import Statement, place
from hub.territories.enums import TerritoryKind, parse_typed_code
from hub.territories.lookup import AREA_KINDS, FIELDS, beginnings, find, made_of, whole, with_areas
from hub.territories.models import Territory, TerritoryName
from hub.territories.names import PREFIX_LENGTH, normalise_name
from hub.territories.reading import POSTCODE_LENGTH, Reading, number_in, read_answers, read_text

TEXT_MAX_LENGTH = 100
DEFAULT_LIMIT = 10

_KINDS_NOT_IN_LABEL = (TerritoryKind.ARRONDISSEMENT, TerritoryKind.COMMUNE, TerritoryKind.EPCI)


def suggest_territories(
    *, text: str, limit: int = DEFAULT_LIMIT, kinds: Collection[TerritoryKind] | None = None
) -> list[Territory]:
    """Return the territories that ``text`` may mean, best first, at most ``limit``; never obsolete ones.

    First what it designates (whole names, postcodes and codes: see ``hub.territories.reading``), then those with a name
    containing the text from the start of a word, then those which merely have all its words; in each group larger
    scales, then larger populations, first. Accents, case, hyphens and apostrophes do not count; beyond 100 characters
    the text is not read. ``kinds`` keeps only some scales. A territory found through a commune merged into it says so
    in ``matched_former_name``. What ``describe_territory`` needs is already read: at most nine queries, whatever the
    text.
    """
    text = text[:TEXT_MAX_LENGTH]
    if typed := resolve_territory(code=text):
        allowed = not typed.is_obsolete and (kinds is None or typed.kind in kinds)
        return with_areas({typed.pk: typed.matched_former_name}) if allowed else []
    query = number_in(text) or normalise_name(text)
    if not query:
        return []
    reading = read_answers(text=text, kinds=kinds)
    conditions = list(beginnings(query))
    designated = (*reading.answers, *reading.others)
    if query.isdecimal():
        # Whoever types a postcode is shown everything that has it, after the territory of that very code.
        is_code = len(query) < POSTCODE_LENGTH
        designated = tuple(place for place in designated if is_code or place.official_code == query)
        conditions.insert(0, whole(query))
    found = {territory.pk: territory.matched_former_name for territory in designated[:limit]}
    return with_areas(found | find(conditions=conditions, kinds=kinds, limit=limit, already=found))


def describe_territory(territory: Territory) -> str:
    """Return what its label does not say, to choose between suggestions: scale, where it is, the old name it has."""
    around = list(territory.containers.all())
    parts = []
    if territory.kind in _KINDS_NOT_IN_LABEL:
        parts.append(territory.get_kind_display())
        parts.append(", ".join(f"{area.name} ({area.official_code})" for area in around if area.kind in AREA_KINDS))
    elif territory.kind == TerritoryKind.DEPARTEMENT:
        parts += [area.name for area in around if area.kind == TerritoryKind.REGION]
    if former := territory.matched_former_name:
        parts.append(f"ancien code {former}" if former[:1].isdigit() else f"ancienne commune {former}")
    return " · ".join(part for part in parts if part)


def resolve_territory(*, code: str) -> Territory | None:
    """Return the territory of a typed code (``commune-01004``, whatever the case), or None when there is none.

    A territory that no longer exists gives its successor, and itself (``is_obsolete``) when it has none. The code of a
    merged commune gives the commune it was merged into, even when only its code is known.
    """
    parsed = parse_typed_code(code.strip())
    if not parsed:
        return None
    kind, official_code = parsed
    territory = Territory.objects.select_related("successor").filter(kind=kind, official_code=official_code).first()
    if territory and territory.successor:
        successor = territory.successor
        successor.matched_former_name = territory.name
        return successor
    if not territory and kind == TerritoryKind.COMMUNE:
        return _successor_of_code(official_code=official_code)
    return territory


def read_territory(*, text: str, kinds: Collection[TerritoryKind] | None = None, limit: int = 10) -> Reading:
    """Read a typed code, a label that is shown (« Saint-Denis (974) »), or what somebody wrote (see ``Reading``)."""
    if typed := resolve_territory(code=text[:TEXT_MAX_LENGTH]):
        return Reading(answers=(typed,) if kinds is None or typed.kind in kinds else ())
    return read_text(text=text, kinds=kinds, limit=limit)


def _successor_of_code(*, official_code: str) -> Territory | None:
    text = normalise_name(official_code)
    row = (
        TerritoryName.objects.select_related("territory")
        .filter(prefix=text[:PREFIX_LENGTH], text=text, is_whole=True, territory__kind=TerritoryKind.COMMUNE)
        .exclude(former_name="")
        .first()
    )
    if not row:
        return None
    row.territory.matched_former_name = row.former_name
    return row.territory


def resolve_with_containers(*, code: str) -> tuple[Territory | None, tuple[Territory, ...]]:
    """Return what ``resolve_territory`` does, and the containers of it, the least populous first."""
    parsed = parse_typed_code(code.strip())
    rows = _territory.rows({"kind": parsed[0], "code": parsed[1]}) if parsed else []
    territory = made_of(rows[0]) if rows else None
    if territory is None or territory.successor_id:
        territory = resolve_territory(code=code)
    if territory is None:
        return None, ()
    return territory, tuple(made_of(row) for row in _containers.rows({"code": territory.code}))


_territory = Statement(
    lambda: Territory.objects.order_by().filter(kind=place("kind"), official_code=place("code")).values_list(*FIELDS)
)
_containers = Statement(
    lambda: Territory.objects.filter(contents__code=place("code")).order_by("population", "code").values_list(*FIELDS)
)
