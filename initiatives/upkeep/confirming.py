"""« Est-ce toujours vrai ? »: what a sheet's confirmation is bound to, and what the answers do."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from hub.accounts.models import User
from hub.pages.typography import long_date
from initiatives.drafts import locked
from initiatives.enums import ConfirmationAnswer, ExchangeKind
from initiatives.models import Dossier, InitiativePage
from initiatives.review.people import is_member
from initiatives.review.thread import record
from initiatives.upkeep.archiving import archive
from initiatives.upkeep.links import FORGED, LinkProblem, make_token, mark_of, read_token

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
    """What a link asks, and whom."""

    sheet: InitiativePage
    user: User
    round: int


def question_of(*, token: str, now: datetime) -> Question:
    """Return what a link asks, without changing anything.

    Raises:
        LinkProblem: for a link that is forged, expired, used, of an older round, or of a person who left the structure.
    """
    values = read_token(purpose=PURPOSE, token=token, now=now)
    sheet = InitiativePage.objects.filter(pk=values["sheet"]).select_related("dossier").first()
    dossier = getattr(sheet, "dossier", None)
    user = User.objects.filter(pk=values["user"], is_active=True).first()
    if sheet is None or dossier is None:
        raise LinkProblem(*FORGED)
    if user is None or not is_member(sheet=sheet, user=user):
        title = "Ce lien n’est plus le vôtre"
        message = "La personne à qui il a été envoyé n’écrit plus pour la structure qui tient cette fiche."
        raise LinkProblem(title, message, 403)
    if not sheet.live:
        title = "Cette fiche n’est plus en ligne"
        message = "Pour la remettre en ligne, connectez-vous à l’espace partenaire : vous l’y retrouverez telle quelle."
        raise LinkProblem(title, message)
    known = known_true_at(dossier=dossier)
    if known is None or mark_of(moment=known) != values["round"]:
        raise _already_settled(dossier=dossier)
    return Question(sheet=sheet, user=user, round=values["round"])


def _already_settled(*, dossier: Dossier) -> LinkProblem:
    if is_confirmed_since_published(dossier=dossier):
        day = long_date(timezone.localdate(dossier.confirmed_at))
        message = f"La fiche a été confirmée le {day}. Vous n’avez plus rien à faire."
        return LinkProblem("Ce lien a déjà servi", message)
    return LinkProblem(
        "Ce lien n’a plus d’objet",
        "La fiche a été mise à jour depuis l’envoi de ce courriel. Vous n’avez plus rien à faire.",
    )


def answer_question(*, token: str, answer: ConfirmationAnswer, now: datetime) -> Question:
    """Record the answer of the person a link was sent to, once, and return what was asked.

    Raises:
        LinkProblem: see ``question_of``; also when a colleague answered a moment ago.
    """
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
