"""Documents of editors are looked at as those of partners are, when they are of the same kinds (docs/fichiers.md)."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from wagtail.documents.forms import BaseDocumentForm

from hub.files import DocumentKind, FileRefused, check_document
from hub.files.reading import extension_of
from hub.files.videos import VideoKind, check_video


class DocumentForm(BaseDocumentForm):
    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file and "file" in self.changed_data:
            extension = extension_of(name=file.name or "")
            try:
                if extension in DocumentKind.values:
                    check_document(file=file, limit=settings.EDITOR_DOCUMENT_MAX_BYTES)
                elif extension in VideoKind.values:
                    check_video(file=file, limit=settings.WAGTAILDOCS_MAX_UPLOAD_SIZE)
            except FileRefused as refusal:
                raise ValidationError(refusal.message, code="refused") from refusal
            file.seek(0)
        return file
