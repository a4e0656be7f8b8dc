"""What makes the index untrue, noted in the outbox within the same transaction.

Wagtail's own signals are not enough, or come after the commit: pages are followed through their saves and deletions.
"""

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete, pre_save
from modelcluster.fields import ParentalKey
from taggit.models import Tag
from wagtail.models import Page, PageViewRestriction, Site

from hub.pages.catalogue import CatalogueEntry, catalogue_models, entries_using, models_used_by_entries
from hub.territories.models import Territory, territories_changed
from hub.vocabulary.models import Audience, Axis, Organisation, OrganisationKind, Scheme
from search.outbox import record_changes

VOCABULARIES = (Audience, Axis, Scheme, Organisation, OrganisationKind, Territory, Tag)
# Beyond this many territories, looking for the entries of each costs more than bringing every entry up to date.
_MANY_TERRITORIES = 50


def connect() -> None:
    """Follow the pages, what hangs on them, and the vocabularies. Called once, when every model is loaded."""
    for model in apps.get_models():
        if issubclass(model, Page):
            pre_save.connect(page_will_be_saved, sender=model, dispatch_uid="search.page_will_be_saved")
            post_save.connect(page_changed, sender=model, dispatch_uid="search.page_saved")
    post_delete.connect(page_changed, sender=Page, dispatch_uid="search.page_deleted")
    for model in catalogue_models():
        _connect_parts(model)
    for signal in (post_save, post_delete):
        signal.connect(restriction_changed, sender=PageViewRestriction, dispatch_uid="search.restriction_changed")
        signal.connect(site_changed, sender=Site, dispatch_uid="search.site_changed")
    for model in (*VOCABULARIES, *models_used_by_entries()):
        post_save.connect(vocabulary_changed, sender=model, dispatch_uid="search.vocabulary_saved")
        # Before the deletion: afterwards nothing tells which entries used it.
        pre_delete.connect(vocabulary_changed, sender=model, dispatch_uid="search.vocabulary_deleted")
    territories_changed.connect(many_territories_changed, dispatch_uid="search.territories_changed")


def _connect_parts(model: type[CatalogueEntry]) -> None:
    """Follow the rows that belong to an entry: they may be written without the page being saved."""
    for relation in model._meta.related_objects:
        if isinstance(relation.field, ParentalKey):
            for signal in (post_save, post_delete):
                signal.connect(part_changed, sender=relation.related_model, dispatch_uid="search.part_changed")
    for field in model._meta.many_to_many:
        through = field.remote_field.through
        m2m_changed.connect(links_changed, sender=through, dispatch_uid="search.links_changed")


def page_will_be_saved(instance: Page, **_kwargs: Any) -> None:
    """Note the entries below a page whose address is about to change: it was renamed or moved."""
    if instance.pk is None or not instance.numchild:
        return
    before = Page.objects.filter(pk=instance.pk).values_list("slug", "url_path").first()
    if before is not None and before != (instance.slug, instance.url_path):
        record_changes(page_ids=_entries_below(instance))


def page_changed(instance: Page, **_kwargs: Any) -> None:
    kind = ContentType.objects.get_for_id(instance.content_type_id).model_class() if instance.content_type_id else None
    if kind is not None and issubclass(kind, CatalogueEntry):
        record_changes(page_ids=[instance.pk])


def restriction_changed(instance: PageViewRestriction, **_kwargs: Any) -> None:
    page = Page.objects.filter(pk=instance.page_id).first()
    if page is not None:
        record_changes(page_ids=_entries_below(page))


def site_changed(**_kwargs: Any) -> None:
    """Note every entry: the site's address is part of theirs."""
    record_changes(page_ids=_all_entries())


def vocabulary_changed(instance: models.Model, **_kwargs: Any) -> None:
    record_changes(page_ids=entries_using(instance=instance))


def many_territories_changed(territory_ids: frozenset[int], **_kwargs: Any) -> None:
    if len(territory_ids) > _MANY_TERRITORIES:
        record_changes(page_ids=_all_entries())
        return
    territories = Territory.objects.filter(pk__in=territory_ids)
    record_changes(page_ids={pk for territory in territories for pk in entries_using(instance=territory)})


def part_changed(sender: type[models.Model], instance: models.Model, **_kwargs: Any) -> None:
    for field in sender._meta.fields:
        if isinstance(field, ParentalKey) and issubclass(field.related_model, CatalogueEntry):
            record_changes(page_ids=[getattr(instance, field.attname)])


def links_changed(instance: Any, action: str, pk_set: set[int] | None, **_kwargs: Any) -> None:
    """Note the entries whose publics, territories, axes… were set without saving the page."""
    if not action.startswith("post_"):
        return
    if isinstance(instance, CatalogueEntry):
        record_changes(page_ids=[instance.pk])
    elif pk_set:
        record_changes(page_ids=pk_set)


def _entries_below(page: Page) -> Iterable[int]:
    types = ContentType.objects.get_for_models(*catalogue_models()).values()
    return Page.objects.descendant_of(page, inclusive=True).filter(content_type__in=types).values_list("pk", flat=True)


def _all_entries() -> set[int]:
    return {pk for model in catalogue_models() for pk in model.objects.values_list("pk", flat=True)}
