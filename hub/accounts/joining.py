"""Asking to write for a structure, and answering. What cannot be done raises ``Refused``."""

from contextlib import suppress
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from hub.accounts.models import AccessRequest, Membership, MembershipRole, RequestState, User
from hub.accounts.notices import tell_accepted, tell_asked, tell_refused
from hub.accounts.rights import AlreadyAskedError, lock_organisation, lock_person, may_decide
from hub.refusals import Refused
from hub.territories.models import Territory
from hub.territories.names import normalise_name
from hub.vocabulary.models import Organisation, OrganisationKind
from hub.vocabulary.organisations import add_to_the_list

MAX_PENDING = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOrganisation:
    name: str
    kind: OrganisationKind
    territory: Territory | None = None
    website: str = ""


def ask_for(*, user: User, organisation: Organisation, message: str = "") -> AccessRequest:
    with transaction.atomic():
        pending = _pending_of_locked(user=user)
        if Membership.objects.filter(user=user, organisation=organisation).exists():
            raise Refused(f"Vous écrivez déjà pour « {organisation} ».")
        if any(request.organisation_id == organisation.pk for request in pending):
            raise AlreadyAskedError(f"Vous avez déjà demandé à rejoindre « {organisation} » : la réponse arrive.")
        try:
            with transaction.atomic():
                request = AccessRequest.objects.create(user=user, organisation=organisation, message=message)
        except IntegrityError as error:
            raise AlreadyAskedError(f"Vous avez déjà demandé à rejoindre « {organisation} ».") from error
        tell_asked(request=request)
    return request


def ask_for_new(*, user: User, described: NewOrganisation, message: str = "") -> AccessRequest:
    with transaction.atomic():
        pending = _pending_of_locked(user=user)
        name = normalise_name(described.name)
        if any(request.organisation_id is None and normalise_name(request.new_name) == name for request in pending):
            raise AlreadyAskedError(f"Vous avez déjà décrit « {described.name} » : la réponse arrive.")
        request = AccessRequest.objects.create(
            user=user,
            new_name=described.name,
            new_kind=described.kind,
            new_territory=described.territory,
            new_website=described.website,
            message=message,
        )
        tell_asked(request=request)
    return request


def withdraw(*, user: User, pk: int) -> bool:
    """Forget a request of the person that nobody answered; whether there was one."""
    return bool(AccessRequest.objects.pending().filter(user=user, pk=pk).delete()[0])


def accept(
    *, pk: int, by: User, organisation: Organisation | None = None, described: NewOrganisation | None = None
) -> Membership:
    """Make the person a member, the first one an owner. One transaction; the person is told.

    Dihal alone may give another structure of the list (``organisation``), or one to create as its reviewer corrected
    it (``described``). Raises ``NameTakenError`` when a structure of the name described exists.
    """
    with transaction.atomic():
        request = _lock_pending(pk=pk)
        wants_another = described is not None or (organisation is not None and organisation != request.organisation)
        if not may_decide(user=by, request=request, chooses_organisation=wants_another):
            raise Refused("Vous ne pouvez pas répondre à cette demande.")
        joined = _organisation_to_join(request=request, organisation=organisation, described=described)
        lock_organisation(pk=joined.pk)
        has_owner = Membership.objects.owners().filter(organisation=joined).exists()
        role = MembershipRole.EDITOR if has_owner else MembershipRole.OWNER
        # Before the place is given: who is told of it knows which structure the request was for.
        AccessRequest.objects.filter(pk=request.pk).update(organisation=joined)
        membership, _created = Membership.objects.get_or_create(
            user=request.user, organisation=joined, defaults={"role": role}
        )
        # The same person may have asked for this structure in another way.
        twins = AccessRequest.objects.pending().filter(Q(pk=request.pk) | Q(user=request.user, organisation=joined))
        twins.update(state=RequestState.ACCEPTED, decided_at=timezone.now(), decided_by=by)
        tell_accepted(request=request, membership=membership)
    return membership


def refuse(*, pk: int, by: User, reason: str) -> AccessRequest:
    with transaction.atomic():
        request = _lock_pending(pk=pk)
        if not may_decide(user=by, request=request):
            raise Refused("Vous ne pouvez pas répondre à cette demande.")
        request.state = RequestState.REFUSED
        request.answer = reason
        request.decided_at = timezone.now()
        request.decided_by = by
        request.save(update_fields=["state", "answer", "decided_at", "decided_by"])
        tell_refused(request=request)
    return request


def _pending_of_locked(*, user: User) -> list[AccessRequest]:
    """The person's unanswered requests; two of the same person wait for one another."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    pending = list(AccessRequest.objects.pending().filter(user=user))
    if len(pending) >= MAX_PENDING:
        raise AlreadyAskedError(f"Vous attendez déjà {MAX_PENDING} réponses : retirez une demande pour en faire une.")
    return pending


def _lock_pending(*, pk: int) -> AccessRequest:
    # The person first, as the end of an account does: each would otherwise hold what the other waits for.
    person = User.objects.filter(access_requests=pk).values_list("pk", flat=True).first()
    if person is not None:
        # Gone meanwhile, her requests are too: that is told below.
        with suppress(User.DoesNotExist):
            lock_person(pk=person)
    request = AccessRequest.objects.select_for_update(of=("self",)).select_related("organisation").filter(pk=pk).first()
    if request is None or request.state != RequestState.PENDING:
        raise Refused("Cette demande a déjà reçu une réponse, ou a été retirée.")
    return request


def _organisation_to_join(
    *, request: AccessRequest, organisation: Organisation | None, described: NewOrganisation | None
) -> Organisation:
    if described is not None:
        return add_to_the_list(
            name=described.name, kind=described.kind, territory=described.territory, website=described.website
        )
    joined = organisation or request.organisation
    if joined is None:
        raise ValueError("A described structure is accepted with its description, or attached to one that exists.")
    return joined
