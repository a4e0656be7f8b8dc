"""Checking what somebody sends before anything keeps it or opens it (docs/fichiers.md)."""

from hub.files.documents import CheckedDocument, check_document
from hub.files.enums import DocumentKind, ImageKind
from hub.files.images import CheckedImage, check_image
from hub.files.refusal import FileRefused

__all__ = [
    "CheckedDocument",
    "CheckedImage",
    "DocumentKind",
    "FileRefused",
    "ImageKind",
    "check_document",
    "check_image",
]
