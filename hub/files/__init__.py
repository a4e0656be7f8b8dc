"""Checking what somebody sends before anything keeps it or opens it (docs/fichiers.md)."""

from hub.files.documents import CheckedDocument, check_document
from hub.files.images import CheckedImage, check_image
from hub.files.kinds import DocumentKind, ImageKind
from hub.files.reading import FileRefused

__all__ = [
    "CheckedDocument",
    "CheckedImage",
    "DocumentKind",
    "FileRefused",
    "ImageKind",
    "check_document",
    "check_image",
]
