"""Confirm that a sheet still holds, archive it, take it back."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.utils import timezone
from wagtail.actions.unpublish_page import UnpublishPageAction

from hub.accounts.models import User
from hub.mail.queueing import queue_mail
from hub.pages.prose import long_date
from hub.refusals import Refused
from initiatives.drafts import locked
from initiatives.enums import ConfirmationAnswer, ExchangeKind
from initiatives.models import Dossier, InitiativePage
from initiatives.people import is_member, members_of
from initiatives.states import UNDER_REVIEW, state_of
from initiatives.thread import record


class LinkProblem(Refused):
    """A link that does not work: ``message`` tells the person why, and what to do, under ``title``."""

    def __init__(self, title: str, message: str, status: int = HTTPStatus.GONE) -> None:
        super().__init__(message)
        self.title = title
        self.status = status


FORGED = (
    "Ce lien n’est pas valable",
    "Il est incomplet ou a été modifié. Copiez le lien entier du courriel, jusqu’à son dernier caractère.",
    404,
)


def make_token(*, purpose: str, values: dict[str, Any], expires_at: datetime) -> str:
    """Return a token only this site can make, good for one ``purpose`` until ``expires_at``."""
    return signing.dumps({**values, "until": int(expires_at.timestamp())}, salt=f"initiatives.{purpose}")


def read_token(*, purpose: str, token: str, now: datetime) -> dict[str, Any]:
    """Return the values of a token; ``LinkProblem`` when it was not made here for this, or its time has run out."""
    try:
        values: dict[str, Any] = signing.loads(token, salt=f"initiatives.{purpose}")
    except signing.BadSignature as error:
        raise LinkProblem(*FORGED) from error
    if now >= datetime.fromtimestamp(values["until"], tz=UTC):
        raise LinkProblem(
            "Ce lien a expiré", "Connectez-vous à l’espace partenaire, ou demandez qu’on vous envoie un nouveau lien."
        )
    return values


def mark_of(*, moment: datetime) -> int:
    """Return a moment as a token keeps it, exact to the microsecond the database keeps."""
    return round(moment.timestamp() * 1_000_000)


def archive(*, sheet: InitiativePage, user: User | None, now: datetime) -> None:
    """Take a sheet off the site and put it away, whole; tell its members. ``user`` is ``None`` for the yearly round.

    Raises:
        Refused: while its text is in review, or when it is put away already.
    """
    with transaction.atomic():
        page = locked(pk=sheet.pk)
        dossier, _created = Dossier.objects.get_or_create(page=page)
        if state_of(sheet=page) in UNDER_REVIEW:
            raise Refused("Cette fiche est en relecture : annulez d’abord la relecture, ou attendez sa fin.")
        if dossier.archived_at is not None and not page.live:
            raise Refused("Cette fiche est déjà archivée.")
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
    """Take a sheet out of the archives, to be changed and sent for review again; ``Refused`` when it is not there."""
    with transaction.atomic():
        page = locked(pk=sheet.pk)
        dossier = Dossier.objects.filter(page=page, archived_at__isnull=False).first()
        if dossier is None or page.live:
            raise Refused("Cette fiche n’est pas archivée.")
        dossier.archived_at = None
        dossier.save()
        record(
            sheet=page,
            kind=ExchangeKind.MESSAGE,
            author=user,
            created_at=now,
            text="La fiche est sortie des archives ; elle reviendra en ligne après une relecture.",
        )


PURPOSE = "confirmation"
AT_ONCE = timedelta(minutes=1)


def known_true_at(*, dossier: Dossier) -> datetime | None:
    """Return when the published text was last known to be true: its publication, or a later confirmation."""
    moments = [moment for moment in (dossier.confirmed_at, dossier.page.last_published_at) if moment]
    return max(moments) if moments else None


def is_confirmed_since_published(*, dossier: Dossier) -> bool:
    """Whether somebody said the published text is still true: a publication counts as a confirmation by itself."""
    confirmed, published = dossier.confirmed_at, dossier.page.last_published_at
    return confirmed is not None and published is not None and confirmed - published > AT_ONCE


def confirmation_token(*, dossier: Dossier, user: User, now: datetime) -> str:
    """Return the token of one person's link for this round; a confirmation or a publication ends the round.

    It outlives the round by a month, to say clearly what became of the sheet.
    """
    known = known_true_at(dossier=dossier)
    return make_token(
        purpose=PURPOSE,
        values={"sheet": dossier.page_id, "user": user.pk, "round": mark_of(moment=known) if known else 0},
        expires_at=now + timedelta(days=settings.SHEET_ARCHIVE_DAYS + 30),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    sheet: InitiativePage
    user: User
    round: int


def question_of(*, token: str, now: datetime) -> Question:
    """Return what a link asks, changing nothing; ``LinkProblem`` when it is forged, expired, used, or another's now."""
    values = read_token(purpose=PURPOSE, token=token, now=now)
    sheet = InitiativePage.objects.filter(pk=values["sheet"]).select_related("dossier").first()
    dossier = getattr(sheet, "dossier", None)
    user = User.objects.filter(pk=values["user"], is_active=True).first()
    if sheet is None or dossier is None:
        raise LinkProblem(*FORGED)
    if user is None or not is_member(sheet=sheet, user=user):
        raise LinkProblem(
            "Ce lien n’est plus le vôtre",
            "La personne à qui il a été envoyé n’écrit plus pour la structure qui tient cette fiche.",
            403,
        )
    if not sheet.live:
        raise LinkProblem(
            "Cette fiche n’est plus en ligne",
            "Pour la remettre en ligne, connectez-vous à l’espace partenaire : vous l’y retrouverez telle quelle.",
        )
    known = known_true_at(dossier=dossier)
    if known is None or mark_of(moment=known) != values["round"]:
        if is_confirmed_since_published(dossier=dossier):
            day = long_date(timezone.localdate(dossier.confirmed_at))
            raise LinkProblem(
                "Ce lien a déjà servi", f"La fiche a été confirmée le {day}. Vous n’avez plus rien à faire."
            )
        raise LinkProblem(
            "Ce lien n’a plus d’objet",
            "La fiche a été mise à jour depuis l’envoi de ce courriel. Vous n’avez plus rien à faire.",
        )
    return Question(sheet=sheet, user=user, round=values["round"])


def answer_question(*, token: str, answer: ConfirmationAnswer, now: datetime) -> Question:
    """Record the answer to a link, once; ``LinkProblem`` also when a colleague answered a moment ago."""
    question = question_of(token=token, now=now)
    with transaction.atomic():
        locked(pk=question.sheet.pk)
        question = question_of(token=token, now=now)
        if answer == ConfirmationAnswer.TRUE:
            confirm(sheet=question.sheet, user=question.user, now=now)
        elif answer == ConfirmationAnswer.UPDATE:
            postpone(sheet=question.sheet, user=question.user, now=now)
        else:
            archive(sheet=question.sheet, user=question.user, now=now)
    return question


def confirm(*, sheet: InitiativePage, user: User, now: datetime, is_from_dihal: bool = False) -> None:
    """Record that the published text is still true, and that the question is settled for a year."""
    with transaction.atomic():
        locked(pk=sheet.pk)
        dossier, _created = Dossier.objects.get_or_create(page_id=sheet.pk)
        dossier.confirmed_at = now
        dossier.confirmed_by = str(user)[:254]
        dossier.confirmation_asked_at = None
        dossier.confirmation_reminders = 0
        dossier.save()
        record(
            sheet=sheet,
            kind=ExchangeKind.CONFIRMED,
            author=user,
            is_from_dihal=is_from_dihal,
            created_at=now,
        )


def postpone(*, sheet: InitiativePage, user: User, now: datetime) -> None:
    """Record that somebody will update the sheet: the time to archive counts again from now, the link stays good."""
    Dossier.objects.filter(page=sheet.pk).update(confirmation_asked_at=now, confirmation_reminders=0)
    record(
        sheet=sheet,
        kind=ExchangeKind.MESSAGE,
        author=user,
        created_at=now,
        text="La fiche est à mettre à jour : la structure s’en charge.",
    )
