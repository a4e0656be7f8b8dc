"""Bring the addresses of people and of invitations to their one spelling (hub/mail/addresses.py).

Nobody's account, structure or sheet is touched, and no two accounts become one. Where two accounts turn out to have the
same address, whoever proved it keeps it; the other keeps everything else, and the address it had is in
``FormerAddress``, for an operator to decide (``manage.py check_addresses``).
"""

import unicodedata
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import migrations
from django.utils import timezone

from hub.mail.addresses import canonical_address, comparable_address

TAKEN, LOOK_ALIKE, TWICE, UNUSABLE, REWRITTEN = "taken", "look-alike", "twice", "unusable", "rewritten"


def bring_to_one_spelling(apps: Any, _schema_editor: Any) -> None:
    note = _notes(apps.get_model("accounts", "FormerAddress"))
    users = apps.get_model("accounts", "User").objects
    addresses = apps.get_model("account", "EmailAddress").objects
    _set_look_alikes_aside(users=users, addresses=addresses, note=note)
    _rewrite_proofs(addresses=addresses, note=note)
    _rewrite_people(users=users, addresses=addresses, note=note)
    _rewrite_invitations(invitations=apps.get_model("accounts", "Invitation").objects, note=note)
    _look_at_identities(apps, addresses=addresses, note=note)


def put_back(apps: Any, _schema_editor: Any) -> None:
    """Write each address as it was; what differed by its capitals only stays in small letters."""
    for former in apps.get_model("accounts", "FormerAddress").objects.order_by("-pk"):
        if former.holder == "user":
            apps.get_model("accounts", "User").objects.filter(pk=former.row).update(email=former.email)
        elif former.holder == "address":
            apps.get_model("account", "EmailAddress").objects.update_or_create(
                pk=former.row,
                user_id=former.user_id,
                defaults={"email": former.email, "verified": former.verified, "primary": former.primary},
            )
        elif former.holder == "invitation":
            changes = {"revoked_at": None} if former.reason == TWICE else {}
            rows = apps.get_model("accounts", "Invitation").objects.filter(pk=former.row)
            rows.update(email=former.email, **changes)
        former.delete()


def _notes(former: Any) -> Callable[..., None]:
    def note(*, holder: str, row: Any, reason: str, user_id: int | None) -> None:
        former.objects.create(
            user_id=user_id,
            holder=holder,
            row=row.pk,
            email=row.email,
            verified=getattr(row, "verified", False),
            primary=getattr(row, "primary", False),
            reason=reason,
        )

    return note


def _shape(text: str) -> str:
    """What a database that folds capitals took two different addresses for."""
    return unicodedata.normalize("NFKC", text).upper()


def _set_look_alikes_aside(*, users: Any, addresses: Any, note: Callable[..., None]) -> None:
    """Take from an account the addresses it was given because they look like its own: they are a stranger's.

    Of those that look alike, the account's own is the first it proved, or the one it bears and never proved.
    """
    for user in users.filter(pk__in=addresses.values("user")).iterator():
        alike = defaultdict(list)
        for row in addresses.filter(user=user).order_by("pk"):
            alike[_shape(row.email)].append(row)
        for shape, rows in alike.items():
            borne = comparable_address(user.email) if _shape(user.email) == shape else ""
            known = {comparable_address(row.email) for row in rows}
            own = comparable_address(rows[0].email) if not borne or borne in known else borne
            strangers = [row for row in rows if comparable_address(row.email) != own]
            for row in strangers:
                note(holder="address", row=row, reason=LOOK_ALIKE, user_id=user.pk)
                addresses.filter(pk=row.pk).update(verified=False, primary=False)
            if strangers and borne not in {"", own}:
                note(holder="user", row=user, reason=LOOK_ALIKE, user_id=user.pk)
                users.filter(pk=user.pk).update(email=own)


def _rewrite_proofs(*, addresses: Any, note: Callable[..., None]) -> None:
    """Rewrite the addresses people proved or added; an address is proved by one account."""
    rows = list(addresses.select_related("user"))
    rows.sort(key=lambda row: (not row.verified, *_claim(row, user=row.user), not row.primary))
    proved_by: dict[str, int] = {}
    seen: set[tuple[int, str]] = set()
    changes = []
    for row in rows:
        email = comparable_address(row.email)
        if (row.user_id, email) in seen:
            note(holder="address", row=row, reason=TWICE, user_id=row.user_id)
            addresses.filter(pk=row.pk).delete()
            continue
        seen.add((row.user_id, email))
        is_taken = row.verified and proved_by.setdefault(email, row.user_id) != row.user_id
        if is_taken or email != row.email or not _is_usable(email):
            reason = TAKEN if is_taken else _reason(row.email)
            if reason:
                note(holder="address", row=row, reason=reason, user_id=row.user_id)
            changes.append((row.pk, {"email": email, "verified": row.verified and not is_taken}))
    for pk, change in changes:
        addresses.filter(pk=pk).update(**change)


def _rewrite_people(*, users: Any, addresses: Any, note: Callable[..., None]) -> None:
    """Rewrite the address each account is written to; no two have the same."""
    proved_by = dict(addresses.filter(verified=True).values_list("email", "user"))
    people = list(users.exclude(email=""))
    people.sort(key=lambda user: (proved_by.get(comparable_address(user.email)) != user.pk, *_claim(user, user=user)))
    taken: set[str] = set()
    changes = []
    for user in people:
        email = comparable_address(user.email)
        reason = TAKEN if email in taken else _reason(user.email)
        if reason:
            note(holder="user", row=user, reason=reason, user_id=user.pk)
        if email in taken:
            changes.append((user.pk, ""))
        elif email != user.email:
            changes.append((user.pk, email))
        taken.add(email)
    for pk, email in changes:
        users.filter(pk=pk).update(email=email)


def _rewrite_invitations(*, invitations: Any, note: Callable[..., None]) -> None:
    """Rewrite the addresses invited; of two that wait for one person in one structure, the last sent goes on waiting."""
    waiting: set[tuple[int, str]] = set()
    for row in invitations.order_by("-expires_at", "-pk"):
        email = comparable_address(row.email)
        place = (row.organisation_id, email)
        if row.accepted_at is None and row.revoked_at is None and place in waiting:
            note(holder="invitation", row=row, reason=TWICE, user_id=None)
            invitations.filter(pk=row.pk).update(revoked_at=timezone.now(), email=email)
            continue
        if row.accepted_at is None and row.revoked_at is None:
            waiting.add(place)
        if email != row.email or not _is_usable(email):
            if reason := _reason(row.email):
                note(holder="invitation", row=row, reason=reason, user_id=None)
            invitations.filter(pk=row.pk).update(email=email)


def _look_at_identities(apps: Any, *, addresses: Any, note: Callable[..., None]) -> None:
    """Note the identities of a provider that an account was given for an address that looks like its own."""
    for identity in apps.get_model("socialaccount", "SocialAccount").objects.iterator():
        details = identity.extra_data if isinstance(identity.extra_data, dict) else {}
        userinfo = details.get("userinfo")
        identity.email = str(userinfo.get("email") or "")[:254] if isinstance(userinfo, dict) else ""
        own = list(addresses.filter(user=identity.user_id).values_list("email", flat=True))
        if comparable_address(identity.email) not in own and _shape(identity.email) in map(_shape, own):
            note(holder="identity", row=identity, reason=LOOK_ALIKE, user_id=identity.user_id)


def _claim(row: Any, *, user: Any) -> tuple[Any, ...]:
    """Who of several has an address: who wrote it in its one spelling, whose account is open, who came last."""
    last = user.last_login.timestamp() if user.last_login else 0.0
    return (comparable_address(row.email) != row.email.lower(), not user.is_active, -last, user.pk)


def _reason(email: str) -> str:
    """Why a rewriting is to be remembered; a matter of capitals is not."""
    if not _is_usable(email):
        return UNUSABLE
    return REWRITTEN if comparable_address(email) != email.lower() else ""


def _is_usable(email: str) -> bool:
    try:
        canonical_address(email)
    except ValidationError:
        return False
    return True


class Migration(migrations.Migration):
    dependencies = [
        ("account", "0009_emailaddress_unique_primary_email"),
        ("accounts", "0004_former_addresses"),
        ("socialaccount", "0006_alter_socialaccount_extra_data"),
    ]

    operations = [migrations.RunPython(bring_to_one_spelling, put_back)]
