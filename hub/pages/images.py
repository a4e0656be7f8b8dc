"""Photos of editors are kept without what they say beside their pixels: positions first (``hub.files.images``).

Whatever way a picture comes in, its file passes here: the forms of the administration say what is wrong, the signal
holds for what they do not see, such as the end of an upload that began without a title.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage, Storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.db.models.signals import pre_save
from PIL import Image as Pillow
from wagtail.images import get_image_model
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm
from wagtail.images.models import AbstractImage, Image

from hub.files import FileRefused
from hub.files.apart import look, patiently
from hub.files.images import UNREADABLE, picture_alone, without_metadata
from hub.files.reading import too_large

# What reading a damaged picture raises, whatever its format.
_DAMAGED = (*UNREADABLE, Pillow.DecompressionBombError)
DAMAGED = "Cette image est incomplète ou abîmée : ouvrez-la sur votre ordinateur, enregistrez-la de nouveau."


# Pictures known to be alone: the form has one looked at, and the signal meets it again a moment later.
_known: deque[bytes] = deque(maxlen=50)


class _ImageField(WagtailImageField):
    """Wagtail's field, which opens nothing that was not looked at apart; what is wrong is an error of the form."""

    def to_python(self, data: Any) -> Any:
        if not data:
            return super().to_python(data)
        if data.size > self.max_upload_size:
            raise ValidationError(too_large(limit=self.max_upload_size).message, code="file_too_large")
        try:
            cleaned = _cleaned(data)
        except FileRefused as refusal:
            raise ValidationError(refusal.message, code="refused") from refusal
        if cleaned is not None:
            data = SimpleUploadedFile(data.name, cleaned, content_type=data.content_type)
        try:
            return super().to_python(data)
        except _DAMAGED as error:
            raise ValidationError(DAMAGED, code="damaged") from error


class ImageForm(BaseImageForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "file" in self.fields:
            self.fields["file"].__class__ = _ImageField  # Wagtail chooses the field by itself


def connect() -> None:
    pre_save.connect(_keep_the_picture_alone, sender=get_image_model(), dispatch_uid="pages.clean_image")


def _keep_the_picture_alone(*, instance: AbstractImage, raw: bool = False, **_kwargs: Any) -> None:
    file = instance.file
    is_new = not file._committed or instance._state.adding  # noqa: SLF001 — Django says it nowhere else
    if raw or not file or not is_new:
        return
    with patiently(times=3):  # what a form has refused does not come here: whoever saves has no other answer to give
        cleaned = _cleaned(file)
    if cleaned is None:
        return
    if file._committed:  # noqa: SLF001 — as above
        name = file.name
        file.close()
        file.storage.delete(name)
        instance.file = file.storage.save(name, ContentFile(cleaned))
    else:
        instance.file = ContentFile(cleaned, name=file.name)
    instance._set_image_file_metadata()  # noqa: SLF001 — Wagtail offers no other way than its own forms


def _cleaned(file: File) -> bytes | None:
    """What to keep instead of a picture, or None when it is kept as it is. Raises ``FileRefused``."""
    file.open()
    content = file.read()
    file.seek(0)
    if sha256(content).digest() in _known:
        return None
    facts, cleaned = look(picture_alone, content, most_pixels=settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS)
    _known.append(sha256(cleaned if facts["changed"] else content).digest())
    return cleaned if facts["changed"] else None


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What became of an old image: ``words`` say it, ``is_unreadable`` when nothing could be done."""

    image: Image
    words: str
    is_unreadable: bool = False


def clean_stored_images(*, after: int = 0, is_dry_run: bool = False) -> Iterator[Cleaned]:
    """Clean the images already there and their reduced versions, in the order of their keys, from ``after`` on.

    Yields those that had something to be taken out, or that cannot be read. Killed anywhere and started again, it goes
    on: a file is replaced whole, and its row is settled after.
    """
    for image in get_image_model().objects.filter(pk__gt=after).order_by("pk").iterator(chunk_size=100):
        try:
            words = _clean_stored(image, is_dry_run=is_dry_run)
        except _DAMAGED as error:
            yield Cleaned(image, f"illisible ({type(error).__name__})", is_unreadable=True)
            continue
        if words:
            yield Cleaned(image, words)


def _clean_stored(image: Image, *, is_dry_run: bool) -> str:
    cleaned = _read_clean(image.file)
    speaking = [rendition for rendition in image.renditions.all() if cleaned is not None or _speaks(rendition)]
    is_unsettled = cleaned is None and image.file_size not in {None, image.file.size}
    said = {
        "métadonnées retirées": cleaned is not None,
        f"{len(speaking)} version(s) réduite(s) à refaire": bool(speaking),
        "taille mise à jour": is_unsettled,
    }
    words = ", ".join(word for word, is_so in said.items() if is_so)
    if is_dry_run or not words:
        return words
    if cleaned is not None:
        _replace(storage=image.file.storage, name=image.file.name, content=cleaned)
    with transaction.atomic():
        if cleaned is not None or is_unsettled:
            _settle(image)
        for rendition in speaking:
            rendition.delete()  # with its file, once committed; it is made again when a page asks for it
    return words


def _settle(image: Image) -> None:
    fresh = get_image_model().objects.select_for_update().get(pk=image.pk)
    fresh._set_image_file_metadata()  # noqa: SLF001 — as above
    fresh.file.close()
    with fresh.file.storage.open(fresh.file.name, "rb") as opened, Pillow.open(opened) as picture:
        fresh.width, fresh.height = picture.size
    get_image_model().objects.filter(pk=fresh.pk).update(
        file_size=fresh.file_size, file_hash=fresh.file_hash, width=fresh.width, height=fresh.height
    )


def _read_clean(file: Any) -> bytes | None:
    with file.storage.open(file.name, "rb") as opened:
        return without_metadata(content=opened.read())


def _speaks(rendition: Any) -> bool:
    try:
        return _read_clean(rendition.file) is not None
    except FileNotFoundError:
        return False


def _replace(*, storage: Storage, name: str, content: bytes) -> None:
    """Write a file over another; at once on a disk, where whoever reads gets one or the other."""
    if not isinstance(storage, FileSystemStorage):
        storage.delete(name)
        storage.save(name, ContentFile(content))
        return
    path = Path(storage.path(name))
    beside = path.with_name(f".{uuid4().hex}.tmp")
    try:
        beside.write_bytes(content)
        beside.chmod(path.stat().st_mode)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
