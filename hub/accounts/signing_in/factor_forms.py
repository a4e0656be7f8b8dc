"""The codes of an authenticator, each of which serves once: typed, seen over a shoulder, it opens nothing any more."""

from allauth.account.adapter import get_adapter
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm

from hub.accounts.models import User
from hub.accounts.signing_in.counting import take


def _require_unused(*, user: User, code: str) -> None:
    """Count the code as used.

    Raises:
        ValidationError: in the words of a wrong code, when it was used before, or is being used elsewhere just now.
    """
    if take(what=f"authenticator:{user.pk}:{normalize_user_code(code)}", most=1) is None:
        raise get_adapter().validation_error("incorrect_code")


class CodeForm(AuthenticateForm):
    """The second step of a sign-in. A recovery code is django-allauth's to cross out: it locks its row."""

    def clean_code(self) -> str:
        code: str = super().clean_code()
        if self.authenticator.type == Authenticator.Type.TOTP:
            _require_unused(user=self.user, code=code)
        return code


class ProofForm(ReauthenticateForm):
    def clean_code(self) -> str:
        code: str = super().clean_code()
        if self.authenticator.type == Authenticator.Type.TOTP:
            _require_unused(user=self.user, code=code)
        return code


class ActivationForm(ActivateTOTPForm):
    """The first code of a new authenticator."""

    def clean_code(self) -> str:
        code: str = super().clean_code()
        _require_unused(user=self.user, code=code)
        return code
