"""Delete a draft nobody outside its structure ever read, with the files sent for it."""

from django.db import transaction

from hub.accounts.models import User
from initiatives.models import InitiativePage
from initiatives.space.actions import actions_on


class DeletionRefusedError(Exception):
    """The sheet was published or submitted: it is archived or withdrawn, never deleted by its partner."""

    def __init__(self) -> None:
        super().__init__("Seul un brouillon jamais publié, et qui n’est pas en relecture, peut être supprimé.")


def delete_draft(*, sheet: InitiativePage, user: User) -> None:
    """Delete a draft and its files; call it inside the transaction that locked the sheet.

    Raises:
        DeletionRefusedError: for a sheet that is, or was, anything else than a draft of its structure.
    """
    if not actions_on(sheet=sheet).may_delete:
        raise DeletionRefusedError
    with transaction.atomic():
        files = [upload.document or upload.image for upload in sheet.uploads.select_related("document", "image")]
        # The rights are the space's own: partners hold none in Wagtail.
        sheet.delete(user=user, skip_permission_checks=True)
        for file in files:
            file.delete()
