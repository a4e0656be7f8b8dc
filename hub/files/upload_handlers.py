"""Stopping a file that is too large, or that a stranger sends, while it arrives, before it fills a disk."""

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, SkipFile, StopUpload
from django.http import HttpRequest

from hub.files.reading import too_large


class _Watching(FileUploadHandler):
    """Looks at what passes, and leaves it to the next handler."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:  # noqa: ARG002 — Django's signature
        return raw_data

    def file_complete(self, file_size: int) -> None:
        del file_size


class SignedInUploadHandler(_Watching):
    """Takes no file from whoever is not signed in: no page asks them for one.

    What they typed is read. A small file is passed over; a large one, which would be written to a disk, ends the
    reading: what follows is never received.
    """

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        user = getattr(self.request, "user", None)
        if user is None or user.is_authenticated:
            return
        if self._announced() <= settings.FILE_UPLOAD_MAX_MEMORY_SIZE:
            raise SkipFile
        raise StopUpload(connection_reset=True)

    def _announced(self) -> int:
        """Bytes of the request; Django has refused one that does not say."""
        try:
            return int(self.request.META.get("CONTENT_LENGTH") or 0) if self.request is not None else 0
        except ValueError:
            return 0


class BoundedUploadHandler(_Watching):
    """Drops a file past the largest size taken from partners; the rest of the form is read as usual.

    Editors send videos from the admin, where Wagtail has a limit of its own. The names of the fields whose file was
    dropped are kept on the request: ``fields_too_large``.
    """

    _received = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:  # noqa: ARG002 — Django's signature
        self._received += len(raw_data)
        is_bounded = self.request is not None and not self.request.path_info.startswith(f"/{settings.ADMIN_PATH}")
        if is_bounded and self._received > largest_taken():
            _names_on(self.request).add(self.field_name)
            raise SkipFile
        return raw_data


def largest_taken() -> int:
    """Bytes of the largest file a partner may send."""
    return max(settings.PARTNER_DOCUMENT_MAX_BYTES, settings.PARTNER_IMAGE_MAX_BYTES)


def fields_too_large(*, request: HttpRequest) -> frozenset[str]:
    return frozenset(_names_on(request))


def require_received(*, request: HttpRequest, field: str) -> None:
    """Raise ``FileRefused`` when a file of this field was dropped on its way, because of its size."""
    if field in fields_too_large(request=request):
        raise too_large(limit=largest_taken())


def _names_on(request: Any) -> set[str]:
    return vars(request).setdefault("fields_too_large", set())
