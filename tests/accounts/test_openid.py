"""Signing in through ProConnect, played by a server of this machine."""

import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.socialaccount.models import SocialAccount
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from hub.accounts.models import User
from hub.settings.accounts import proconnect_settings
from hub.settings.environment import environment_problems
from tests.accounts.identity_provider import CLIENT_ID, CLIENT_SECRET, FORGED_KEY, IdentityProvider, serving
from tests.accounts.signing_in import is_signed_in
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

EMAIL = "agent@prefecture.example"
MISSING = "absent"
# No date: nothing, words, truths, ends of the world, and what reads as a number without being a moment.
NONSENSE = [
    MISSING, None, "", "demain", True, False, 0, -1, [], {}, float("inf"), float("nan"), 1e300, 10**15,
]  # fmt: skip


@pytest.fixture
def provider(settings: Settings) -> Iterator[IdentityProvider]:
    with serving() as provider:
        settings.PROCONNECT_SERVER_URL = provider.address
        settings.SOCIALACCOUNT_PROVIDERS = proconnect_settings(
            server_url=provider.address, client_id=CLIENT_ID, client_secret=CLIENT_SECRET
        )
        yield provider


def sign_in(client: Client, provider: IdentityProvider, **data: str) -> HttpResponse:
    """Press the button, identify oneself there, and come back."""
    gone = client.post("/compte/connexion/proconnect/", data)
    assert gone.status_code == 302, gone.content
    return client.get(provider.authorize(gone["Location"]))


def assert_refused(client: Client, response: HttpResponse) -> None:
    assert response.status_code in {401, 403, 503}
    assert "Revenir à la connexion" in response.content.decode()
    assert not is_signed_in(client)
    assert not User.objects.exists()
    assert not SocialAccount.objects.exists()


def test_the_button_is_there_only_when_it_is_set_up(client: Client, settings: Settings) -> None:
    assert "ProConnect" not in client.get("/compte/connexion/").content.decode()
    assert client.post("/compte/connexion/proconnect/").status_code == 404
    settings.PROCONNECT_SERVER_URL = "https://proconnect.example"
    assert "S’identifier avec" in client.get("/compte/connexion/?next=/espace/").content.decode()


def test_a_civil_servant_signs_in_and_gets_an_account(client: Client, provider: IdentityProvider) -> None:
    response = sign_in(client, provider, next="/espace/fiches/nouvelle/")
    assert response["Location"] == "/espace/fiches/nouvelle/"
    person = User.objects.get()
    assert (person.email, person.get_full_name()) == (EMAIL, "Camille Durand")
    assert client.session["_auth_user_id"] == str(person.pk)
    assert EmailAddress.objects.get(user=person).verified
    asked = provider.asked["authorize"]
    assert asked["acr_values"] == ["eidas1"]
    assert len(asked["nonce"][0]) >= 32
    assert set(asked["scope"][0].split()) == {"openid", "given_name", "usual_name", "email"}
    assert asked["redirect_uri"][0].endswith("/compte/connexion/proconnect/retour/")


def test_the_same_identity_opens_the_same_account_even_with_another_address(
    client: Client, provider: IdentityProvider
) -> None:
    sign_in(client, provider)
    provider.person["email"] = "autre@prefecture.example"
    browser = Client()
    sign_in(browser, provider)
    assert browser.session["_auth_user_id"] == client.session["_auth_user_id"]
    assert User.objects.count() == 1


def test_an_existing_account_is_joined_by_a_verified_address(client: Client, provider: IdentityProvider) -> None:
    person = UserFactory(email=EMAIL, first_name="Déjà", last_name="Nommée")
    sign_in(client, provider)
    assert client.session["_auth_user_id"] == str(person.pk)
    person.refresh_from_db()
    assert person.get_full_name() == "Déjà Nommée"


@pytest.mark.parametrize("verified", [False, None, "true", 1])
def test_an_address_nobody_vouches_for_joins_nothing(
    client: Client, provider: IdentityProvider, verified: object
) -> None:
    person = UserFactory(email=EMAIL)
    provider.person["email_verified"] = verified
    response = sign_in(client, provider)
    assert response.status_code == 403
    assert "Recevez plutôt un code" in response.content.decode()
    assert not is_signed_in(client)
    assert not SocialAccount.objects.filter(user=person).exists()


def test_the_operator_may_vouch_for_the_provider_but_not_against_its_word(
    client: Client, provider: IdentityProvider, settings: Settings
) -> None:
    settings.PROCONNECT_EMAILS_ARE_VERIFIED = True
    provider.person["email_verified"] = False
    assert sign_in(client, provider).status_code == 403
    del provider.person["email_verified"]
    assert sign_in(client, provider).status_code == 302
    assert is_signed_in(client)


def test_the_second_step_is_asked_all_the_same(client: Client, provider: IdentityProvider) -> None:
    TOTP.activate(UserFactory(email=EMAIL), "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    assert sign_in(client, provider)["Location"] == "/compte/connexion/seconde-etape/"
    assert not is_signed_in(client)


@pytest.mark.parametrize(
    "changes",
    [
        {"identity_key": FORGED_KEY},
        {"details_key": FORGED_KEY},
        {"identity_key": None},
        {"identity_key": CLIENT_SECRET},
        {"details_key": CLIENT_SECRET},
        {"identity_changes": {"nonce": "un autre"}},
        {"identity_changes": {"nonce": None}},
        {"identity_changes": {"aud": "un autre service"}},
        {"details_changes": {"aud": "un autre service"}},
        {"identity_changes": {"iss": "https://evil.example"}},
        {"identity_changes": {"exp": 1}},
        *({"identity_changes": {"exp": value}} for value in NONSENSE),
        *({"identity_changes": {"iat": value}} for value in NONSENSE),
        *({"identity_changes": {"nbf": value}} for value in NONSENSE if value is not MISSING),
        {"details_changes": {"exp": 1}},
        {"details_changes": {"exp": "demain"}},
        {"details_changes": {"iat": []}},
        {"details_changes": {"sub": "identite-2"}},
        {"details_changes": {"email": ""}},
        {"details_changes": {"email": "pas une adresse"}},
    ],
    # Keys have no name of their own, and every process that shares the tests must call them the same.
    ids=lambda changes: "-".join(
        f"{name}-{value if isinstance(value, dict) else type(value).__name__}" for name, value in changes.items()
    ),
)
def test_what_cannot_be_believed_is_refused(
    client: Client, provider: IdentityProvider, changes: dict[str, Any]
) -> None:
    for name, value in changes.items():
        setattr(provider, name, value)
    assert_refused(client, sign_in(client, provider))


def test_a_wrong_state_or_another_browser_is_refused(client: Client, provider: IdentityProvider) -> None:
    gone = client.post("/compte/connexion/proconnect/")
    back = provider.authorize(gone["Location"])
    assert_refused(client, client.get("/compte/connexion/proconnect/retour/?code=code-1&state=faux"))
    other = Client()
    assert_refused(other, other.get(back))
    assert client.get(back).status_code == 302
    assert is_signed_in(client)


@pytest.mark.parametrize("part", ["/.well-known/openid-configuration", "/token", "/userinfo", "/jwks"])
def test_a_provider_that_breaks_is_said_and_never_an_error_of_ours(
    client: Client, provider: IdentityProvider, part: str
) -> None:
    gone = client.post("/compte/connexion/proconnect/")
    provider.broken.add(part)
    if part.startswith("/.well-known"):
        assert_refused(client, client.post("/compte/connexion/proconnect/"))
    assert_refused(client, client.get(provider.authorize(gone["Location"])))


def test_a_provider_that_is_down_is_said(client: Client, settings: Settings) -> None:
    settings.PROCONNECT_SERVER_URL = "http://127.0.0.1:9"
    settings.SOCIALACCOUNT_PROVIDERS = proconnect_settings(
        server_url="http://127.0.0.1:9", client_id=CLIENT_ID, client_secret=CLIENT_SECRET
    )
    response = client.post("/compte/connexion/proconnect/")
    assert response.status_code == 503
    assert "ProConnect ne répond pas" in response.content.decode()


def test_a_person_who_gives_up_is_led_back(client: Client, provider: IdentityProvider) -> None:
    gone = client.post("/compte/connexion/proconnect/")
    state = parse_qs(urlsplit(gone["Location"]).query)["state"][0]
    page = client.get(f"/compte/connexion/proconnect/retour/?error=access_denied&state={state}", follow=True)
    assert "Connexion abandonnée" in page.content.decode()


def test_details_in_plain_json_will_do_for_other_providers(client: Client, provider: IdentityProvider) -> None:
    provider.as_json = True
    sign_in(client, provider)
    assert is_signed_in(client)


def test_signing_out_ends_the_session_there_too(client: Client, provider: IdentityProvider) -> None:
    sign_in(client, provider)
    response = client.post("/compte/deconnexion/")
    assert response["Location"].startswith(f"{provider.address}/end?")
    query = parse_qs(urlsplit(response["Location"]).query)
    assert query["id_token_hint"][0].count(".") == 2
    assert query["state"][0]
    assert query["post_logout_redirect_uri"][0].endswith("/")
    assert not is_signed_in(client)
    sign_in(client, provider)
    provider.broken.add("/.well-known/openid-configuration")
    assert client.post("/compte/deconnexion/")["Location"] == "/"
    assert not is_signed_in(client)


def test_opening_the_address_starts_nothing(client: Client, provider: IdentityProvider) -> None:
    assert client.get("/compte/connexion/proconnect/")["Location"] == "/compte/connexion/"
    assert "authorize" not in provider.asked


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"PROCONNECT_CLIENT_ID": "hub"}, "PROCONNECT_CLIENT_ID : donnée sans PROCONNECT_SERVER_URL"),
        ({"PROCONNECT_SERVER_URL": "http://proconnect.example"}, "PROCONNECT_SERVER_URL : adresse en https://"),
        ({"REQUIRE_SECOND_FACTOR_FOR_EDITORS": "oui"}, "REQUIRE_SECOND_FACTOR_FOR_EDITORS : 0 (non) ou 1 (oui)."),
    ],
)
def test_half_a_configuration_is_refused_at_the_start(values: dict[str, str], problem: str) -> None:
    assert any(found.startswith(problem) for found in environment_problems(environ=values))


def test_an_identity_is_joined_to_an_account_once_its_second_step_is_passed_and_not_before(
    client: Client, provider: IdentityProvider
) -> None:
    anne = User.objects.create_user(username="anne", email=EMAIL)
    secret = generate_totp_secret()
    TOTP.activate(anne, secret)
    assert sign_in(client, provider)["Location"] == "/compte/connexion/seconde-etape/"
    assert not SocialAccount.objects.exists()
    assert not EmailAddress.objects.exists()
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    client.post("/compte/connexion/seconde-etape/", {"code": code})
    assert is_signed_in(client)
    assert SocialAccount.objects.get().user == anne
    assert EmailAddress.objects.get().verified


@pytest.mark.parametrize(
    ("said", "opens"),
    [
        ("AGENT@Prefecture.example", True),
        ("agent@prefecture\u00ad.example", True),
        ("agent@prefecture.example.", True),
        ("agent@pr\u0435fecture.example", False),
        ("agent@pr\u00e9fecture.example", False),
    ],
)
def test_an_identity_opens_the_account_of_its_address_and_no_other(
    client: Client, provider: IdentityProvider, said: str, opens: bool
) -> None:
    agent = UserFactory(email=EMAIL)
    provider.details_changes = {"email": said}
    sign_in(client, provider)
    assert (client.session["_auth_user_id"] == str(agent.pk)) is opens
    assert EmailAddress.objects.filter(user=agent).count() == 1
