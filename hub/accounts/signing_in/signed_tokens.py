"""Reading what an identity provider signs: nothing is believed that its published keys do not prove."""

from typing import Any

import jwt
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.oauth2.client import OAuth2Error

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
    """Return what ``token`` says, signed by this provider, for us, and not expired.

    An identity token (``is_identity``) says when it was made and when it ends; details may leave both out.

    Raises:
        OAuth2Error: for anything else.
        requests.RequestException: when the keys cannot be fetched.
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
    if any(isinstance(value, bool) or not isinstance(value, int | float) for value in dates.values()):
        return False
    if any(not 0 < value < LAST_DATE for value in dates.values()):
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
        message = "no such key"
        raise jwt.InvalidKeyError(message)
    return matching[0]
