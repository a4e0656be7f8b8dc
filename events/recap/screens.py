from typing import Any, cast

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from events.models import WorkshopIndexPage
from events.recap.draft.drafting import DraftRefused
from events.recap.importing import RecapCheck, check_recap, import_recap
from events.recap.read.sources import UnreadableRecap, decoded, require_readable_size
from hub.accounts.models import User

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


def may_import_recaps(*, request: HttpRequest) -> bool:
    parent = WorkshopIndexPage.objects.order_by("pk").first()
    return parent is not None and parent.permissions_for_user(request.user).can_add_subpage()


class ImportRecapView(WagtailAdminTemplateMixin, TemplateView):
    """Paste or upload a recap, read what was understood, then create the draft."""

    template_name = "events/recap/import.html"
    page_title = "Importer un compte rendu"
    header_icon = "upload"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not may_import_recaps(request=request):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"form": RecapForm(), "check": None, **kwargs})

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        del args, kwargs
        form = RecapForm(request.POST, request.FILES)
        if form.is_valid() and form.check is not None:
            if request.POST.get("action") == "create":
                created = self._create(form=form)
                if created is not None:
                    return created
            else:
                form = self._form_with_what_was_read(form=form)
        return self.render_to_response(self.get_context_data(form=form, check=form.check))

    def _create(self, *, form: RecapForm) -> HttpResponse | None:
        """Write the draft and go to its editor; ``None`` when it was refused, the reason being on the form."""
        if form.check is None:
            return None
        user = cast(User, self.request.user)  # noqa: TC006 - the admin lets nobody else in
        try:
            outcome = import_recap(check=form.check, user=user)
        except DraftRefused as refusal:
            form.add_error(None, str(refusal))
            return None
        messages.success(self.request, f"« {outcome.page.title} » : {outcome.action.value}.")
        for problem in outcome.problems:
            messages.warning(self.request, problem)
        return redirect(reverse("wagtailadmin_pages:edit", args=[outcome.page.pk]))

    def _form_with_what_was_read(self, *, form: RecapForm) -> RecapForm:
        """Show the words of an uploaded file in the text field: the draft is made from there, not from the file."""
        upload = form.cleaned_data.get("upload")
        filename = upload.name if upload is not None else form.cleaned_data["filename"]
        shown = RecapForm(initial={"content": form.characters, "filename": filename})
        shown.check = form.check
        return shown
