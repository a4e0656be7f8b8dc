"""What the hub holds on a person, handed over in a file and erased with the account: each package registers its own."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from wagtail.models import ModelLogEntry

from hub.accounts.members import is_alone, is_last_owner
from hub.accounts.models import AccessRequest, FormerAddress, Invitation, Membership, User
from hub.accounts.notices import tell_account_deleted
from hub.accounts.rights import lock_organisation, lock_person
from hub.mail.addresses import comparable_address
from hub.mail.models import OutgoingMail
from hub.refusals import Refused
from hub.vocabulary.models import Organisation

# What a person who left is called where her name was written in full.
FORMER_MEMBER = "Ancien membre"
# The subject of a mail of sign-in begins with its code, which may still serve: the file is kept on a disk.
_CODE = re.compile(r"\b[A-Z]{4}-[A-Z]{4}\b")


class Erase(Protocol):
    """Forgets a person in what ``user.delete()`` does not reach; runs in the transaction of the deletion."""

    def __call__(self, *, user: User, addresses: list[str]) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A part of the hub that keeps something about people. ``collect`` returns what JSON can hold."""

    collect: Callable[[User], Any]
    erase: Erase | None = None


_HOLDERS: dict[str, Holder] = {}


def register_holder(*, key: str, holder: Holder) -> None:
    """``key`` is the name of the part in the file, in French."""
    _HOLDERS[key] = holder


def personal_data(*, user: User) -> dict[str, Any]:
    own: dict[str, Any] = {
        "produit_le": timezone.now(),
        "compte": {
            "identifiant": user.username,
            "prenom": user.first_name,
            "nom": user.last_name,
            "courriel": user.email,
            "cree_le": user.date_joined,
            "derniere_connexion": user.last_login,
            "groupes": [group.name for group in user.groups.order_by("name")],
        },
        "adresses": list(EmailAddress.objects.filter(user=user).order_by("pk").values("email", "verified", "primary")),
        "anciennes_adresses": list(user.former_addresses.values_list("email", flat=True)),
        "moyens_de_connexion": _ways_in(user),
        "structures": [
            {
                "structure": membership.organisation.name,
                "role": membership.get_role_display(),
                "depuis_le": membership.created_at,
            }
            for membership in Membership.objects.filter(user=user).select_related("organisation")
        ],
        "demandes_d_acces": [
            _access_request(request)
            for request in user.access_requests.select_related("organisation", "new_kind", "new_territory")
        ],
        "invitations_recues": [_invitation(invitation) for invitation in _received(addresses_of(user=user))],
        "invitations_envoyees": [
            {**_invitation(invitation), "courriel": invitation.email}
            for invitation in Invitation.objects.filter(invited_by=user).select_related("organisation")
        ],
        "courriels_envoyes_a_la_personne": [
            {"objet": _CODE.sub("…", mail.subject), "ecrit_le": mail.created_at, "remis_le": mail.sent_at}
            for mail in _mails(addresses_of(user=user)).order_by("created_at")
        ],
    }
    return {**own, **{key: holder.collect(user) for key, holder in sorted(_HOLDERS.items())}}


def addresses_of(*, user: User) -> list[str]:
    known = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    return sorted({comparable_address(address) for address in (*known, user.email) if address})


def structures_to_hand_over(*, user: User) -> list[Organisation]:
    """Return the structures that have other members and would have no owner without this person."""
    return [
        membership.organisation
        for membership in Membership.objects.owners().filter(user=user).select_related("organisation")
        if is_last_owner(membership=membership) and not is_alone(membership=membership)
    ]


def enters_gestion(*, user: User) -> bool:
    """Whether the account opens the administration: an administrator deletes such an account, not its owner."""
    return user.has_perm("wagtailadmin.access_admin")


def delete_account(*, user: User) -> None:
    """In one transaction; sheets, their versions and exchanges stay with their structure, without the person's name."""
    with transaction.atomic():
        lock_person(pk=user.pk)
        memberships = list(Membership.objects.filter(user=user).select_related("organisation"))
        for pk in sorted(membership.organisation_id for membership in memberships):
            lock_organisation(pk=pk)
        if left := structures_to_hand_over(user=user):
            names = ", ".join(f"« {organisation} »" for organisation in left)
            raise Refused(f"Donnez d’abord le rôle de responsable à un autre membre de {names}.")
        addresses = addresses_of(user=user)
        recipient, pk = user.email, user.pk
        for _key, holder in sorted(_HOLDERS.items()):
            if holder.erase is not None:
                holder.erase(user=user, addresses=addresses)
        _forget_in_log(user)
        _received(addresses).delete()
        _mails(addresses).delete()
        FormerAddress.objects.filter(holder="invitation", email__in=addresses).delete()
        user.delete()
        organisations = [membership.organisation for membership in memberships]
        tell_account_deleted(user_pk=pk, recipient=recipient, organisations=organisations)


def _ways_in(user: User) -> dict[str, Any]:
    return {
        "mot_de_passe": user.has_usable_password(),
        "seconde_etape": [
            {"nature": way.get_type_display(), "ajoutee_le": way.created_at, "derniere_utilisation": way.last_used_at}
            for way in Authenticator.objects.filter(user=user).order_by("pk")
        ],
        "identites": [
            {
                "fournisseur": identity.provider,
                "identifiant": identity.uid,
                "details": identity.extra_data,
                "ajoutee_le": identity.date_joined,
                "derniere_connexion": identity.last_login,
            }
            for identity in SocialAccount.objects.filter(user=user).order_by("pk")
        ],
    }


def _forget_in_log(user: User) -> None:
    """Wagtail's log names what was changed by its label; for an account or a membership, that is the person's name."""
    ModelLogEntry.objects.for_instance(user).update(label=FORMER_MEMBER)
    entries = ModelLogEntry.objects.filter(content_type=ContentType.objects.get_for_model(Membership))
    # Memberships that ended have no row any more: their label begins with whom they were.
    hers = Q(object_id__in=[str(pk) for pk in user.memberships.values_list("pk", flat=True)])
    for name in {str(user), user.email, user.username} - {""}:
        hers |= Q(label__startswith=f"{name} – ")
    entries.filter(hers).update(label=FORMER_MEMBER)


def _received(addresses: list[str]) -> QuerySet[Invitation]:
    return Invitation.objects.filter(email__in=addresses).select_related("organisation")


def _mails(addresses: list[str]) -> QuerySet[OutgoingMail]:
    return OutgoingMail.objects.filter(recipient__in=addresses)


def _access_request(request: AccessRequest) -> dict[str, Any]:
    return {
        "structure": request.organisation_name,
        "type_decrit": str(request.new_kind or ""),
        "territoire_decrit": str(request.new_territory or ""),
        "site_decrit": request.new_website,
        "message": request.message,
        "etat": request.get_state_display(),
        "demande_le": request.created_at,
        "repondu_le": request.decided_at,
        "reponse": request.answer,
    }


def _invitation(invitation: Invitation) -> dict[str, Any]:
    return {
        "structure": invitation.organisation.name,
        "role": invitation.get_role_display(),
        "envoyee_le": invitation.created_at,
        "acceptee_le": invitation.accepted_at,
        "annulee_le": invitation.revoked_at,
    }
