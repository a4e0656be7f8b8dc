"""Deleting what partners sent and nothing needs: files no version names, of deleted sheets, remains of failures."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.core.files.storage import Storage
from django.db import transaction
from wagtail.documents.models import Document
from wagtail.images.models import Image

from hub.files.names import RANDOM_NAME
from initiatives.drafts import locked
from initiatives.models import Upload
from initiatives.space.upload_references import files_of_any_version, is_named_anywhere
from initiatives.space.uploads import COLLECTION_NAME

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
