"""The picture people of the administration show of themselves: looked at apart, drawn again, like any other."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from wagtail.admin.forms.account import AvatarPreferencesForm

from hub.files import FileRefused
from hub.files.images import check_image


class AvatarField(forms.ImageField):
    """Opens nothing that was not looked at apart; Wagtail's own decodes what it is given, whatever its size."""

    def to_python(self, data: Any) -> Any:
        if not data:
            return super().to_python(data)
        try:
            checked = check_image(file=data)
        except FileRefused as refusal:
            raise ValidationError(refusal.message, code="refused") from refusal
        name = f"{checked.stem}.{checked.extension}"
        return super().to_python(SimpleUploadedFile(name, checked.content, content_type=checked.mime_type))


# Wagtail's form uses it from now on.
_plain = AvatarPreferencesForm.base_fields["avatar"]
AvatarPreferencesForm.base_fields["avatar"] = AvatarField(label=_plain.label, required=_plain.required)
