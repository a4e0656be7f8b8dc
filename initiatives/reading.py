"""A sheet as its page shows it: partners gathered by role."""

from dataclasses import dataclass

from django.db.models import prefetch_related_objects

from initiatives.enums import PartnershipRole
from initiatives.models import InitiativePage, Partnership


@dataclass(frozen=True, slots=True)
class PartnersOfRole:
    """The partners who take part in the same way, under a heading in the singular or the plural."""

    heading: str
    partnerships: list[Partnership]


def partners_by_role(*, page: InitiativePage) -> list[PartnersOfRole]:
    """Return the partners by role, leaders first, roles nobody holds left out; one query for the whole sheet."""
    if page.pk:
        prefetch_related_objects([page], "partnerships__organisation", "key_figures", "documents__document")
    partnerships = list(page.partnerships.all())
    groups = [
        (role, [partnership for partnership in partnerships if partnership.role == role]) for role in PartnershipRole
    ]
    return [PartnersOfRole(_heading(role, len(members)), members) for role, members in groups if members]


def _heading(role: PartnershipRole, count: int) -> str:
    return f"{role.label}s" if count > 1 else str(role.label)
