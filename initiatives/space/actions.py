"""What a partner may do with a sheet in the state it is in: one answer for the screens and for the refusals."""

from dataclasses import dataclass

from initiatives.enums import SheetState
from initiatives.models import InitiativePage
from initiatives.states import UNDER_REVIEW, state_of

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
    """What may be done now."""

    may_write: bool
    may_submit: bool
    may_withdraw: bool
    may_ask_unpublication: bool
    may_cancel_unpublication: bool
    may_delete: bool


def actions_on(*, sheet: InitiativePage) -> Actions:
    """Return what may be done with a sheet, as its row is in the database."""
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
