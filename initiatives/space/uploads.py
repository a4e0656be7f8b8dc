"""Files partners send for their sheets: checked, under a name nobody can guess, a bounded number for each sheet."""

import logging
from dataclasses import dataclass
from typing import Any, Literal

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.db import transaction
from wagtail.documents.models import Document
from wagtail.images.models import Image
from wagtail.models import Collection

from hub.accounts.models import User
from hub.files import CheckedDocument, CheckedImage, FileRefused, check_document, check_image
from hub.files.names import random_name
from hub.files.reading import readable_size
from hub.files.storage import FULL, is_out_of_room
from initiatives.drafts import locked
from initiatives.models import InitiativePage, Upload
from initiatives.space.upload_references import files_of, files_of_any_version

logger = logging.getLogger(__name__)

COLLECTION_NAME = "Fichiers des partenaires"
UploadKind = Literal["image", "document"]


def receive_upload(*, sheet: InitiativePage, user: User | None, file: File, kind: UploadKind) -> Upload:
    """Check and keep a file sent for a sheet; it is on the sheet once a text names it.

    In one transaction. If it fails, nothing stays; if an outer transaction of the caller fails later, the stored file
    is found by ``clean_uploads``.

    Raises:
        FileRefused: when the file is not taken, when the sheet has as many files as it may, or when the disk is full.
    """
    checked = check_image(file=file) if kind == "image" else check_document(file=file)
    stored: list[Any] = []
    try:
        with transaction.atomic():
            # Two files sent at once must not both be the last one; what was saved meanwhile counts.
            _refuse_one_too_many(sheet=locked(pk=sheet.pk), size=checked.size)
            return _keep(sheet=sheet, user=user, checked=checked, stored=stored)
    except BaseException as error:  # whatever stopped it: the database forgot, the disk must too
        for field_file in stored:
            field_file.storage.delete(field_file.name)
        if is_out_of_room(error=error):
            logger.exception("no room is left for the files of partners")
            raise FileRefused(FULL) from error
        raise


def partners_collection() -> Collection:
    """The collection partners' files are kept in, created at need; what is in it is private until published."""
    collection = Collection.objects.filter(name=COLLECTION_NAME).first()
    if collection is None:
        with transaction.atomic():
            root = Collection.objects.select_for_update().get(pk=Collection.get_first_root_node().pk)
            collection = Collection.objects.filter(name=COLLECTION_NAME).first()
            collection = collection or root.add_child(name=COLLECTION_NAME)
    return collection


@dataclass(frozen=True, kw_only=True)
class SheetFiles:
    """How many files a sheet has, of those it may."""

    count: int
    size: int  # bytes


def files_in_use(*, sheet: InitiativePage) -> SheetFiles:
    """Count the files of a sheet's latest and published texts, and those just sent that no version names yet.

    Files of older versions alone are left out: they may be replaced for ever.
    """
    current = files_of(page=sheet) | files_of(page=sheet.get_latest_revision_as_object())
    older = files_of_any_version(sheet=sheet)
    counted: list[Any] = []
    for upload in Upload.objects.filter(page=sheet.pk).select_related("image", "document"):
        file = ("image", upload.image_id) if upload.image_id else ("document", upload.document_id)
        if file in current or file not in older:
            counted.append(upload.file)
    return SheetFiles(count=len(counted), size=sum(file.file_size or 0 for file in counted))


def _refuse_one_too_many(*, sheet: InitiativePage, size: int) -> None:
    used = files_in_use(sheet=sheet)
    if used.count >= settings.PARTNER_SHEET_MAX_FILES:
        raise FileRefused(
            f"Cette fiche a déjà {used.count} fichiers, le maximum : retirez-en un de la fiche, enregistrez, puis "
            "renvoyez celui-ci."
        )
    if used.size + size > settings.PARTNER_SHEET_MAX_BYTES:
        limit = readable_size(settings.PARTNER_SHEET_MAX_BYTES)
        raise FileRefused(
            f"Les fichiers de cette fiche dépasseraient {limit} ensemble : retirez-en un de la fiche, enregistrez, "
            "puis renvoyez celui-ci."
        )


def _keep(
    *, sheet: InitiativePage, user: User | None, checked: CheckedImage | CheckedDocument, stored: list[Any]
) -> Upload:
    model = Image if isinstance(checked, CheckedImage) else Document
    item = model(title=checked.title, collection=partners_collection(), uploaded_by_user=user)
    item.file.save(_stored_name(checked=checked), ContentFile(checked.content), save=False)
    stored.append(item.file)
    item._set_image_file_metadata() if model is Image else item._set_document_file_metadata()  # noqa: SLF001 — Wagtail offers no other way than its own forms
    if isinstance(checked, CheckedImage):
        item.width, item.height = checked.width, checked.height
    item.save()
    item.file.close()
    named = {"image": item} if model is Image else {"document": item}
    return Upload.objects.create(page_id=sheet.pk, uploaded_by=user, **named)


def _stored_name(*, checked: CheckedImage | CheckedDocument) -> str:
    """A document keeps its name, in a folder of its own: it is downloaded under it. A picture's name says nothing.

    Wagtail keeps the first 17 characters of a picture's name in those of its reduced versions: all of them are random.
    """
    if isinstance(checked, CheckedImage):
        return f"{random_name()}.{checked.extension}"
    return f"{random_name()}/{checked.stem}.{checked.extension}"
