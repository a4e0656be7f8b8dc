from typing import Any

from django.db.models.signals import post_save

from initiatives.models import InitiativeIndexPage
from initiatives.review.connections import connect_review
from initiatives.review.workflow import attach_review
from initiatives.settling import connect_settling
from initiatives.space.files import connect_file_addresses
from initiatives.space.waiting import connect_waiting
from initiatives.upkeep.connections import connect_upkeep


def register() -> None:
    connect_review()
    connect_upkeep()
    connect_file_addresses()
    connect_settling()
    connect_waiting()
    post_save.connect(_index_created, sender=InitiativeIndexPage, dispatch_uid="initiatives_index_created")


def _index_created(instance: InitiativeIndexPage, created: bool, raw: bool = False, **_options: Any) -> None:  # noqa: FBT001, FBT002 — Django's signature
    if created and not raw:
        attach_review(index=instance)
