"""The forms where one signs in: address, code, key, second step."""

from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import get_adapter
from allauth.account.fields import PasswordField
from allauth.account.forms import (
    AddEmailForm,
    ConfirmEmailVerificationCodeForm,
    LoginForm,
    ResetPasswordForm,
    default_token_generator,
)
from allauth.core.internal.cryptokit import compare_user_code, normalize_user_code
from allauth.mfa.base.forms import AuthenticateForm, BaseAuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.http import HttpRequest

from hub.accounts.models import User
from hub.accounts.signing_in.counting import take
from hub.accounts.signing_in.passwords import person_written_to
from hub.mail.addresses import ADDRESS_LENGTH, AddressFormField, comparable_address

TOO_MANY_CODES = "Ce code a été mal écrit trop de fois et ne sert plus. Demandez-en un nouveau."


def _address(*, required: str = "Écrivez votre adresse électronique.", help_text: str = "") -> AddressFormField:
    return AddressFormField(
        label="Adresse électronique",
        help_text=help_text,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": required},
    )


class EmailForm(forms.Form):
    email = _address(help_text="Format attendu : nom@domaine.fr. Nous y envoyons un code de connexion.")


class CodeForm(forms.Form):
    code = forms.CharField(
        label="Code de connexion",
        help_text="Huit lettres, dans le courriel que vous venez de recevoir. Majuscules et tiret sont facultatifs.",
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autocapitalize": "characters"}),
        error_messages={"required": "Écrivez le code reçu par courriel."},
    )

    def __init__(self, *args: Any, expected: str, nonce: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.expected = expected
        self.nonce = nonce

    def clean_code(self) -> str:
        """Refuse another code than the one sent, after counting the try: beyond the limit no code is looked at."""
        code = str(self.cleaned_data["code"])
        left = take(what=f"sign-in-tries:{self.nonce}", most=app_settings.LOGIN_BY_CODE_MAX_ATTEMPTS)
        if left is None or (left == 0 and not compare_user_code(actual=code, expected=self.expected)):
            raise forms.ValidationError(TOO_MANY_CODES, code="too_many_codes")
        if not compare_user_code(actual=code, expected=self.expected):
            raise forms.ValidationError(
                "Ce code n’est pas celui du dernier courriel envoyé. Vérifiez-le, ou demandez-en un nouveau.",
                code="incorrect_code",
            )
        return code


class AddressForm(AddEmailForm):
    email = _address(required="Écrivez l’adresse à ajouter.")


class AddressCodeForm(ConfirmEmailVerificationCodeForm):
    def clean_code(self) -> str:
        """Count the try before the code is looked at, as for a sign-in."""
        most = app_settings.EMAIL_VERIFICATION_BY_CODE_MAX_ATTEMPTS
        if take(what=f"address-tries:{self.email}:{self.expected_code}", most=most) is None:
            raise get_adapter().validation_error("incorrect_code")
        return str(super().clean_code())


class ForgottenPasswordForm(ResetPasswordForm):
    """Who asks for another password. The mail goes to the address stored, which is the one compared."""

    email = _address()

    def clean_email(self) -> str:
        """Look for the account, at the same cost whether there is one or not."""
        email: str = self.cleaned_data["email"]
        person = person_written_to(email=email)
        self.users = [person] if person is not None and person.is_active else []
        return email

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        """Send the link, or the mail that says there is no account; the link of nobody costs what a link costs."""
        if not self.users:
            default_token_generator.make_token(User(pk=0))
        return str(super().save(request, **kwargs))


class PasswordSignInForm(LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = forms.CharField(
            label="Adresse électronique ou identifiant",
            max_length=ADDRESS_LENGTH,
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


class _NamedKey:
    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = "Nom de la clé"
        self.fields["name"].help_text = "Pour la reconnaître. Par exemple : « Ordinateur du bureau »."
        self.fields["name"].widget.attrs |= {"maxlength": 100, "autocomplete": "off"}


class AddKeyForm(_NamedKey, AddWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["passwordless"].label = "En faire une clé d’accès"
        self.fields["passwordless"].help_text = (
            "Elle ouvrira votre compte à elle seule, sans courriel ni mot de passe. "
            "L’appareil demandera votre empreinte, votre visage ou son code."
        )


class EditKeyForm(_NamedKey, EditWebAuthnForm): ...


def _require_unused(*, user: User, code: str) -> None:
    """Count the code of an authenticator, which serves once: seen over a shoulder, it opens nothing any more."""
    if take(what=f"authenticator:{user.pk}:{normalize_user_code(code)}", most=1) is None:
        raise get_adapter().validation_error("incorrect_code")


class _CodeOnce(BaseAuthenticateForm):
    def clean_code(self) -> str:
        code: str = super().clean_code()
        # A recovery code is django-allauth's to cross out: it locks its row.
        if self.authenticator.type == Authenticator.Type.TOTP:
            _require_unused(user=self.user, code=code)
        return code


class SecondStepForm(_CodeOnce, AuthenticateForm):
    """The second step of a sign-in."""


class ProofForm(_CodeOnce, ReauthenticateForm):
    """Proving once more who one is."""


class ActivationForm(ActivateTOTPForm):
    """The first code of a new authenticator."""

    def clean_code(self) -> str:
        code: str = super().clean_code()
        _require_unused(user=self.user, code=code)
        return code
