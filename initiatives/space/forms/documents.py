"""Step « Documents et contact »: image, files, free content, whom to write to."""

import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from wagtail.documents import get_document_model
from wagtail.images import get_image_model

from hub.pages.markup.content import addresses_of, content_blocks, html_of, is_editable, plain_of, titles_of
from initiatives.models import InitiativeDocument, InitiativePage, Upload
from initiatives.space.forms.base import StepForm
from initiatives.space.forms.fields import PhoneField, PlainTextField, key_in
from initiatives.space.forms.rows import Pool, RowForm, RowList, Rows

NOT_YOURS = "Ce fichier n’est plus disponible : envoyez-le de nouveau."
HEADING_MAX_LENGTH = 160


class DocumentRow(RowForm):
    DEFAULTS = frozenset({"title"})

    document = forms.IntegerField(widget=forms.HiddenInput, error_messages={"invalid": NOT_YOURS})
    title = forms.CharField(
        label="Titre du lien", required=False, max_length=200, help_text="Vide : le nom du document."
    )

    def __init__(self, *, allowed: dict[int, Any], **options: Any) -> None:
        super().__init__(**options)
        self.allowed = allowed

    @property
    def file(self) -> Any | None:
        key = key_in(self["document"].value())
        return None if key is None else self.allowed.get(key)

    def clean_document(self) -> int:
        key: int = self.cleaned_data["document"]
        if key not in self.allowed:
            raise ValidationError(NOT_YOURS, code="foreign")
        return key


class DocumentsForm(StepForm):
    """Image, files, free content and contact. Files themselves are received by the view."""

    slug = "documents"

    image = forms.IntegerField(required=False, widget=forms.HiddenInput, error_messages={"invalid": NOT_YOURS})
    image_alternative_text = forms.CharField(
        required=False,
        max_length=250,
        help_text="Ce que l’image apprend à qui ne la voit pas. Vide si elle est décorative.",
    )
    body = PlainTextField(heading="##", help_text="Contenu libre, après la fiche.")
    contact_email = forms.EmailField(
        required=False,
        max_length=254,
        help_text="Publié sur la fiche. De préférence une adresse de service. Par exemple : contact@exemple.fr.",
        error_messages={"invalid": "Écrivez une adresse complète, par exemple contact@exemple.fr."},
    )
    contact_phone = PhoneField(required=False, max_length=30, help_text="Publié sur la fiche.")

    def __init__(self, *, text: InitiativePage, **options: Any) -> None:
        self.free_content_is_editable = is_editable(body=text.body)
        super().__init__(text=text, **options)
        if not self.free_content_is_editable:
            del self.fields["body"]

    def read(self, text: InitiativePage) -> dict[str, Any]:
        shown = {name: getattr(text, name) for name in self.fields if name not in {"image", "body"}}
        return {**shown, "image": text.image_id, "body": plain_of(body=text.body)}

    # --- files -----------------------------------------------------------------------------------------------------

    def allowed_files(self, kind: str) -> dict[int, Any]:
        """Return the documents, or images, this sheet may show: those of its text and those sent for it, by key."""
        sent = Upload.objects.filter(page_id=self.text.pk).values_list(f"{kind}_id", flat=True)
        if kind == "image":
            present, model = {self.text.image_id}, get_image_model()
        else:
            present, model = {link.document_id for link in self.text.documents.all()}, get_document_model()
        keys = {key for key in (*sent, *present) if key is not None}
        found: dict[int, Any] = model.objects.in_bulk(keys)
        return found

    @property
    def shown_image(self) -> Any | None:
        key = key_in(self["image"].value())
        return None if key is None else self.allowed_files("image").get(key)

    def clean_image(self) -> int | None:
        key: int | None = self.cleaned_data["image"]
        if key is not None and key not in self.allowed_files("image"):
            raise ValidationError(NOT_YOURS, code="foreign")
        return key

    def clean_body(self) -> str:
        text: str = self.cleaned_data["body"]
        for title in titles_of(blocks=content_blocks(text=text)):
            if len(title) > HEADING_MAX_LENGTH:
                raise ValidationError(
                    f"Le titre « {title[:40]}… » est trop long : {HEADING_MAX_LENGTH} caractères au plus.",
                    code="heading",
                )
        return text

    def row_lists(self) -> dict[str, RowList]:
        allowed = self.allowed_files("document")
        stored = [
            {"document": link.document_id, "title": link.title}
            for link in self.text.documents.all()
            if link.document_id in allowed
        ]
        how = Rows(lambda link: link.document_id, lambda row: row.cleaned_data["document"], _link_of)
        return self.row_list("documents", DocumentRow, stored=stored, how=how, allowed=allowed)

    # --- writing ---------------------------------------------------------------------------------------------------

    def write(self, name: str, value: Any) -> None:
        if name == "image":
            self.text.image_id = value
        elif name == "body":
            self._write_body(value)
        else:
            super().write(name, value)

    def html_of(self, name: str) -> str:
        if name != "body":
            return super().html_of(name)
        return html_of(text=str(self[name].value() or ""), known=addresses_of(body=self.text.body))

    def _write_body(self, value: str) -> None:
        if value == plain_of(body=self.text.body):
            return
        known = addresses_of(body=self.text.body) | self.may_link_to
        raw = json.dumps(content_blocks(text=value, known=known))
        self.text.body = InitiativePage._meta.get_field("body").to_python(raw)


def _link_of(row: RowForm, former: Pool) -> InitiativeDocument:
    key = row.cleaned_data["document"]
    link: InitiativeDocument = former.take(key) or InitiativeDocument(document_id=key)
    link.title = row.cleaned_data["title"]
    return link
