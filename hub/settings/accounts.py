"""How people sign in (hub/accounts), as settings of django-allauth."""

from typing import Any

# Ten minutes: the time a mail takes through a slow server, and no more.
LOGIN_CODE_SECONDS = 600

ACCOUNT_ADAPTER = "hub.accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "add_email": "hub.accounts.signing_in.forms.AddressForm",
    "confirm_email_verification_code": "hub.accounts.signing_in.forms.AddressCodeForm",
    "reset_password": "hub.accounts.signing_in.forms.ForgottenPasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"email", "username"}
# Accounts are made by a first code (hub/accounts/signing_in/people.py). Without it, no page asks for a password.
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1"]
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = LOGIN_CODE_SECONDS
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_MAX_EMAIL_ADDRESSES = 5
# Counted by hub/web/limits.py, which says when to come back; what is left counts wrong passwords and codes.
ACCOUNT_RATE_LIMITS = {
    "login": None,
    "change_password": None,
    "manage_email": None,
    "reauthenticate": None,
    "reset_password_from_key": None,
    "reset_password": "5/m/key",
}
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "hub.accounts.signing_in.passwords.ResetTokens"  # noqa: S105 — a class, not a secret
PASSWORD_RESET_TIMEOUT = 2 * 3600
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = True
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/espace/"
LOGOUT_REDIRECT_URL = "/"
WAGTAILADMIN_LOGIN_URL = "account_login"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "hub.accounts.signing_in.passwords.PasswordBackend",
]
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_FORMS = {
    "authenticate": "hub.accounts.signing_in.forms.SecondStepForm",
    "reauthenticate": "hub.accounts.signing_in.forms.ProofForm",
    "activate_totp": "hub.accounts.signing_in.forms.ActivationForm",
    "add_webauthn": "hub.accounts.signing_in.forms.AddKeyForm",
    "edit_webauthn": "hub.accounts.signing_in.forms.EditKeyForm",
}
MFA_TOTP_ISSUER = "Hub Dihal"
MFA_TOTP_TOLERANCE = 1
# Nobody opens an account with an address they do not read, so nobody can lock its owner out.
MFA_ALLOW_UNVERIFIED_EMAIL = True
SOCIALACCOUNT_ADAPTER = "hub.accounts.signing_in.people.SocialAccountAdapter"
SOCIALACCOUNT_REQUESTS_TIMEOUT = 5
# Addresses and passwords are changed under /compte/, where they are proved and the second step is asked.
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAIL_FRONTEND_LOGIN_URL = "/compte/connexion/"


def proconnect_settings(*, server_url: str, client_id: str, client_secret: str) -> dict[str, Any]:
    if not server_url:
        return {}
    return {
        "openid_connect": {
            "APPS": [
                {
                    "provider_id": "proconnect",
                    "name": "ProConnect",
                    "client_id": client_id,
                    "secret": client_secret,
                    "settings": {
                        "server_url": server_url,
                        "scope": ["openid", "given_name", "usual_name", "email"],
                        "oauth_pkce_enabled": True,
                    },
                }
            ]
        }
    }
