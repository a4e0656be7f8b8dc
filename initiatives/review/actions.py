"""What a partner and a reviewer can do with a sheet. Each act is done whole or not at all, and twice is once.

Mails and the thread follow from the act (consequences.py), whether it is made here or in Wagtail's own screens.
"""

from datetime import timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from wagtail.actions.publish_revision import PublishPermissionError
from wagtail.models import TaskState, WorkflowState

from hub.accounts.models import User
from initiatives.drafts import text_of
from initiatives.enums import ExchangeKind
from initiatives.fields import FIELDS
from initiatives.models import Dossier, Exchange, InitiativePage
from initiatives.people import may_decide
from initiatives.review.acting import acting
from initiatives.review.mails import tell_members, tell_reviewers
from initiatives.review.readiness import ReviewRefused, give_address, require_ready
from initiatives.thread import record

NOT_WAITING = "Cette fiche n’est plus en relecture : quelqu’un d’autre l’a traitée, ou le partenaire l’a reprise."
NEWER_TEXT = (
    "Le texte a changé depuis que vous l’avez affiché : le partenaire l’a repris puis renvoyé, ou un relecteur l’a "
    "modifié. Relisez la nouvelle version avant de répondre."
)
NO_STRUCTURE_YET = (
    "Aucune structure ne tient encore cette fiche : elle s’envoie dès que la vôtre est validée. Votre texte est gardé."
)
# The same words of the same person within this time were sent by a second click.
_SAME_MESSAGE_WITHIN = timedelta(minutes=2)


def submit(*, sheet: InitiativePage, user: User | None, message: str = "") -> None:
    """Send the latest text of a sheet to the review, or again after a return. Already there, nothing happens.

    Raises ``ReviewRefused`` when something is missing or wrong, no structure keeps it yet, or nobody reviews.
    """
    with acting(sheet=sheet, user=user, words=message.strip()) as row:
        state = row.current_workflow_state
        if state is not None and state.status == WorkflowState.STATUS_IN_PROGRESS:
            return
        if Dossier.objects.without_structure().filter(page=row).exists():
            raise ReviewRefused(NO_STRUCTURE_YET)
        if row.scheduled_revision is not None:
            raise ReviewRefused("La publication de cette fiche est déjà programmée.")
        if row.live and not row.has_unpublished_changes:
            raise ReviewRefused("Rien n’a changé depuis la version en ligne : il n’y a rien à relire.")
        workflow = row.get_workflow()
        # A workflow without a task would publish at once.
        if workflow is None or (state is None and not workflow.tasks.filter(active=True).exists()):
            raise ReviewRefused(
                "La relecture n’est pas organisée sur ce site pour le moment. Votre texte est gardé ; "
                "prévenez la Dihal, qui doit choisir des relecteurs."
            )
        text = text_of(sheet=row)
        if row.first_published_at is None:
            give_address(text=text)
        require_ready(text=text)
        if row.first_published_at is None:
            _keep_address(text=text, user=user)
        if state is None:
            workflow.start(InitiativePage.objects.get(pk=row.pk), user)
        else:
            state.resume(user=user)


def withdraw(*, sheet: InitiativePage, user: User | None) -> None:
    """Take a text back from the review. Taken back already, nothing happens. Answered, raises ``ReviewRefused``."""
    with acting(sheet=sheet, user=user) as row:
        state = row.current_workflow_state
        if state is not None and state.status == WorkflowState.STATUS_IN_PROGRESS:
            state.cancel(user=user)
            return
        last = row.workflow_states.order_by("-created_at", "-pk").first()
        if last is None or last.status != WorkflowState.STATUS_CANCELLED:
            raise ReviewRefused("La Dihal vient de répondre : il n’y a plus rien à reprendre. Lisez sa réponse.")


def return_for_changes(
    *, sheet: InitiativePage, user: User, text: str, remarks: dict[str, str], revision: int | None = None
) -> None:
    """Send a text back to its partner with what is to be corrected, in general and by field.

    ``revision`` is the version the reviewer read. Returned already with the same words, nothing happens. Raises
    ``ReviewRefused`` when nothing is said or another version waits, ``PermissionDenied`` to who does not review.
    """
    text = text.strip()
    remarks = {name: words.strip() for name, words in remarks.items() if words.strip()}
    if unknown := sorted(remarks.keys() - FIELDS.keys()):
        raise ReviewRefused(f"Champ inconnu : {', '.join(unknown)}.")
    if not text and not remarks:
        raise ReviewRefused("Dites au partenaire ce qu’il doit corriger, en général ou sur un champ.")
    with acting(sheet=sheet, user=user) as row:
        task_state = row.current_workflow_task_state
        if task_state is None:
            _require_own_return(row=row, user=user, text=text)
            return
        _require_decision(row=row, user=user, task_state=task_state, revision=revision)
        for name, words in remarks.items():
            record(
                sheet=row,
                kind=ExchangeKind.REMARK,
                author=user,
                is_from_dihal=True,
                text=words,
                field=name,
                revision=task_state.revision,
            )
        task_state.task.specific.on_action(task_state, user, "reject", comment=text)


def approve(*, sheet: InitiativePage, user: User, comment: str = "", revision: int | None = None) -> None:
    """Approve a text: it goes online, unless the workflow has another task.

    ``revision`` is the version the reviewer read. Approved already, nothing happens. Raises ``ReviewRefused`` when
    another version waits or it cannot be published, ``PermissionDenied`` to who does not review.
    """
    try:
        with acting(sheet=sheet, user=user) as row:
            task_state = row.current_workflow_task_state
            if task_state is None:
                if row.live_revision_id is not None and row.live_revision_id == revision:
                    return
                raise ReviewRefused(NOT_WAITING)
            _require_decision(row=row, user=user, task_state=task_state, revision=revision)
            task_state.task.specific.on_action(task_state, user, "approve", comment=comment.strip())
    except PublishPermissionError as error:
        raise ReviewRefused(
            "Vos droits ne permettent pas de publier cette fiche ; demandez à un éditeur qui les a."
        ) from error
    except ValidationError as error:
        raise ReviewRefused(f"La fiche ne peut pas être publiée telle quelle : {' '.join(error.messages)}") from error


def ask_unpublication(*, sheet: InitiativePage, user: User, reason: str) -> None:
    """Ask Dihal to take a sheet off the site. Asked already, nothing happens. Raises ``ReviewRefused``."""
    reason = reason.strip()
    if not reason:
        raise ReviewRefused("Dites pourquoi la fiche doit être retirée.")
    with acting(sheet=sheet, user=user) as row:
        if not row.live:
            raise ReviewRefused("Cette fiche n’est pas en ligne.")
        dossier, _created = Dossier.objects.get_or_create(page=row)
        if dossier.unpublication_asked_at is not None:
            return
        Dossier.objects.filter(pk=dossier.pk).update(unpublication_asked_at=timezone.now())
        exchange = record(
            sheet=row, kind=ExchangeKind.UNPUBLICATION_ASKED, author=user, is_from_dihal=False, text=reason
        )
        tell_reviewers(event="unpublication_asked", exchange=exchange, but=user)


def cancel_unpublication(*, sheet: InitiativePage, user: User) -> None:
    """Take back the request that a sheet leave the site. Twice is once; off the site, raises ``ReviewRefused``."""
    with acting(sheet=sheet, user=user) as row:
        if not row.live:
            raise ReviewRefused("La fiche n’est plus en ligne : la Dihal l’a déjà retirée.")
        asked = Dossier.objects.filter(page=row, unpublication_asked_at__isnull=False)
        if not asked.update(unpublication_asked_at=None):
            return
        words = "La demande de retrait est annulée : la fiche reste en ligne."
        exchange = record(sheet=row, kind=ExchangeKind.MESSAGE, author=user, is_from_dihal=False, text=words)
        tell_reviewers(event="message_to_reviewers", exchange=exchange, but=user)


def unpublish(*, sheet: InitiativePage, user: User, text: str = "") -> None:
    """Take a sheet off the site; its text and thread stay. Twice is once. Raises ``PermissionDenied``."""
    with acting(sheet=sheet, user=user, words=text.strip()) as row:
        if not row.live:
            return
        if not row.permissions_for_user(user).can_unpublish():
            raise PermissionDenied
        row.unpublish(user=user)


def send_message(*, sheet: InitiativePage, user: User, text: str, from_dihal: bool) -> Exchange:
    """Write in the thread of a sheet, and tell the other side by mail. Sent twice, it is one exchange.

    Raises ``ReviewRefused`` when nothing is said.
    """
    text = text.strip()
    if not text:
        raise ReviewRefused("Écrivez votre message.")
    with acting(sheet=sheet, user=user) as row:
        same = Exchange.objects.filter(
            page=row,
            kind=ExchangeKind.MESSAGE,
            author=user,
            is_from_dihal=from_dihal,
            text=text,
            created_at__gte=timezone.now() - _SAME_MESSAGE_WITHIN,
        ).last()
        if same is not None:
            return same
        exchange = record(sheet=row, kind=ExchangeKind.MESSAGE, author=user, is_from_dihal=from_dihal, text=text)
        if from_dihal:
            tell_members(event="message_to_partner", exchange=exchange, but=user)
        else:
            tell_reviewers(event="message_to_reviewers", exchange=exchange, but=user)
        return exchange


def _keep_address(*, text: InitiativePage, user: User | None) -> None:
    """What is reviewed is what will be published: the address is part of the version that is submitted."""
    latest = text.get_latest_revision()
    if latest is None or latest.content.get("slug") != text.slug:
        text.save_revision(user=user, clean=False)


def _require_decision(*, row: InitiativePage, user: User, task_state: TaskState, revision: int | None) -> None:
    if not may_decide(user=user, sheet=row, task_state=task_state):
        raise PermissionDenied
    # What is published is the latest version, not the one the task began with.
    if revision is not None and row.latest_revision_id != revision:
        raise ReviewRefused(NEWER_TEXT)


def _require_own_return(*, row: InitiativePage, user: User, text: str) -> None:
    state = row.current_workflow_state
    last = state.current_task_state if state is not None else None
    if last is None or last.finished_by_id != user.pk or last.comment != text:
        raise ReviewRefused(NOT_WAITING)
