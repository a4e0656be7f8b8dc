"""Who may read the files of a sheet, where, and how they are served."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser, PermissionsMixin
from django.core.files.base import ContentFile, File
from django.db import transaction
from django.http import Http404, HttpResponse
from django.utils.cache import add_never_cache_headers
from django.utils.http import content_disposition_header
from wagtail.documents.models import Document
from wagtail.images.models import Image
from wagtail.signals import page_published, page_unpublished

from hub.files.reading import extension_of, random_name
from initiatives.models import InitiativePage, Upload
from initiatives.space.access import may_read_draft
from initiatives.space.uploads import COLLECTION_NAME, is_shown_to_everyone


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


def connect_file_addresses() -> None:
    for signal in (page_published, page_unpublished):
        signal.connect(_text_changed, sender=InitiativePage, dispatch_uid=f"initiatives_file_addresses_{id(signal)}")


def _text_changed(instance: InitiativePage, **_options: Any) -> None:
    """Give a new name to each picture of a sheet that no published page shows any more."""
    uploads = Upload.objects.filter(page=instance.pk, image__renditions__isnull=False).select_related("image")
    hidden = [upload.image for upload in uploads.distinct() if not is_shown_to_everyone(file=upload.image)]
    for image in hidden:
        _rename(image=image)


def _rename(*, image: Image) -> None:
    storage, former = image.file.storage, image.file.name
    with transaction.atomic():
        # Wagtail deletes their files once this is committed.
        for rendition in image.renditions.all():
            rendition.delete()
        if not storage.exists(former):
            return
        with image.open_file() as opened:
            content = opened.read()
        image.file.save(f"{random_name()}.{extension_of(name=former)}", ContentFile(content), save=False)
        image.save(update_fields=["file"])
        # Once the change is made nothing undoes it: a file that cannot be deleted is told in the logs.
        transaction.on_commit(lambda: storage.delete(former), robust=True)


# The picture of a form: large enough to recognise what was sent.
THUMBNAIL = "max-480x360|format-webp|webpquality-70"


def private_document(*, document: Document) -> HttpResponse:
    """Return the document as a download; not found when the file itself is lost."""
    response = _private(file=document.file, content_type=document.content_type)
    response["Content-Disposition"] = content_disposition_header(True, document.filename)  # noqa: FBT003 — Django's signature
    return response


def private_thumbnail(*, image: Image) -> HttpResponse:
    """Return a small version of the picture; not found when the file itself is lost."""
    try:
        thumbnail = image.get_rendition(THUMBNAIL)
    except OSError as error:
        raise Http404 from error
    return _private(file=thumbnail.file, content_type="image/webp")


def _private(*, file: File, content_type: str) -> HttpResponse:
    try:
        with file.open("rb") as opened:
            response = HttpResponse(opened.read(), content_type=content_type)
    except OSError as error:
        raise Http404 from error
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    add_never_cache_headers(response)
    return response
