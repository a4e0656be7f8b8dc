from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from wagtail.models import Page, ReferenceIndex
from wagtail.signal_handlers import disable_reference_index_auto_update

from events.demo.entries import build_initiative, build_workshop, demo_vocabulary
from events.demo.media import delete_demo_media
from events.demo.sources import DemoDataError, Source, initiative_sources, organisation_sources, workshop_sources
from events.models import WorkshopIndexPage, WorkshopPage
from hub.accounts.models import Membership, MembershipRole, User
from hub.pages.models import CatalogueIndexPage
from hub.vocabulary.models import Organisation
from initiatives.enums import PartnershipRole
from initiatives.models import Dossier, InitiativeIndexPage, InitiativePage
from initiatives.review.workflow import GROUP_NAME

PARTNER_EMAIL = "partner@example.org"
REVIEWER_EMAIL = "dihal@example.org"
# Wagtail's group of those who write and publish any page: an editor of Dihal reviews, imports and publishes.
EDITORS_GROUP = "Moderators"
STEWARD_SLUG = "le-pas-de-porte"


def load_people() -> list[str]:
    """Create the partner, the reviewer and the dossiers of the partner's sheets; return the addresses to sign in with.

    They have no password: the code is in a mail, which a demonstration prints. Nothing is done outside of one
    (``HUB_DEMO_NOTICE``), and a dossier that exists is left as it is.
    """
    steward = Organisation.objects.filter(slug=STEWARD_SLUG).first()
    if not settings.HUB_DEMO_NOTICE or steward is None:
        return []
    with transaction.atomic():
        partner = _person(email=PARTNER_EMAIL, first_name="Camille", last_name="Partenaire")
        Membership.objects.get_or_create(user=partner, organisation=steward, defaults={"role": MembershipRole.OWNER})
        reviewer = _person(email=REVIEWER_EMAIL, first_name="Dominique", last_name="Dihal")
        reviewer.groups.add(*Group.objects.filter(name__in=(GROUP_NAME, EDITORS_GROUP)))
        led = InitiativePage.objects.filter(
            is_demonstration=True,
            partnerships__organisation=steward,
            partnerships__role__in=[PartnershipRole.LEAD, PartnershipRole.CO_LEAD],
        )
        for sheet in led.distinct():
            Dossier.objects.get_or_create(page=sheet, defaults={"steward": steward})
    return [PARTNER_EMAIL, REVIEWER_EMAIL]


def delete_people() -> None:
    """Delete both accounts, in a demonstration; what they wrote stays."""
    if settings.HUB_DEMO_NOTICE:
        User.objects.filter(username__in=[PARTNER_EMAIL, REVIEWER_EMAIL]).delete()


def _person(*, email: str, first_name: str, last_name: str) -> User:
    person, created = User.objects.get_or_create(
        username=email, defaults={"email": email, "first_name": first_name, "last_name": last_name}
    )
    if created:
        person.set_unusable_password()
        person.save()
        EmailAddress.objects.create(user=person, email=email, verified=True, primary=True)
    return person


BATCH_SIZE = 10

Progress = Callable[[str], None]


@dataclass(slots=True, kw_only=True)
class DemoReport:
    """What a load did: ``kept`` counts demonstration pages already there, ``foreign`` names real pages in the way."""

    created: int = 0
    kept: int = 0
    foreign: list[str] = field(default_factory=list)


def load_demo(*, progress: Progress = lambda _step: None) -> DemoReport:
    """Publish the sheets and workshops that are missing, some pages per transaction, and say how many.

    A sheet is recognised by its address, a workshop by its number. Existing pages are left as they are, demonstration
    or not. ``progress`` is told each step, in French. Raises ``DemoDataError`` when the site, the vocabulary or the
    territories are not there yet.
    """
    initiatives_index, workshops_index = _index(InitiativeIndexPage), _index(WorkshopIndexPage)
    with transaction.atomic():
        vocabulary = demo_vocabulary()
    report = DemoReport()
    today = timezone.localdate()
    _load(
        label="Fiches initiatives",
        sources=initiative_sources(),
        existing=lambda source: InitiativePage.objects.filter(slug=source["slug"]),
        build=lambda source: build_initiative(source=source, vocabulary=vocabulary),
        index=initiatives_index,
        report=report,
        progress=progress,
    )
    _load(
        label="Ateliers",
        sources=workshop_sources(),
        existing=lambda source: WorkshopPage.objects.filter(Q(number=source["number"]) | Q(slug=source["slug"])),
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
            for page in model._default_manager.filter(is_demonstration=True):
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
    sources: Sequence[Source],
    existing: Callable[[Source], QuerySet],
    build: Callable[[Source], Page],
    index: CatalogueIndexPage,
    report: DemoReport,
    progress: Progress,
) -> None:
    for start in range(0, len(sources), BATCH_SIZE):
        batch = sources[start : start + BATCH_SIZE]
        with transaction.atomic():
            for source in batch:
                page = existing(source).first()
                if page is None:
                    _publish(page=build(source), index=index)
                    report.created += 1
                elif page.is_demonstration:
                    report.kept += 1
                else:
                    report.foreign.append(page.title)
        progress(f"{label} : {start + len(batch)}/{len(sources)}")


def _publish(*, page: Page, index: CatalogueIndexPage) -> None:
    # The index counts its children in the row it was read from: read it again after each addition.
    index.refresh_from_db()
    # Wagtail would update the references once for each line of the page; once for the whole is enough.
    with disable_reference_index_auto_update():
        index.add_child(instance=page)
        page.save_revision().publish()
    ReferenceIndex.create_or_update_for_object(page)


def _index(model: type[CatalogueIndexPage]) -> CatalogueIndexPage:
    index = model.objects.first()
    if index is None:
        raise DemoDataError("Le site n’est pas prêt : lancez d’abord « manage.py prepare_site ».")
    return index


def _delete_unused_organisations() -> None:
    Organisation.objects.filter(
        slug__in=[source["slug"] for source in organisation_sources()],
        partnerships__isnull=True,
        organised_workshops__isnull=True,
        partnered_workshops__isnull=True,
        # What was tried in the partner space is kept, and the structures it names.
        dossiers__isnull=True,
        memberships__isnull=True,
    ).delete()
