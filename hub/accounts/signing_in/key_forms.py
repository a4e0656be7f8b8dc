"""The forms of security keys and passkeys, django-allauth's, in the words of the house."""

from typing import Any

from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm

NAME = "Nom de la clé"
NAME_LENGTH = 100
NAME_HELP = "Pour la reconnaître. Par exemple : « Ordinateur du bureau »."


class AddKeyForm(AddWebAuthnForm):
    """A new key."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = NAME
        self.fields["name"].help_text = NAME_HELP
        self.fields["name"].widget.attrs |= {"maxlength": NAME_LENGTH, "autocomplete": "off"}
        self.fields["passwordless"].label = "En faire une clé d’accès"
        self.fields["passwordless"].help_text = (
            "Elle ouvrira votre compte à elle seule, sans courriel ni mot de passe. "
            "L’appareil demandera votre empreinte, votre visage ou son code."
        )


class EditKeyForm(EditWebAuthnForm):
    """Another name for a key."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = NAME
        self.fields["name"].help_text = NAME_HELP
        self.fields["name"].widget.attrs |= {"maxlength": NAME_LENGTH, "autocomplete": "off"}
