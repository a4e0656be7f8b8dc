"""How people sign in (hub/accounts), as settings of django-allauth."""

from typing import Any

# Ten minutes: the time a mail takes through a slow server, and no more.
LOGIN_CODE_SECONDS = 600

ACCOUNT_SETTINGS: dict[str, Any] = {
    "ACCOUNT_ADAPTER": "hub.accounts.adapter.AccountAdapter",
    "ACCOUNT_LOGIN_METHODS": {"email", "username"},
    "ACCOUNT_SIGNUP_FIELDS": ["email*"],
    "ACCOUNT_UNIQUE_EMAIL": True,
    "ACCOUNT_PREVENT_ENUMERATION": True,
    "ACCOUNT_EMAIL_VERIFICATION": "mandatory",
    "ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED": True,
    "ACCOUNT_LOGIN_BY_CODE_ENABLED": True,
    "ACCOUNT_LOGIN_BY_CODE_TIMEOUT": LOGIN_CODE_SECONDS,
    "ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS": 5,
    "ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND": True,
    "ACCOUNT_LOGOUT_ON_GET": False,
    "ACCOUNT_REAUTHENTICATION_REQUIRED": True,
    "ACCOUNT_SESSION_REMEMBER": True,
    "LOGIN_URL": "account_login",
    "LOGIN_REDIRECT_URL": "/espace/",
    "LOGOUT_REDIRECT_URL": "/",
    "WAGTAILADMIN_LOGIN_URL": "account_login",
    "AUTHENTICATION_BACKENDS": [
        "django.contrib.auth.backends.ModelBackend",
        "allauth.account.auth_backends.AuthenticationBackend",
    ],
    "MFA_SUPPORTED_TYPES": ["totp", "webauthn", "recovery_codes"],
    "MFA_PASSKEY_LOGIN_ENABLED": True,
    "MFA_TOTP_ISSUER": "Hub Dihal",
}
