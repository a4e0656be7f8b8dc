"""One spelling of an address of mail: the only one that is stored, compared, counted and written to.

Two people must never be taken for one because their addresses look alike, nor one person for two because hers can be
written in several ways. A database cannot be asked to decide: PostgreSQL and SQLite do not fold the same letters, and
neither folds as the mail does (``i`` without its dot is another domain). So every address is brought to one spelling
here, and from then on only equality decides (docs/comptes.md).
"""

import re
import unicodedata
from typing import Any

import idna
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models

ADDRESS_LENGTH = 254
INCOMPLETE = "Écrivez une adresse complète, de la forme nom@domaine.fr."
FOREIGN_LETTER = (
    "Avant « @ », l’adresse contient « %(letter)s », un accent ou une lettre d’un autre alphabet que le courrier "
    "électronique ne transporte pas sûrement. Vérifiez-la, ou écrivez-en une sans accent."
)
# What nobody sees and still counts as a character, beside those Unicode calls « format » (Cf): fillers, selectors of
# variants, joiners of graphemes.
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2065\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff]",
)


def canonical_address(text: str) -> str:
    """Return the one spelling of an address: small ASCII letters, the domain as the name servers know it (IDNA 2008).

    Compatible forms are replaced (full width letters, the sign of kelvins, the long s), what cannot be seen is left
    out; letters of another alphabet are other letters. Raises ``ValidationError``, in French, for what is no address,
    or one the hub cannot write to: before the « @ », mail carries nothing but ASCII unless every server agrees to more.
    """
    # Before any work: an address that long is nobody's, whatever is left out of it.
    if len(text) > 2 * ADDRESS_LENGTH:
        raise ValidationError(INCOMPLETE, code="invalid")
    local, at, domain = _without_unseen(text).strip().rpartition("@")
    local = local.lower()
    if not at or not local or "@" in local:
        raise ValidationError(INCOMPLETE, code="invalid")
    if foreign := next((letter for letter in local if not letter.isascii()), ""):
        raise ValidationError(FOREIGN_LETTER, code="local_part", params={"letter": foreign})
    address = f"{local}@{_canonical_domain(domain.lower().removesuffix('.'))}"
    # A quoted name and a machine's number are addresses to the letter of the law, and second spellings in practice.
    if len(address) > ADDRESS_LENGTH or '"' in address or "[" in address:
        raise ValidationError(INCOMPLETE, code="invalid")
    try:
        validate_email(address)
    except ValidationError as error:
        raise ValidationError(INCOMPLETE, code="invalid") from error
    return address


def comparable_address(text: str) -> str:
    """Return the one spelling of an address, or the text itself when it is none: it then equals no address."""
    try:
        return canonical_address(text)
    except ValidationError:
        return text.replace("\0", "\ufffd")  # PostgreSQL cannot even be asked for it


def _canonical_domain(domain: str) -> str:
    if domain.isascii() and not any(label.startswith("xn--") for label in domain.split(".")):
        return domain
    try:
        return idna.encode(domain, uts46=True, std3_rules=True).decode().removesuffix(".")
    except (idna.IDNAError, UnicodeError) as error:
        raise ValidationError(INCOMPLETE, code="invalid") from error


def _without_unseen(text: str) -> str:
    """Replace compatible forms, and leave out what is not seen; the second pass closes the gaps of the first."""
    for _pass in range(2):
        folded = unicodedata.normalize("NFKC", text)
        text = "".join(letter for letter in _UNSEEN.sub("", folded) if unicodedata.category(letter) != "Cf")
    return unicodedata.normalize("NFKC", text)


class AddressFormField(forms.EmailField):
    default_error_messages = {"invalid": INCOMPLETE}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": ADDRESS_LENGTH, **kwargs})

    def to_python(self, value: Any) -> str:
        text = str(super().to_python(value) or "")
        if not text:
            return text
        try:
            return canonical_address(text)
        except ValidationError as error:
            if error.code == "invalid":
                raise ValidationError(self.error_messages["invalid"], code="invalid") from error
            raise


class AddressField(models.EmailField):
    """Stored and looked for in their one spelling; what is no address (a row older than the rule), as it is."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return comparable_address(text) if text else text

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        super().validate(value, model_instance)
        if value:
            canonical_address(value)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:  # noqa: FBT001 — Django's
        value = super().pre_save(model_instance, add)
        if isinstance(value, str) and value:
            value = comparable_address(value)
            setattr(model_instance, self.attname, value)
        return value

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return comparable_address(value) if isinstance(value, str) and value else value

    def get_lookup(self, lookup_name: str) -> Any:
        """Have no ``iexact``: each database folds letters its own way, some into a stranger's."""
        return None if lookup_name == "iexact" else super().get_lookup(lookup_name)

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": AddressFormField, **kwargs})


def rewrite_column(*, model: type[models.Model], field: str) -> None:
    """Bring a column of plain text to one spelling, for migrations; what is no address stays as it is."""
    rows = model._default_manager.all()
    for value in list(rows.exclude(**{field: ""}).values_list(field, flat=True).distinct()):
        if (address := comparable_address(value)) != value:
            rows.filter(**{field: value}).update(**{field: address})
