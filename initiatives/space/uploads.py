"""Files received for a sheet, where they are used, and until when they are kept."""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Literal

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage
from django.db import transaction
from django.db.models import Q
from wagtail.documents.models import Document
from wagtail.images.models import Image
from wagtail.models import Collection, Page, ReferenceIndex, Revision

from hub.accounts.models import User
from hub.files import CheckedDocument, CheckedImage, FileRefused, check_document, check_image
from hub.files.reading import RANDOM_NAME, random_name, readable_size
from hub.files.storage import FULL, is_out_of_room
from initiatives.drafts import locked
from initiatives.models import InitiativePage, Upload

# ("image", 12) or ("document", 3).
FileKey = tuple[str, int]


def files_of(*, page: InitiativePage) -> set[FileKey]:
    """Return the files a text of a sheet names: its image and its documents."""
    keys: set[FileKey] = {("document", link.document_id) for link in page.documents.all()}
    if page.image_id:
        keys.add(("image", page.image_id))
    return keys


def files_of_any_version(*, sheet: InitiativePage) -> set[FileKey]:
    """Return the files that any version of a sheet names, read in the versions as they are kept."""
    keys: set[FileKey] = set()
    versions = Revision.objects.for_instance(sheet).values_list("content", flat=True)
    for content in versions.iterator(chunk_size=50):
        keys |= _files_in(content=content)
    return keys


def is_shown_to_everyone(*, file: Image | Document) -> bool:
    """Whether a published page that anyone may read shows the file, as it is published now."""
    shown = (
        Q(image=file.pk) if isinstance(file, Image) else Q(documents__document=file.pk)  # the two places of a sheet
    )
    if InitiativePage.objects.live().public().filter(shown).exists():
        return True
    # An editor may have put it into the free part of a page, or on another page.
    references = ReferenceIndex.get_references_to(file).filter(base_content_type=_page_type())
    pages = {reference.object_id for reference in references}
    return any(_shows(page=page, file=file) for page in Page.objects.live().public().filter(pk__in=pages).specific())


def is_named_anywhere(*, file: Image | Document) -> bool:
    """Whether a page, or anything but the note that a partner sent it, names the file in the database."""
    upload_type = ContentType.objects.get_for_model(Upload)
    return ReferenceIndex.get_references_to(file).exclude(content_type=upload_type).exists()


def _shows(*, page: Page, file: Image | Document) -> bool:
    """Whether a page names the file as it is now: the index still holds what was taken off the page since."""
    wanted = (ContentType.objects.get_for_model(file).pk, str(file.pk))
    return any(
        (content_type, str(key)) == wanted
        for content_type, key, _model_path, _content_path in ReferenceIndex._extract_references_from_object(page)  # noqa: SLF001 — Wagtail reads a page for its references nowhere else
    )


def _page_type() -> ContentType:
    return ContentType.objects.get_for_model(Page)


def _files_in(*, content: dict[str, Any]) -> set[FileKey]:
    keys: set[FileKey] = {
        ("document", link["document"]) for link in content.get("documents") or [] if link.get("document")
    }
    if content.get("image"):
        keys.add(("image", content["image"]))
    return keys


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


def files_in_use(*, sheet: InitiativePage) -> list[Any]:
    """Return the files of a sheet's latest and published texts, and those just sent that no version names yet.

    Files of older versions alone are left out: they may be replaced for ever.
    """
    current = files_of(page=sheet) | files_of(page=sheet.get_latest_revision_as_object())
    older = files_of_any_version(sheet=sheet)
    counted: list[Any] = []
    for upload in Upload.objects.filter(page=sheet.pk).select_related("image", "document"):
        file = ("image", upload.image_id) if upload.image_id else ("document", upload.document_id)
        if file in current or file not in older:
            counted.append(upload.file)
    return counted


def _refuse_one_too_many(*, sheet: InitiativePage, size: int) -> None:
    used = files_in_use(sheet=sheet)
    if len(used) >= settings.PARTNER_SHEET_MAX_FILES:
        raise FileRefused(
            f"Cette fiche a déjà {len(used)} fichiers, le maximum : retirez-en un de la fiche, enregistrez, puis "
            "renvoyez celui-ci."
        )
    if sum(file.file_size or 0 for file in used) + size > settings.PARTNER_SHEET_MAX_BYTES:
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


# A transaction that stores a file lasts seconds: what is older has no row and will have none.
STRAY_AFTER = timedelta(days=1)


def clean_uploads(*, now: datetime, is_dry_run: bool = False) -> Iterator[str]:
    """Delete what nothing needs any more, and yield what each was, in words.

    A file a partner sent stays as long as any version of its sheet, or any page, names it, and at least
    ``PARTNER_UPLOAD_ORPHAN_DAYS`` days after it was sent.
    """
    before = now - timedelta(days=settings.PARTNER_UPLOAD_ORPHAN_DAYS)
    yield from _clean_sheets(before=before, is_dry_run=is_dry_run)
    for model in (Image, Document):
        left = model.objects.filter(
            collection__name=COLLECTION_NAME, partner_upload__isnull=True, created_at__lt=before
        )
        for file in left:
            if not is_named_anywhere(file=file):
                if not is_dry_run:
                    file.delete()
                yield f"« {file.title} », d’une fiche supprimée"
    yield from _clean_strays(before=now - STRAY_AFTER, is_dry_run=is_dry_run)


def _clean_sheets(*, before: datetime, is_dry_run: bool) -> Iterator[str]:
    old = Upload.objects.filter(created_at__lt=before).order_by("pk")
    for pk in old.values_list("pk", flat=True):
        with transaction.atomic():
            upload = Upload.objects.select_related("image", "document").filter(pk=pk).first()
            if upload is None:
                continue
            # Who saves a version that names the file waits, or is waited for.
            sheet = locked(pk=upload.page_id)
            file = upload.file
            if (file._meta.model_name, file.pk) in files_of_any_version(sheet=sheet) or is_named_anywhere(file=file):
                continue
            if not is_dry_run:
                file.delete()  # and, with it, the note that it was sent
        yield f"« {file.title} », qu’aucune version de la fiche {sheet.pk} ne montre"


def _clean_strays(*, before: datetime, is_dry_run: bool) -> Iterator[str]:
    """Files stored under a random name that no row knows: what a transaction given up, or a power cut, left."""
    for model, folder in ((Image, "original_images"), (Document, "documents")):
        storage = model._meta.get_field("file").storage
        for name in _stored(storage=storage, folder=folder):
            if storage.get_modified_time(name) < before and not model.objects.filter(file=name).exists():
                if not is_dry_run:
                    storage.delete(name)
                yield f"{name}, que la base ne connaît pas"


def _stored(*, storage: Storage, folder: str) -> Iterator[str]:
    """Yield the names of what partners sent in a folder: under a random name, or in a folder that has one."""
    if not storage.exists(folder):
        return
    folders, files = storage.listdir(folder)
    yield from (f"{folder}/{name}" for name in files if RANDOM_NAME.fullmatch(name.rpartition(".")[0]))
    for inner in folders:
        if RANDOM_NAME.fullmatch(inner):
            yield from (f"{folder}/{inner}/{name}" for name in storage.listdir(f"{folder}/{inner}")[1])
