"""A picture that is no longer published loses the address it was published under.

Reduced versions of pictures are plain files, served without a question: whoever noted an address could come back.
"""

from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from wagtail.images.models import Image
from wagtail.signals import page_published, page_unpublished

from hub.files.names import extension_of, random_name
from initiatives.models import InitiativePage, Upload
from initiatives.space.upload_references import is_shown_to_everyone


def connect_file_addresses() -> None:
    """Connect the handlers; called once, when the applications are ready."""
    for signal in (page_published, page_unpublished):
        signal.connect(_text_changed, sender=InitiativePage, dispatch_uid=f"initiatives_file_addresses_{id(signal)}")


def withdraw_addresses(*, sheet: InitiativePage) -> int:
    """Give a new name to each picture of a sheet that no published page shows any more; return how many."""
    uploads = Upload.objects.filter(page=sheet.pk, image__renditions__isnull=False).select_related("image").distinct()
    hidden = [upload.image for upload in uploads if not is_shown_to_everyone(file=upload.image)]
    for image in hidden:
        _rename(image=image)
    return len(hidden)


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


def _text_changed(instance: InitiativePage, **_options: Any) -> None:
    withdraw_addresses(sheet=instance)
