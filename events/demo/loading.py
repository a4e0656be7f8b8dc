"""Load the demonstration: fictitious sheets and workshops, marked as such, that never touch anybody's content."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from wagtail.models import Page, ReferenceIndex
from wagtail.signal_handlers import disable_reference_index_auto_update

from events.demo.initiatives import build_initiative
from events.demo.media import delete_demo_media
from events.demo.people import delete_people, load_people
from events.demo.sources import (
    DemoDataError,
    InitiativeSource,
    WorkshopSource,
    initiative_sources,
    organisation_sources,
    workshop_sources,
)
from events.demo.vocabulary import demo_vocabulary
from events.demo.workshops import build_workshop
from events.models import WorkshopIndexPage, WorkshopPage
from hub.pages.models import CatalogueIndexPage
from hub.vocabulary.models import Organisation
from initiatives.models import InitiativeIndexPage, InitiativePage

BATCH_SIZE = 10

Progress = Callable[[str], None]
_Source = TypeVar("_Source", InitiativeSource, WorkshopSource)


@dataclass(slots=True, kw_only=True)
class DemoReport:
    """What a load did: ``kept`` counts demonstration pages already there, ``foreign`` names real pages in the way."""

    created: int = 0
    kept: int = 0
    foreign: list[str] = field(default_factory=list)


def load_demo(*, progress: Progress = lambda _step: None) -> DemoReport:
    """Publish the sheets and workshops that are missing, some pages per transaction, and say how many.

    A sheet is recognised by its address, a workshop by its number. Existing pages are left as they are, demonstration
    or not. ``progress`` is told each step, in French.

    Raises:
        DemoDataError: when the site, the vocabulary or the territories are not there yet.
    """
    initiatives_index, workshops_index = _index(InitiativeIndexPage), _index(WorkshopIndexPage)
    with transaction.atomic():
        vocabulary = demo_vocabulary()
    report = DemoReport()
    today = timezone.localdate()
    _load(
        label="Fiches initiatives",
        sources=initiative_sources(),
        existing=_existing_initiative,
        build=lambda source: build_initiative(source=source, vocabulary=vocabulary),
        index=initiatives_index,
        report=report,
        progress=progress,
    )
    _load(
        label="Ateliers",
        sources=workshop_sources(),
        existing=_existing_workshop,
        build=lambda source: build_workshop(source=source, vocabulary=vocabulary, today=today),
        index=workshops_index,
        report=report,
        progress=progress,
    )
    if addresses := load_people():
        progress(f"Pour essayer l’espace partenaire et la relecture : {' et '.join(addresses)} (code par courriel).")
    return report


def delete_demo(*, progress: Progress = lambda _step: None) -> int:
    """Delete the pages marked as demonstration, their files, and their structures that nothing else names."""
    deleted = 0
    with transaction.atomic():
        for model in (WorkshopPage, InitiativePage):
            for page in model.objects.filter(is_demonstration=True):
                page.delete()
                deleted += 1
        delete_demo_media()
        delete_people()
        _delete_unused_organisations()
    progress(f"{deleted} page(s) de démonstration supprimée(s).")
    return deleted


def _load(
    *,
    label: str,
    sources: Sequence[_Source],
    existing: Callable[[_Source], InitiativePage | WorkshopPage | None],
    build: Callable[[_Source], Page],
    index: CatalogueIndexPage,
    report: DemoReport,
    progress: Progress,
) -> None:
    done = 0
    for start in range(0, len(sources), BATCH_SIZE):
        batch = sources[start : start + BATCH_SIZE]
        with transaction.atomic():
            for source in batch:
                page = existing(source)
                if page is None:
                    _publish(page=build(source), index=index)
                    report.created += 1
                elif page.is_demonstration:
                    report.kept += 1
                else:
                    report.foreign.append(page.title)
        done += len(batch)
        progress(f"{label} : {done}/{len(sources)}")


def _publish(*, page: Page, index: CatalogueIndexPage) -> None:
    # The index counts its children in the row it was read from: read it again after each addition.
    index.refresh_from_db()
    # Wagtail would update the references once for each line of the page; once for the whole is enough.
    with disable_reference_index_auto_update():
        index.add_child(instance=page)
        page.save_revision().publish()
    ReferenceIndex.create_or_update_for_object(page)


def _existing_initiative(source: InitiativeSource) -> InitiativePage | None:
    return InitiativePage.objects.filter(slug=source.slug).first()


def _existing_workshop(source: WorkshopSource) -> WorkshopPage | None:
    return WorkshopPage.objects.filter(Q(number=source.number) | Q(slug=source.slug)).first()


def _index(model: type[CatalogueIndexPage]) -> CatalogueIndexPage:
    index = model.objects.first()
    if index is None:
        raise DemoDataError("Le site n’est pas prêt : lancez d’abord « manage.py prepare_site ».")
    return index


def _delete_unused_organisations() -> None:
    Organisation.objects.filter(
        slug__in=[source.slug for source in organisation_sources()],
        partnerships__isnull=True,
        organised_workshops__isnull=True,
        partnered_workshops__isnull=True,
        # What was tried in the partner space is kept, and the structures it names.
        dossiers__isnull=True,
        memberships__isnull=True,
    ).delete()
