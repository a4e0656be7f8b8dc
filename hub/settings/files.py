"""What partners may send (docs/fichiers.md). Sizes in bytes."""

from typing import Any

_MEGABYTE = 1024 * 1024

FILE_SETTINGS: dict[str, Any] = {
    "PARTNER_DOCUMENT_MAX_BYTES": 20 * _MEGABYTE,
    "PARTNER_IMAGE_MAX_BYTES": 10 * _MEGABYTE,
    # What an office document, which is an archive, may hold once opened.
    "PARTNER_ARCHIVE_MAX_BYTES": 200 * _MEGABYTE,
    "PARTNER_SHEET_MAX_FILES": 20,
    "PARTNER_SHEET_MAX_BYTES": 100 * _MEGABYTE,
    # A file no text refers to is deleted after so many days.
    "PARTNER_UPLOAD_ORPHAN_DAYS": 30,
    # The first one stops what is too large while it arrives; the others are Django's.
    "FILE_UPLOAD_HANDLERS": [
        "hub.files.upload_handlers.BoundedUploadHandler",
        "django.core.files.uploadhandler.MemoryFileUploadHandler",
        "django.core.files.uploadhandler.TemporaryFileUploadHandler",
    ],
}
