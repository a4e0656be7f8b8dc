"""What the hub keeps of a security key, as a browser would have registered it."""

from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

IDENTIFIER = b"cle de bureau"


def registered_key() -> dict[str, Any]:
    """The answer of a browser that made a key."""
    public_key = ES256.from_cryptography_key(ec.generate_private_key(ec.SECP256R1()).public_key())
    held = AttestedCredentialData.create(Aaguid.NONE, IDENTIFIER, public_key)
    flags = AuthenticatorData.FLAG.USER_PRESENT | AuthenticatorData.FLAG.ATTESTED
    attestation = AttestationObject.create("none", AuthenticatorData.create(bytes(32), flags, 0, held), {})
    client = CollectedClientData.create(
        type=CollectedClientData.TYPE.CREATE, challenge=bytes(16), origin="http://localhost"
    )
    return {
        "id": websafe_encode(IDENTIFIER),
        "rawId": websafe_encode(IDENTIFIER),
        "type": "public-key",
        "response": {
            "clientDataJSON": websafe_encode(client),
            "attestationObject": websafe_encode(attestation),
        },
        "clientExtensionResults": {},
    }
