from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from hub.accounts.joining import NewOrganisation
from hub.accounts.models import MembershipRole, User
from hub.mail.addresses import AddressFormField, comparable_address
from hub.territories.forms import TerritoryChoiceField, TerritorySelect
from hub.vocabulary.models import Organisation, OrganisationKind
from hub.vocabulary.organisations import similar_organisations

MESSAGE_LENGTH = 1000
# What is answered when none of the structures shown is the one described.
NONE_OF_THESE = "aucune"


def _text_area(*, rows: int = 4) -> forms.Textarea:
    return forms.Textarea(attrs={"class": "fr-input", "rows": rows, "maxlength": MESSAGE_LENGTH})


class MessageForm(forms.Form):
    message = forms.CharField(
        label="Message",
        required=False,
        max_length=MESSAGE_LENGTH,
        widget=_text_area(),
        help_text="Facultatif : votre fonction, ce que vous voulez publier. Lu par la Dihal et par la structure.",
    )


class NameForm(forms.Form):
    """How a person is called, asked once: whoever said it already is not asked again."""

    first_name = forms.CharField(
        label="Votre prénom",
        max_length=150,
        widget=forms.TextInput(attrs={"class": "fr-input", "autocomplete": "given-name"}),
        error_messages={"required": "Écrivez votre prénom."},
    )
    last_name = forms.CharField(
        label="Votre nom",
        max_length=150,
        help_text="Vos collègues et la Dihal le voient à côté de ce que vous écrivez.",
        widget=forms.TextInput(attrs={"class": "fr-input", "autocomplete": "family-name"}),
        error_messages={"required": "Écrivez votre nom."},
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        if user.first_name and user.last_name:
            del self.fields["first_name"], self.fields["last_name"]
        else:
            self.initial = {"first_name": user.first_name, "last_name": user.last_name, **self.initial}

    def keep_name(self) -> None:
        if "last_name" in self.cleaned_data:
            self.user.first_name = self.cleaned_data["first_name"]
            self.user.last_name = self.cleaned_data["last_name"]
            self.user.save(update_fields=["first_name", "last_name"])


class JoinForm(NameForm, MessageForm):
    organisation = forms.ModelChoiceField(
        label="Structure",
        queryset=Organisation.objects.validated(),
        error_messages={
            "required": "Choisissez une structure dans la liste.",
            "invalid_choice": "Cette structure n’est pas dans la liste.",
        },
    )


class DescriptionFields(forms.Form):
    name = forms.CharField(
        label="Nom de la structure",
        max_length=200,
        help_text="En entier, tel qu’il sera affiché : « ADIL de l’Ain », « CCAS de Bourg-en-Bresse ».",
        widget=forms.TextInput(attrs={"class": "fr-input", "autocomplete": "organization"}),
        error_messages={"required": "Indiquez le nom de la structure."},
    )
    kind = forms.ModelChoiceField(
        label="Type de structure",
        queryset=OrganisationKind.objects.all(),
        empty_label="Choisir un type",
        widget=forms.Select(attrs={"class": "fr-select"}),
        error_messages={
            "required": "Choisissez un type de structure.",
            "invalid_choice": "Choisissez un type de la liste.",
        },
    )
    territory = TerritoryChoiceField(
        label="Territoire",
        required=False,
        help_text="Facultatif : là où la structure agit. Nom, code postal ou numéro de département.",
        widget=TerritorySelect(attrs={"class": "fr-input"}),
    )
    website = forms.URLField(
        label="Site internet",
        required=False,
        max_length=200,
        assume_scheme="https",
        help_text="Facultatif. Par exemple : https://www.exemple.fr",
        widget=forms.URLInput(attrs={"class": "fr-input", "autocomplete": "url"}),
        error_messages={"invalid": "Indiquez une adresse complète, par exemple https://www.exemple.fr."},
    )

    def described(self) -> NewOrganisation:
        names = ("name", "kind", "territory", "website")
        return NewOrganisation(**{name: self.cleaned_data[name] for name in names})


class DescribeForm(NameForm, DescriptionFields, MessageForm):
    """Asking to write for a structure that is not in the list, unless it is there under nearly the same name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.similar: list[Organisation] = []
        self.chosen: Organisation | None = None

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self.similar = similar_organisations(name=cleaned.get("name", ""))
        answer = str(self.data.get("similar", ""))
        self.chosen = next((organisation for organisation in self.similar if str(organisation.pk) == answer), None)
        if self.similar and self.chosen is None and answer != NONE_OF_THESE:
            self.add_error(None, ValidationError("Dites si votre structure est l’une de celles-ci.", code="similar"))
        return cleaned


class InvitationForm(forms.Form):
    email = AddressFormField(
        label="Adresse électronique",
        help_text="Celle de votre collègue. Exemple : prenom.nom@structure.fr",
        widget=forms.EmailInput(attrs={"class": "fr-input", "autocomplete": "off"}),
        error_messages={
            "required": "Indiquez l’adresse de la personne à inviter.",
            "invalid": "Indiquez une adresse complète, par exemple prenom.nom@structure.fr.",
        },
    )
    role = forms.ChoiceField(
        label="Rôle",
        choices=MembershipRole.choices,
        initial=MembershipRole.EDITOR,
        widget=forms.Select(attrs={"class": "fr-select"}),
        help_text="Un contributeur écrit les fiches ; un responsable gère aussi les membres.",
    )


class RoleForm(forms.Form):
    role = forms.ChoiceField(choices=MembershipRole.choices)


class RefusalForm(forms.Form):
    reason = forms.CharField(
        label="Raison du refus",
        max_length=MESSAGE_LENGTH,
        widget=_text_area(rows=3),
        help_text="Envoyée telle quelle à la personne.",
        error_messages={"required": "Donnez une raison : elle est envoyée à la personne."},
    )


class AccountDeletionForm(forms.Form):
    email = forms.CharField(
        label="Votre adresse électronique",
        max_length=254,
        help_text="Écrivez-la pour confirmer la suppression.",
        widget=forms.EmailInput(attrs={"class": "fr-input", "autocomplete": "email"}),
        error_messages={"required": "Écrivez votre adresse pour confirmer."},
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_email(self) -> str:
        email = comparable_address(self.cleaned_data["email"].strip())
        if email != comparable_address(self.user.email or self.user.username):
            raise ValidationError("Cette adresse n’est pas celle de votre compte.")
        return email
