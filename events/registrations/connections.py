"""What the rest of the house does that registrations hear of: publications, the worker, the end of an account."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from wagtail.signals import page_published

from events.models import WorkshopPage
from events.registrations import rounds
from events.registrations.acting import cancel
from events.registrations.models import OpeningNotice, Registration, RegistrationState
from hub.accounts.models import User
from hub.accounts.personal_data import Holder, addresses_of, register_holder


def connect() -> None:
    page_published.connect(_published, sender=WorkshopPage, dispatch_uid="registrations-follow-publication")
    rounds.register()
    register_holder(key="inscriptions_aux_ateliers", holder=Holder(collect=_collect, erase=_erase))


def _published(instance: WorkshopPage, **_kwargs: Any) -> None:
    transaction.on_commit(lambda: rounds.follow_publication(workshop_pk=instance.pk), robust=True)


def _collect(user: User) -> list[dict[str, Any]]:
    rows = Registration.objects.filter(email__in=addresses_of(user=user)).select_related(
        "workshop", "kind", "territory"
    )
    return [
        {
            "atelier": row.workshop.title,
            "courriel": row.email,
            "nom": row.name,
            "structure": row.structure,
            "type_de_structure": str(row.kind or ""),
            "territoire": str(row.territory or ""),
            "question": row.question,
            "prevenir_du_replay": row.wants_replay,
            "etat": row.get_state_display(),
            "inscrit_le": row.created_at,
            "present": row.is_present,
        }
        for row in rows
    ]


def _erase(*, user: User, addresses: list[str]) -> None:
    """Give back her seats to come, and forget the rows."""
    del user
    rows = Registration.objects.filter(email__in=addresses)
    for row in rows.exclude(state=RegistrationState.CANCELLED):
        cancel(registration=row, now=timezone.now())
    rows.delete()
    OpeningNotice.objects.filter(email__in=addresses).delete()
