"""Which sheets somebody reads and writes, and what may be done with them."""

from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404

from hub.accounts.models import Membership, User
from hub.refusals import Refused
from hub.vocabulary.models import Organisation
from initiatives.enums import SheetState
from initiatives.models import Dossier, InitiativePage
from initiatives.states import UNDER_REVIEW, state_of


def sheets_of(*, user: AbstractBaseUser | AnonymousUser) -> QuerySet[InitiativePage]:
    """Return the sheets kept by the structures the person is a member of, whatever their state."""
    kept = Dossier.objects.kept_by(user=user)
    return InitiativePage.objects.filter(pk__in=kept.values("page")).select_related("dossier__steward")


def sheet_or_404(*, user: AbstractBaseUser | AnonymousUser, pk: int) -> InitiativePage:
    """Return one of the person's sheets, as its row is in the database; another's is not found, in the same words."""
    sheet = sheets_of(user=user).filter(pk=pk).first()
    if sheet is None:
        raise Http404("Cette fiche n’existe pas, ou n’est pas tenue par votre structure.")
    return sheet


def organisations_of(*, user: AbstractBaseUser | AnonymousUser) -> QuerySet[Organisation]:
    return Organisation.objects.filter(pk__in=Membership.objects.of(user=user).values("organisation"))


def may_read_draft(*, user: AbstractBaseUser | AnonymousUser, sheet: InitiativePage) -> bool:
    """Whether the person may read what is not published of a sheet: a member of its steward, or an editor of Dihal."""
    if sheets_of(user=user).filter(pk=sheet.pk).exists():
        return True
    return user.is_authenticated and sheet.permissions_for_user(user).can_edit()


_MAY_BE_WRITTEN = {
    SheetState.DRAFT,
    SheetState.TO_CORRECT,
    SheetState.ONLINE,
    SheetState.ONLINE_CHANGING,
    SheetState.ONLINE_TO_CORRECT,
    SheetState.RETIRED,
}
_MAY_BE_SUBMITTED = _MAY_BE_WRITTEN - {SheetState.ONLINE}


@dataclass(frozen=True, slots=True)
class Actions:
    may_write: bool
    may_submit: bool
    may_withdraw: bool
    may_ask_unpublication: bool
    may_cancel_unpublication: bool
    may_delete: bool


def actions_on(*, sheet: InitiativePage) -> Actions:
    state = state_of(sheet=sheet)
    dossier = getattr(sheet, "dossier", None)
    is_withdrawal_asked = dossier is not None and dossier.unpublication_asked_at is not None
    return Actions(
        may_write=state in _MAY_BE_WRITTEN,
        may_submit=state in _MAY_BE_SUBMITTED,
        may_withdraw=state in UNDER_REVIEW,
        may_ask_unpublication=sheet.live and not is_withdrawal_asked,
        may_cancel_unpublication=sheet.live and is_withdrawal_asked,
        may_delete=state == SheetState.DRAFT and not sheet.live and sheet.first_published_at is None,
    )


def delete_draft(*, sheet: InitiativePage, user: User) -> None:
    """Delete a draft never published and its files, or be ``Refused``; inside the transaction that locked it."""
    if not actions_on(sheet=sheet).may_delete:
        raise Refused("Seul un brouillon jamais publié, et qui n’est pas en relecture, peut être supprimé.")
    with transaction.atomic():
        files = [upload.document or upload.image for upload in sheet.uploads.select_related("document", "image")]
        # The rights are the space's own: partners hold none in Wagtail.
        sheet.delete(user=user, skip_permission_checks=True)
        for file in files:
            file.delete()
