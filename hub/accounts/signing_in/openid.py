"""OpenID Connect: the provider, and the tokens it signs."""

import logging
import secrets
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import jwt
import requests
from allauth.account.utils import get_next_redirect_url
from allauth.account.views import LogoutView
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from hub.mail.site import site_url
from hub.web.limits import limited

# Signatures by a private key alone: with HS256, anybody who knows the client's secret could write a token.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "ES512"]
# Clocks of two servers are never quite the same.
LEEWAY_SECONDS = 30
# A token serves to sign in at once; one made to last is not what it says.
LONGEST_SECONDS = 24 * 3600
LAST_DATE = 2**40
UNBELIEVABLE = "the provider's token cannot be believed"


def signed_claims(
    *, token: str, configuration: dict[str, Any], client_id: str, is_identity: bool = False
) -> dict[str, Any]:
    """Return what ``token`` says, signed by this provider, for us, and not expired; raises ``OAuth2Error`` otherwise.

    An identity token (``is_identity``) says when it was made and when it ends; details may leave both out. Raises
    ``requests.RequestException`` when the keys cannot be fetched.
    """
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            key=_key(token=token, keys_url=configuration["jwks_uri"]),
            algorithms=ALGORITHMS,
            issuer=configuration["issuer"],
            audience=client_id,
            leeway=LEEWAY_SECONDS,
            options={"require": ["iss", "aud", *(["exp", "iat"] if is_identity else [])]},
        )
    # What PyJWT reads as a number may be a list, a word, or endless.
    except (jwt.PyJWTError, TypeError, ValueError, OverflowError) as error:
        raise OAuth2Error(UNBELIEVABLE) from error
    if not _has_sound_dates(claims):
        raise OAuth2Error(UNBELIEVABLE)
    return claims


def _has_sound_dates(claims: dict[str, Any]) -> bool:
    """Whether the dates are numbers that make sense together: made before they end, and for a day at most."""
    dates = {name: claims[name] for name in ("iat", "nbf", "exp") if name in claims}
    if any(type(value) not in {int, float} or not 0 < value < LAST_DATE for value in dates.values()):
        return False
    begins, ends = dates.get("iat"), dates.get("exp")
    return begins is None or ends is None or 0 < ends - begins <= LONGEST_SECONDS


def _key(*, token: str, keys_url: str) -> jwt.PyJWK:
    wanted = jwt.get_unverified_header(token).get("kid")
    with get_adapter().get_requests_session() as session:
        response = session.get(keys_url)
        response.raise_for_status()
        keys = jwt.PyJWKSet.from_dict(response.json()).keys
    matching = [key for key in keys if key.key_id == wanted]
    if len(matching) != 1:
        raise jwt.InvalidKeyError("no such key")
    return matching[0]


logger = logging.getLogger(__name__)

PROVIDER = "proconnect"
ID_TOKEN_SESSION_KEY = "proconnect_id_token"  # noqa: S105 — the name of a place, not a secret
# The level every public administration can offer (https://partenaires.proconnect.gouv.fr).
ACR_VALUES = "eidas1"
NONCE_BYTES = 24


class ProConnectAdapter(OpenIDConnectOAuth2Adapter):
    expected_nonce = ""
    id_token = ""

    def complete_login(self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any) -> SocialLogin:
        """Return the identity that the two tokens agree on, both for this session and about one person."""
        del request
        self.id_token = str(kwargs["response"].get("id_token", ""))
        identity = signed_claims(
            token=self.id_token, configuration=self.openid_config, client_id=app.client_id, is_identity=True
        )
        if not self.expected_nonce or not secrets.compare_digest(str(identity.get("nonce")), self.expected_nonce):
            raise OAuth2Error("the token was made for another session")
        details = self._details(access_token=token.token, client_id=app.client_id)
        if not identity.get("sub") or details.get("sub") != identity["sub"]:
            raise OAuth2Error("the two tokens are about two people")
        return self.get_provider().sociallogin_from_response(
            self.request, {"userinfo": _names(details), "id_token": identity}
        )

    def _details(self, *, access_token: str, client_id: str) -> dict[str, Any]:
        """Fetch the person's details, a signed token for ProConnect and plain JSON for other providers."""
        with get_adapter().get_requests_session() as session:
            response = session.get(self.profile_url, headers={"Authorization": f"Bearer {access_token}"})
            response.raise_for_status()
        if response.headers.get("Content-Type", "").partition(";")[0].strip() == "application/jwt":
            return signed_claims(token=response.text.strip(), configuration=self.openid_config, client_id=client_id)
        details = response.json()
        if not isinstance(details, dict):
            raise OAuth2Error("the person's details are no object")
        return details


class CallbackView(OAuth2CallbackView):
    adapter: ProConnectAdapter

    def _get_state(self, request: HttpRequest, provider: Any) -> tuple[dict[str, Any] | None, HttpResponse | None]:
        state, response = super()._get_state(request, provider)
        if state is not None:
            self.adapter.expected_nonce = str(state.get("nonce", ""))
        return state, response


@never_cache
@limited(name="sign-in")
def login(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Send the person to the provider, on their own POST: no other site may start this."""
    _require_known(provider_id=provider_id)
    if request.method != "POST":
        return redirect("account_login")
    provider = get_adapter().get_provider(request, PROVIDER)
    nonce = secrets.token_urlsafe(NONCE_BYTES)
    try:
        return provider.redirect(
            request,
            AuthProcess.LOGIN,
            next_url=get_next_redirect_url(request),
            auth_params={"acr_values": ACR_VALUES, "nonce": nonce},
            nonce=nonce,
        )
    except (requests.RequestException, KeyError, TypeError) as error:
        return _unavailable(request, error=error)


@never_cache
def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    _require_known(provider_id=provider_id)
    adapter = ProConnectAdapter(request, PROVIDER)
    try:
        response = CallbackView.adapter_view(adapter)(request)
    except (requests.RequestException, KeyError, TypeError) as error:
        return _unavailable(request, error=error)
    if adapter.id_token and response.status_code == HTTPStatus.FOUND:
        request.session[ID_TOKEN_SESSION_KEY] = adapter.id_token
    return response


@never_cache
def cancelled(request: HttpRequest) -> HttpResponse:
    return render(request, "socialaccount/login_cancelled.html")


class SignOutView(LogoutView):
    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        """End both sessions; the one here ends even when the provider does not answer."""
        id_token = self.request.session.get(ID_TOKEN_SESSION_KEY, "")
        response = super().post(*args, **kwargs)
        address = _end_address(request=self.request, id_token=id_token) if id_token else ""
        return redirect(address) if address else response


def _end_address(*, request: HttpRequest, id_token: str) -> str:
    if not settings.PROCONNECT_SERVER_URL:
        return ""
    try:
        endpoint = ProConnectAdapter(request, PROVIDER).openid_config.get("end_session_endpoint", "")
    except requests.RequestException as error:
        logger.warning("ProConnect does not answer, its session goes on: %s", error)
        return ""
    query = {
        "id_token_hint": id_token,
        "state": secrets.token_urlsafe(NONCE_BYTES),
        "post_logout_redirect_uri": f"{site_url()}/",
    }
    return f"{endpoint}?{urlencode(query)}" if endpoint else ""


def _require_known(*, provider_id: str) -> None:
    if provider_id != PROVIDER or not settings.PROCONNECT_SERVER_URL:
        raise Http404


def _names(details: dict[str, Any]) -> dict[str, Any]:
    """Return the details under the standard names: ProConnect calls a family name ``usual_name``."""
    return {**details, "family_name": details.get("family_name") or details.get("usual_name") or ""}


def _unavailable(request: HttpRequest, *, error: Exception) -> HttpResponse:
    logger.warning("ProConnect cannot be used: %r", error)
    return render(request, "socialaccount/authentication_error.html", status=HTTPStatus.SERVICE_UNAVAILABLE)
