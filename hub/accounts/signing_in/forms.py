"""The forms of the sign-in pages."""

from typing import Any

from allauth.account.fields import PasswordField
from allauth.account.forms import AddEmailForm, LoginForm, ResetPasswordForm
from allauth.core.internal.cryptokit import compare_user_code
from django import forms

from hub.mail.addresses import AddressFormField, comparable_address

CODE_LENGTH = 40
LOGIN_LENGTH = 254


class EmailForm(forms.Form):
    """Who signs in."""

    email = AddressFormField(
        label="Adresse électronique",
        help_text="Format attendu : nom@domaine.fr. Nous y envoyons un code de connexion.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": "Écrivez votre adresse électronique.",
            "invalid": "Écrivez une adresse complète, de la forme nom@domaine.fr.",
        },
    )


class CodeForm(forms.Form):
    """The code of the mail."""

    code = forms.CharField(
        label="Code de connexion",
        help_text="Huit lettres, dans le courriel que vous venez de recevoir. Majuscules et tiret sont facultatifs.",
        max_length=CODE_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autocapitalize": "characters"}),
        error_messages={"required": "Écrivez le code reçu par courriel."},
    )

    def __init__(self, *args: Any, expected: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.expected = expected

    def clean_code(self) -> str:
        """Refuse another code than the one sent."""
        code = str(self.cleaned_data["code"])
        if not compare_user_code(actual=code, expected=self.expected):
            message = "Ce code n’est pas celui du dernier courriel envoyé. Vérifiez-le, ou demandez-en un nouveau."
            raise forms.ValidationError(message, code="incorrect_code")
        return code


class AddressForm(AddEmailForm):
    """Another address of one's own, in the words of the house."""

    email = AddressFormField(
        label="Adresse électronique",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": "Écrivez l’adresse à ajouter.",
            "invalid": "Écrivez une adresse complète, de la forme nom@domaine.fr.",
        },
    )


class ForgottenPasswordForm(ResetPasswordForm):
    """Who asks for another password. The mail goes to the address stored, which is the one compared."""

    email = AddressFormField(
        label="Adresse électronique",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": "Écrivez votre adresse électronique.",
            "invalid": "Écrivez une adresse complète, de la forme nom@domaine.fr.",
        },
    )


class PasswordSignInForm(LoginForm):
    """allauth's, in the words of the house."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = forms.CharField(
            label="Adresse électronique ou identifiant",
            max_length=LOGIN_LENGTH,
            widget=forms.TextInput(attrs={"autocomplete": "username"}),
        )
        self.fields["password"] = PasswordField(label="Mot de passe", autocomplete="current-password")
        self.order_fields(["login", "password"])

    def user_credentials(self) -> dict[str, str]:
        """Look the address up, and count its tries, in its one spelling; a name of account as it was typed."""
        login = self.cleaned_data["login"]
        address = comparable_address(login)
        by_address = {"email": address} if "@" in address else {}
        return {**by_address, "username": login, "password": self.cleaned_data["password"]}
