from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from events.models import WorkshopIndexPage
from events.recap.draft.drafting import draft_workshop
from events.recap.importing import RecapCheck, check_recap
from events.recap.read.sources import decoded, require_readable_size
from hub.accounts.screens import MemberRequest
from hub.files import FileRefused
from hub.refusals import Refused

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
        upload, content = cleaned["upload"], cleaned["content"]
        if upload is not None and content.strip():
            self.add_error("upload", "Collez un texte ou choisissez un fichier, pas les deux.")
        elif upload is None and not content.strip():
            self.add_error("content", "Collez le texte d’un compte rendu, ou choisissez un fichier.")
        else:
            try:
                self._read(upload, content)
            except FileRefused as refusal:
                self.add_error("content" if upload is None else "upload", refusal.message)
        return cleaned

    def _read(self, upload: UploadedFile | None, content: str) -> None:
        data: bytes | str = content
        if upload is not None:
            require_readable_size(size=upload.size or 0, max_bytes=MAX_FORM_BYTES)
            data = upload.read()
            self.cleaned_data["filename"] = upload.name or ""
        self.check = check_recap(data=data, filename=self.cleaned_data["filename"], max_bytes=MAX_FORM_BYTES)
        self.characters = decoded(data=data)[0] if isinstance(data, bytes) else data

    def as_read(self) -> "RecapForm":
        """Show the words of an uploaded file in the text field: the draft is made from there, not from the file."""
        shown = RecapForm(initial={"content": self.characters, "filename": self.cleaned_data["filename"]})
        shown.check = self.check
        return shown


def may_import_recaps(*, user: Any) -> bool:
    parent = WorkshopIndexPage.objects.order_by("pk").first()
    return parent is not None and parent.permissions_for_user(user).can_add_subpage()


class ImportRecapView(PermissionCheckedMixin, WagtailAdminTemplateMixin, FormView):
    request: MemberRequest
    form_class = RecapForm
    template_name = "events/recap/import.html"
    page_title = "Importer un compte rendu"
    header_icon = "upload"
    permission_required = "add"

    def user_has_permission(self, permission: str) -> bool:
        del permission  # wagtail.permissions knows of pages in general, and not of a page to add under
        return may_import_recaps(user=self.request.user)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def form_valid(self, form: RecapForm) -> HttpResponse:
        if form.check is None or self.request.POST.get("action") != "create":
            return self.form_invalid(form.as_read())
        try:
            outcome = draft_workshop(parsed=form.check.parsed, report=form.check.report, user=self.request.user)
        except Refused as refusal:
            refusal.add_to(form)
            return self.form_invalid(form)
        messages.success(self.request, f"« {outcome.page.title} » : {outcome.action.value}.")
        for problem in outcome.problems:
            messages.warning(self.request, problem)
        return redirect("wagtailadmin_pages:edit", outcome.page.pk)
