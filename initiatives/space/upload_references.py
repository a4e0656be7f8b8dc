"""Which files a text shows: to count them, to say who may read them, to know which nobody needs."""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from wagtail.documents.models import Document
from wagtail.images.models import Image
from wagtail.models import Page, ReferenceIndex, Revision

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
