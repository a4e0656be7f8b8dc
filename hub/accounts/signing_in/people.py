"""Whose account an address of mail opens."""

from allauth.account.models import EmailAddress
from allauth.utils import generate_unique_username
from django.db import IntegrityError, transaction

from hub.accounts.models import User
from hub.mail.addresses import canonical_address, comparable_address


def person_of(*, email: str) -> User:
    """Return the account of somebody who has just proved to read ``email``, made now if there is none.

    Accounts are made here and nowhere else, so that asking for a code writes nothing about unknown addresses.
    Nothing is written of a known account, which may have a second step to pass (``remember_proof``).

    Raises:
        ValidationError: for what is no address.
    """
    email = canonical_address(email)
    person = known_person(email=email)
    if person is None:
        try:
            with transaction.atomic():
                return _new_person(email=email)
        except IntegrityError:  # another request proved the same address meanwhile
            person = known_person(email=email)
            if person is None:
                raise
    return person


def known_person(*, email: str) -> User | None:
    """Return the account that ``email`` opens: first the one that proved it, then one an administrator gave it to.

    Accounts made by ``createsuperuser`` or in ``/gestion/`` bear an address that was never proved; no
    two have the same.
    """
    email = comparable_address(email)
    proved = EmailAddress.objects.filter(email=email, verified=True).select_related("user").first()
    if proved is not None:
        return proved.user
    return User.objects.filter(email=email).first()


def _new_person(*, email: str) -> User:
    user = User(username=generate_unique_username([email.partition("@")[0], "personne"]), email=email)
    user.set_unusable_password()
    user.save()
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def remember_proof(*, person: User, email: str) -> None:
    """Record that the account proved its address, once it is open; the first one proved is the one it is written to."""
    addresses = EmailAddress.objects.filter(user=person)
    address = addresses.filter(email=email).first()
    if address is not None and address.verified:
        return
    is_first = not addresses.filter(primary=True).exists()
    EmailAddress.objects.update_or_create(
        user=person, email=email, defaults={"verified": True, **({"primary": True} if is_first else {})}
    )
