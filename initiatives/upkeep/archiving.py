"""Putting a sheet away, and taking it out again."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from wagtail.actions.unpublish_page import UnpublishPageAction

from hub.accounts.models import User
from hub.mail.queueing import queue_mail
from initiatives.drafts import locked
from initiatives.enums import ExchangeKind
from initiatives.models import Dossier, InitiativePage
from initiatives.review.people import members_of
from initiatives.review.thread import record
from initiatives.states import UNDER_REVIEW, state_of


class ArchiveRefused(Exception):  # noqa: N818 — told to the person, who did nothing wrong
    """The sheet cannot be put away, or taken out, as it stands; the message says why, in French."""


def archive(*, sheet: InitiativePage, user: User | None, now: datetime) -> None:
    """Take a sheet off the site and put it away, whole; tell its members. ``user`` is ``None`` for the yearly round.

    Raises:
        ArchiveRefused: while its text is in review, or when it is put away already.
    """
    with transaction.atomic():
        page = locked(pk=sheet.pk)
        dossier, _created = Dossier.objects.get_or_create(page=page)
        if state_of(sheet=page) in UNDER_REVIEW:
            message = "Cette fiche est en relecture : annulez d’abord la relecture, ou attendez sa fin."
            raise ArchiveRefused(message)
        if dossier.archived_at is not None and not page.live:
            message = "Cette fiche est déjà archivée."
            raise ArchiveRefused(message)
        dossier.archived_at = now
        dossier.confirmation_asked_at = None
        dossier.confirmation_reminders = 0
        dossier.save()
        # After the dossier: a sheet that leaves the site without being archived is told otherwise.
        if page.live:
            UnpublishPageAction(page, user=user).execute(skip_permission_checks=True)
        record(
            sheet=page,
            kind=ExchangeKind.ARCHIVED,
            author=user,
            author_name="Le hub",
            created_at=now,
            text="" if user else "Personne n’a confirmé que la fiche est toujours d’actualité.",
        )
        for member in members_of(sheet=page):
            queue_mail(
                key=f"sheet-{page.pk}-archived-{now:%Y%m%dT%H%M%S%f}-user-{member.pk}",
                recipient=member.email,
                template="initiatives/mail/archived",
                context={"sheet": page, "by": user, "days": settings.SHEET_ARCHIVE_DAYS},
            )


def bring_back(*, sheet: InitiativePage, user: User, now: datetime) -> None:
    """Take a sheet out of the archives: its text can be changed and sent for review again.

    Raises:
        ArchiveRefused: when it is not there.
    """
    with transaction.atomic():
        page = locked(pk=sheet.pk)
        dossier = Dossier.objects.filter(page=page, archived_at__isnull=False).first()
        if dossier is None or page.live:
            message = "Cette fiche n’est pas archivée."
            raise ArchiveRefused(message)
        dossier.archived_at = None
        dossier.save()
        record(
            sheet=page,
            kind=ExchangeKind.MESSAGE,
            author=user,
            created_at=now,
            text="La fiche est sortie des archives ; elle reviendra en ligne après une relecture.",
        )
