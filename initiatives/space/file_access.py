"""Who may read a file a partner sent: everyone once it is published, its partner and Dihal before."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser, PermissionsMixin
from wagtail.documents.models import Document
from wagtail.images.models import Image

from initiatives.models import Upload
from initiatives.space.access import may_read_draft
from initiatives.space.upload_references import is_shown_to_everyone
from initiatives.space.uploads import COLLECTION_NAME


def is_from_a_partner(*, file: Image | Document) -> bool:
    """Whether a file was sent by a partner.

    Its collection remembers when its sheet, and the note with it, was deleted; the note when an editor filed it
    elsewhere.
    """
    return file.collection.name == COLLECTION_NAME or _upload_of(file=file) is not None


def is_private(*, file: Image | Document) -> bool:
    """Whether a file is a partner's, that no published page shows."""
    return is_from_a_partner(file=file) and not is_shown_to_everyone(file=file)


def may_read_file(*, user: AbstractBaseUser | AnonymousUser, file: Image | Document) -> bool:
    """Whether the person may read a file, sent by a partner or not."""
    if not is_private(file=file):
        return True
    if not user.is_authenticated or not user.is_active:
        return False
    upload = _upload_of(file=file)
    if upload is not None and may_read_draft(user=user, sheet=upload.page):
        return True
    return isinstance(user, PermissionsMixin) and user.has_perm("wagtailadmin.access_admin")


def _upload_of(*, file: Image | Document) -> Upload | None:
    return Upload.objects.select_related("page").filter(**{file._meta.model_name: file.pk}).first()
