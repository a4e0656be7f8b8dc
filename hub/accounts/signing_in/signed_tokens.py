"""Reading what an identity provider signs: nothing is believed that its published keys do not prove."""

from typing import Any

import jwt
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.oauth2.client import OAuth2Error

# Signatures by a private key alone: with HS256, anybody who knows the client's secret could write a token.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "ES512"]
# Clocks of two servers are never quite the same.
LEEWAY_SECONDS = 30


def signed_claims(*, token: str, configuration: dict[str, Any], client_id: str) -> dict[str, Any]:
    """Return what ``token`` says, signed by this provider, for us, and not expired.

    Raises:
        OAuth2Error: for anything else.
        requests.RequestException: when the keys cannot be fetched.
    """
    try:
        return jwt.decode(
            token,
            key=_key(token=token, keys_url=configuration["jwks_uri"]),
            algorithms=ALGORITHMS,
            issuer=configuration["issuer"],
            audience=client_id,
            leeway=LEEWAY_SECONDS,
            options={"require": ["iss", "aud"]},
        )
    except jwt.PyJWTError as error:
        message = "the provider's token cannot be believed"
        raise OAuth2Error(message) from error


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
