"""Find the words and places the demonstration names, and add its structures."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from events.demo.sources import DemoDataError, organisation_sources, territory_codes
from hub.territories.models import Territory
from hub.vocabulary.models import Audience, Axis, Organisation, OrganisationKind, Scheme


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoVocabulary:
    """Rows by the key the sources name them with."""

    audiences: dict[str, Audience]
    axes: dict[str, Axis]
    schemes: dict[str, Scheme]
    kinds: dict[str, OrganisationKind]
    territories: dict[str, Territory]
    organisations: dict[str, Organisation]


def demo_vocabulary() -> DemoVocabulary:
    """Read everything the sources may name, and create the structures that are missing.

    Raises:
        DemoDataError: when the vocabulary or the territories were not loaded.
    """
    kinds = _by_slug(OrganisationKind.objects.all())
    territories = {row.code: row for row in Territory.objects.by_codes(territory_codes())}
    _add_organisations(kinds=kinds, territories=territories)
    return DemoVocabulary(
        audiences=_by_slug(Audience.objects.all()),
        axes=_by_slug(Axis.objects.all()),
        schemes=_by_slug(Scheme.objects.all()),
        kinds=kinds,
        territories=territories,
        organisations=_by_slug(Organisation.objects.all()),
    )


def named(rows: dict[str, Any], keys: Iterable[str]) -> list[Any]:
    """Return the rows of these keys, in their order.

    Raises:
        DemoDataError: for a key nothing answers to.
    """
    keys = list(keys)
    missing = [key for key in keys if key not in rows]
    if missing:
        raise DemoDataError(
            f"Introuvable : {', '.join(missing)}. Lancez d’abord « manage.py load_territories » et « load_vocabulary »."
        )
    return [rows[key] for key in keys]


def _by_slug(rows: QuerySet) -> dict[str, Any]:
    return {row.slug: row for row in rows}


def _add_organisations(*, kinds: dict[str, OrganisationKind], territories: dict[str, Territory]) -> None:
    known = set(Organisation.objects.values_list("slug", flat=True))
    for source in organisation_sources():
        if source.slug in known:
            continue
        organisation = Organisation(
            slug=source.slug,
            name=source.name,
            kind=named(kinds, [source.kind])[0],
            territory=named(territories, [source.territory])[0] if source.territory else None,
            website=source.website,
        )
        organisation.full_clean()
        organisation.save()
