"""Drafts begun before a structure keeps them: written by one person, sent once her structure is validated.

Who becomes a member of the structure a draft waits for brings it there; what waits for no request in particular goes to
the first structure that receives the person. Whatever is left (a request refused, another structure) she entrusts
herself, to a structure of hers.
"""

from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.signals import post_save
from django.urls import reverse

from hub.accounts.models import AccessRequest, Membership, RequestState, User
from hub.accounts.notices import register_welcome
from hub.refusals import Refused
from hub.vocabulary.models import Organisation
from initiatives.drafts import create_draft, locked, save_text, text_of
from initiatives.enums import PartnershipRole
from initiatives.fields import STEPS
from initiatives.models import Dossier, InitiativePage, Partnership

# Anybody with an address may begin one: not by the thousand.
MOST_DRAFTS = 5


def connect_waiting() -> None:
    """Listen to the places given in structures. Called once, when every model is loaded."""
    register_welcome(welcome=_begun)
    post_save.connect(_person_joined, sender=Membership, dispatch_uid="initiatives.person_joined")


def drafts_waiting(*, user: User) -> QuerySet[Dossier]:
    return Dossier.objects.without_structure().filter(writer=user.pk)


def begin(*, user: User, request: AccessRequest | None, title: str = "") -> InitiativePage:
    """Create a draft that waits for a structure, that of ``request`` if known; ``Refused`` past ``MOST_DRAFTS``."""
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        if drafts_waiting(user=user).count() >= MOST_DRAFTS:
            raise Refused(
                f"{MOST_DRAFTS} brouillons au plus sans structure : continuez-en un, ou supprimez-en un, en attendant."
            )
        return create_draft(user=user, organisation=None, title=title, waits=True, request=request)


def entrust(*, sheet: InitiativePage, organisation: Organisation) -> None:
    """Give a draft without structure to one, named first among its partners. Kept by one already, it stays there."""
    with transaction.atomic():
        row = locked(pk=sheet.pk)
        kept = Dossier.objects.without_structure().filter(page=row)
        writer = User.objects.filter(drafts_without_structure__in=kept).first()
        if not kept.update(steward=organisation, writer=None, awaited_request=None):
            return
        text = text_of(sheet=row)
        partners = list(text.partnerships.all())
        if any(partner.organisation_id == organisation.pk for partner in partners):
            return
        text.partnerships = [Partnership(organisation=organisation, role=PartnershipRole.LEAD), *partners]
        for position, partner in enumerate(text.partnerships.all()):
            partner.sort_order = position
        save_text(text=text, user=writer)


def _begun(membership: Membership) -> str:
    """Return the page that sends the draft the person wrote meanwhile, the last one changed; empty without any."""
    hers = Dossier.objects.filter(steward=membership.organisation_id, page__owner=membership.user_id, page__live=False)
    last = hers.filter(page__first_published_at__isnull=True).order_by("-last_edited_at", "-pk").first()
    return reverse("sheet-step", args=[last.page_id, STEPS[-1].slug]) if last is not None else ""


def _person_joined(instance: Membership, created: bool, raw: bool = False, **_options: Any) -> None:  # noqa: FBT001, FBT002 — Django's signature
    if not created or raw:
        return
    pending = Q(awaited_request__state=RequestState.PENDING)
    of_this_one = Q(awaited_request__organisation=instance.organisation_id)
    waiting = Dossier.objects.without_structure().filter(writer=instance.user_id)
    for dossier in waiting.filter(of_this_one | Q(awaited_request__isnull=True) | ~pending).select_related("page"):
        entrust(sheet=dossier.page, organisation=instance.organisation)
