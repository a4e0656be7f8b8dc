"""Fill a database with pages made from generated records, fast enough for 100,000 of them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, time
from itertools import islice
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from wagtail.models import Locale, Page

from hub.pages.records import CatalogueRecord
from hub.territories.enums import TerritoryKind
from hub.territories.models import Territory
from hub.vocabulary.models import Audience, Axis, Organisation, OrganisationKind, Scheme
from initiatives.models import InitiativeIndexPage, InitiativePage, Partnership
from tests.bench.corpus import containers_of

BATCH_SIZE = 1000


class Vocabulary:
    """Rows of the vocabularies by slug or code, created the first time a record names them."""

    def __init__(self) -> None:
        self._kind, _ = OrganisationKind.objects.get_or_create(slug="banc-d-essai", defaults={"label": "Banc d’essai"})
        self._known: dict[tuple[type[models.Model], str], models.Model] = {}

    def pick(self, model: type[models.Model], values: Iterable[str]) -> list[models.Model]:
        """Return the rows of these values."""
        return [self._row(model, value) for value in values]

    def _row(self, model: type[models.Model], value: str) -> models.Model:
        key = (model, value)
        if key not in self._known:
            self._known[key] = self._create(model, value)
        return self._known[key]

    def _create(self, model: type[models.Model], value: str) -> models.Model:
        label = value.replace("-", " ").capitalize()
        manager = model._default_manager
        if model is Territory:
            kind, _, code = value.partition("-")
            territory, created = Territory.objects.get_or_create(
                code=value, defaults={"kind": TerritoryKind(kind), "official_code": code, "name": label}
            )
            if created:
                territory.containers.set(self.pick(Territory, containers_of(value)))
            return territory
        defaults: dict[str, Any] = {"label": label}
        if model is Organisation:
            defaults = {"name": label, "kind": self._kind}
        elif model is Scheme:
            defaults = {"acronym": "", "expansion": label}
        elif model is Audience:
            defaults = {"label": label, "is_universal": value == "tous-publics"}
        return manager.get_or_create(slug=value, defaults=defaults)[0]


def populate(
    *, records: Iterable[CatalogueRecord], parent: InitiativeIndexPage, progress: Callable[[int], object]
) -> int:
    """Create one published sheet for each record, with its facets, and return how many.

    Page rows and sheet rows are inserted in batches, below the treebeard and signal machinery: the bench measures the
    search, not the creation of pages.
    """
    vocabulary = Vocabulary()
    content_type = ContentType.objects.get_for_model(InitiativePage)
    locale = Locale.get_default()
    created = 0
    for batch in _batches(records):
        with transaction.atomic():
            pages = [
                _sheet(
                    record=record,
                    parent=parent,
                    position=created + offset + 1,
                    content_type=content_type,
                    locale=locale,
                )
                for offset, record in enumerate(batch)
            ]
            _insert(pages)
            _link(pages=pages, records=batch, vocabulary=vocabulary)
        created += len(pages)
        progress(len(pages))
    Page.objects.filter(pk=parent.pk).update(numchild=created)
    return created


def _batches(records: Iterable[CatalogueRecord]) -> Iterator[list[CatalogueRecord]]:
    iterator = iter(records)
    while batch := list(islice(iterator, BATCH_SIZE)):
        yield batch


def _sheet(
    *, record: CatalogueRecord, parent: InitiativeIndexPage, position: int, content_type: ContentType, locale: Locale
) -> InitiativePage:
    published = datetime.combine(record.date, time(12), tzinfo=UTC)
    slug = f"fiche-{position}"
    return InitiativePage(
        path=Page._get_path(parent.path, parent.depth + 1, position),  # noqa: SLF001 — treebeard offers no public way
        depth=parent.depth + 1,
        numchild=0,
        title=record.title,
        draft_title=record.title,
        slug=slug,
        url_path=f"{parent.url_path}{slug}/",
        content_type=content_type,
        locale=locale,
        live=True,
        first_published_at=published,
        last_published_at=published,
        latest_revision_created_at=published,
        summary=record.summary,
        context=f"<p>{record.body}</p>",
        start_year=record.date.year,
        original_published_on=record.date,
    )


def _insert(pages: Sequence[InitiativePage]) -> None:
    base_fields = [field for field in Page._meta.concrete_fields if not field.primary_key]
    rows = Page.objects.bulk_create(
        [Page(**{field.attname: getattr(page, field.attname) for field in base_fields}) for page in pages]
    )
    if rows[0].pk is None:  # a database that does not return generated keys
        keys = dict(Page.objects.filter(path__in=[page.path for page in pages]).values_list("path", "pk"))
    else:
        keys = {row.path: row.pk for row in rows}
    for page in pages:
        page.pk = page.page_ptr_id = page.id = keys[page.path]
    own_fields = InitiativePage._meta.local_concrete_fields
    # What save() calls in the end; bulk_create refuses models that inherit a table.
    InitiativePage._base_manager._insert(pages, fields=own_fields, using="default", raw=True)  # noqa: SLF001


def _link(*, pages: Sequence[InitiativePage], records: Sequence[CatalogueRecord], vocabulary: Vocabulary) -> None:
    for name, model, attribute in (
        ("audiences", Audience, "audiences"),
        ("axes", Axis, "axes"),
        ("schemes", Scheme, "schemes"),
        ("territories", Territory, "territories"),
    ):
        through = InitiativePage._meta.get_field(name).remote_field.through
        column = model._meta.model_name
        through._default_manager.bulk_create(
            through(initiativepage_id=page.pk, **{f"{column}_id": row.pk})
            for page, record in zip(pages, records, strict=True)
            for row in vocabulary.pick(model, getattr(record, attribute))
        )
    Partnership.objects.bulk_create(
        Partnership(page=page, organisation=row, sort_order=rank)
        for page, record in zip(pages, records, strict=True)
        for rank, row in enumerate(vocabulary.pick(Organisation, record.organisations))
    )
