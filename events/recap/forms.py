"""The form that takes a recap in the admin."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from events.recap.decoding import decoded, require_readable_size
from events.recap.errors import UnreadableRecap
from events.recap.importing import RecapCheck, check_recap

MAX_FORM_BYTES = 2 * 1024 * 1024
"""Largest recap taken by the form, in bytes: below what the site accepts in one form (the command takes more)."""


class RecapForm(forms.Form):
    """A recap pasted or uploaded. Once valid, ``check`` says what was understood, and ``characters`` what was read."""

    content = forms.CharField(
        label="Texte ou HTML du compte rendu",
        required=False,
        strip=False,
        max_length=MAX_FORM_BYTES,
        widget=forms.Textarea(attrs={"rows": 16, "spellcheck": "false"}),
        help_text="Copiez la page du compte rendu en entier, titre compris, ou son code HTML, et collez-la ici.",
        error_messages={"max_length": "Ce texte est trop long pour un compte rendu (limite : 2 Mo)."},
    )
    upload = forms.FileField(
        label="ou fichier",
        required=False,
        allow_empty_file=True,
        help_text="Un fichier texte (.txt) ou HTML (.html) de 2 Mo au plus.",
    )

    filename = forms.CharField(required=False, max_length=255, widget=forms.HiddenInput)

    check: RecapCheck | None = None
    characters: str = ""

    def clean(self) -> dict[str, Any]:
        """Read the recap; a refusal is attached to the field it came from, and what was typed stays in the form."""
        cleaned: dict[str, Any] = super().clean() or {}
        if self.errors:
            return cleaned
        upload, content = cleaned.get("upload"), cleaned.get("content") or ""
        if upload is not None and content.strip():
            self.add_error("upload", "Collez un texte ou choisissez un fichier, pas les deux.")
        elif upload is not None:
            self._check_upload(upload)
        elif content.strip():
            self._check(data=content, filename=cleaned.get("filename") or "", field="content")
        else:
            self.add_error("content", "Collez le texte d’un compte rendu, ou choisissez un fichier.")
        return cleaned

    def _check_upload(self, upload: UploadedFile) -> None:
        try:
            require_readable_size(size=upload.size or 0, max_bytes=MAX_FORM_BYTES)
        except UnreadableRecap as refusal:
            self.add_error("upload", str(refusal))
        else:
            self._check(data=upload.read(), filename=upload.name or "", field="upload")

    def _check(self, *, data: bytes | str, filename: str, field: str) -> None:
        try:
            self.check = check_recap(data=data, filename=filename, max_bytes=MAX_FORM_BYTES)
        except UnreadableRecap as refusal:
            self.add_error(field, str(refusal))
        else:
            self.characters = decoded(data=data)[0] if isinstance(data, bytes) else data
