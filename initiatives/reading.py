"""A sheet as its page shows it: partners gathered by role."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import prefetch_related_objects
from django.utils import timezone

from initiatives.enums import PartnershipRole
from initiatives.models import InitiativePage, Partnership
from initiatives.readable import part_statement

# A publication confirms the sheet by itself: its date is said already.
AT_ONCE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class PartnersOfRole:
    """The partners who take part in the same way, under a heading in the singular or the plural."""

    heading: str
    partnerships: list[Partnership]


def partners_by_role(*, page: InitiativePage) -> list[PartnersOfRole]:
    """Return the partners by role, leaders first, roles nobody holds left out; one query for the whole sheet.

    What several parts of the page read is read here, once.
    """
    if page.pk:
        prefetch_related_objects(
            [page],
            "partnerships__organisation",
            "key_figures",
            "documents__document",
            "audiences",
            "territories",
        )
    partnerships = list(page.partnerships.all())
    groups = [
        (role, [partnership for partnership in partnerships if partnership.role == role]) for role in PartnershipRole
    ]
    return [PartnersOfRole(_heading(role, len(members)), members) for role, members in groups if members]


def _heading(role: PartnershipRole, count: int) -> str:
    return f"{role.label}s" if count > 1 else str(role.label)


@dataclass(frozen=True, slots=True)
class Assurances:
    """What was said of a published sheet by those who know: still true, and which structures confirm their part."""

    confirmed_on: date | None = None
    confirmed_organisations: frozenset[int] = frozenset()


def assurances_of(*, page: InitiativePage) -> Assurances:
    """Return what was confirmed of the text shown; one query. A part told otherwise since is not confirmed."""
    if not page.pk:
        return Assurances()
    rows = list(
        InitiativePage.objects.filter(pk=page.pk).values_list(
            "dossier__confirmed_at",
            "part_confirmations__organisation",
            "part_confirmations__is_confirmed",
            "part_confirmations__statement",
        )
    )
    said: dict[int, list[str]] = {}
    for partnership in page.partnerships.all():
        said.setdefault(partnership.organisation_id, []).append(part_statement(partnership=partnership))
    confirmed_at = rows[0][0] if rows else None
    published_at = page.last_published_at
    is_said_since = confirmed_at and published_at and confirmed_at - published_at > AT_ONCE
    return Assurances(
        confirmed_on=timezone.localdate(confirmed_at) if is_said_since else None,
        confirmed_organisations=frozenset(
            organisation
            for _at, organisation, is_confirmed, statement in rows
            if is_confirmed and statement == "\n".join(said.get(organisation, []))
        ),
    )
