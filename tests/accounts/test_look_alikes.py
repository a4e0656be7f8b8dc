"""Two addresses that look alike are two people; one address written in several ways is one person."""

# ruff: noqa: RUF001 — letters that look like others are what these tests are about

import re
import unicodedata
from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import FieldError, ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from hub.accounts.members import invite
from hub.accounts.models import Invitation, Membership, MembershipRole, User
from hub.accounts.signing_in.people import known_person, person_of
from hub.mail.addresses import canonical_address, comparable_address
from hub.mail.models import OutgoingMail
from hub.refusals import Refused
from tests.accounts.signing_in import ask, code_of, is_signed_in, type_code
from tests.factories import MembershipFactory, OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db

CHEF = "chef.kas@dihal-asso.example"
# The same person, however it is written or pasted.
SPELLINGS = {
    "capitals": "CHEF.KAS@DIHAL-ASSO.EXAMPLE",
    "kelvin": "chef.\u212aas@dihal-asso.example",
    "long-s": "chef.ka\u017f@dihal-asso.example",
    "full-width": "ｃｈｅｆ.kas＠ｄｉｈａｌ-asso．example",
    "soft-hyphen": "chef\u00ad.kas@dihal\u00ad-asso.example",
    "zero-width-space": "chef\u200b.kas@dihal-asso.ex\u200bample",
    "non-joiner": "chef\u200c.kas@dihal-asso.example",
    "joiner": "chef\u200d.kas@dihal\u200d-asso.example",
    "word-joiner": "\u2060chef.kas@dihal-asso.example\u2060",
    "byte-order-mark": "\ufeffchef.kas@dihal-asso.example",
    "right-to-left-mark": "chef.kas\u200f@dihal-asso.example",
    "variation-selector": "chef\ufe0f.kas@dihal-asso.example",
    "filler": "chef\u3164.kas@dihal-asso.example",
    "tag": "chef\U000e0061.kas@dihal-asso.example",
    "mathematical": "𝐜𝐡𝐞𝐟.kas@dihal-asso.example",
    "root": "chef.kas@dihal-asso.example.",
    "ideographic-stop": "chef.kas@dihal-asso。example",
    "spaces": " \u00a0chef.kas@dihal-asso.example\u3000",
}
# Other people, however alike.
STRANGERS = {
    "dotless-i": "chef.kas@d\u0131hal-asso.example",
    "dotted-capital": "chef.kas@D\u0130HAL-asso.example",
    "cyrillic": "chef.kas@dih\u0430l-asso.example",
    "greek": "chef.kas@dihal-ass\u03bf.example",
    "accent": "chef.kas@díhal-asso.example",
    "sharp-s": "chef.kas@dihal-a\u00dfo.example",
}


@pytest.fixture
def chef():
    """Answers for a structure, with a password, and proved her address."""
    user = UserFactory(email=CHEF, username="chef")
    user.set_password("Bonjour-la-Dihal")
    user.save()
    MembershipFactory(user=user, organisation=OrganisationFactory(name="ADIL de l’Ain"), role=MembershipRole.OWNER)
    return user


@pytest.fixture
def unproved():
    """Made by ``createsuperuser``: bears the address, and never proved it."""
    call_command("createsuperuser", interactive=False, username="chef", email=CHEF, stdout=StringIO())
    return User.objects.get()


def recipients():
    return set(OutgoingMail.objects.values_list("recipient", flat=True))


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def spelled(cases):
    return pytest.mark.parametrize("typed", cases.values(), ids=cases.keys())


# --- the one spelling -------------------------------------------------------------------------------------------------


@spelled(SPELLINGS)
def test_one_address_has_one_spelling(typed):
    assert canonical_address(typed) == CHEF


@spelled(STRANGERS)
def test_another_alphabet_is_another_address(typed):
    found = canonical_address(typed)
    assert found != CHEF
    assert found.isascii()
    assert ".xn--" in f".{found.partition('@')[2]}"


def test_a_domain_with_an_accent_is_one_address_composed_decomposed_or_as_name_servers_know_it():
    written = ["anne@café.example", unicodedata.normalize("NFD", "anne@café.example"), "ANNE@XN--CAF-DMA.EXAMPLE"]
    assert {canonical_address(typed) for typed in written} == {"anne@xn--caf-dma.example"}


@pytest.mark.parametrize(
    "typed", ["hélène@x.example", "he\u0301lene@x.example", "\u0430nne@x.example", "ann\u0131e@x.example"]
)
def test_an_accent_before_the_at_sign_is_refused_in_plain_words_and_kept_in_the_field(client, typed):
    page = ask(client, email=typed).content.decode()
    assert "un accent ou une lettre d’un autre alphabet" in page
    assert f'value="{typed}"' in page
    assert not OutgoingMail.objects.exists()


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_text_is_no_address_or_has_a_spelling_that_stays(local, domain):
    try:
        found = canonical_address(f"{local}@{domain}")
    except ValidationError:
        return
    assert found.isascii()
    assert found == found.lower()
    assert canonical_address(found) == found


@pytest.mark.parametrize(
    "text", ["", "chef", "@x.example", "a@b@x.example", '"chef"@x.example', "chef@[127.0.0.1]", "a" * 10_000, "a@\0.fr"]
)
def test_what_is_no_address_equals_none(text):
    with pytest.raises(ValidationError):
        canonical_address(text)
    assert comparable_address(text) == text.replace("\0", "\ufffd")
    assert not User.objects.filter(email=text or "rien").exists()


# --- a code by mail ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["chef", "unproved"])
@spelled(STRANGERS)
def test_a_code_sent_to_a_stranger_opens_the_stranger_s_own_account(request, who, typed):
    owner = request.getfixturevalue(who)
    browser = Client()
    ask(browser, email=typed)
    mail = OutgoingMail.objects.get()
    assert mail.recipient == canonical_address(typed)
    type_code(browser, code=code_of(mail))
    assert is_signed_in(browser)
    assert browser.session["_auth_user_id"] != str(owner.pk)
    assert not EmailAddress.objects.filter(user=owner).exclude(email=CHEF).exists()


@pytest.mark.parametrize("who", ["chef", "unproved"])
@spelled(SPELLINGS)
def test_a_code_opens_one_account_however_its_address_is_written(request, who, typed):
    owner = request.getfixturevalue(who)
    browser = Client()
    ask(browser, email=typed)
    mail = OutgoingMail.objects.get()
    assert mail.recipient == CHEF
    type_code(browser, code=code_of(mail))
    assert browser.session["_auth_user_id"] == str(owner.pk)
    assert User.objects.count() == 1
    assert set(EmailAddress.objects.values_list("email", flat=True)) == {CHEF}


def test_a_box_gets_no_more_mails_because_its_address_is_written_in_more_ways():
    answers = [ask(Client(), email=typed).status_code for typed in SPELLINGS.values()]
    assert (answers.count(302), answers.count(429)) == (5, len(SPELLINGS) - 5)
    assert OutgoingMail.objects.count() == 5


# --- a password, a forgotten one --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("cases", "opens"), [(SPELLINGS, True), (STRANGERS, False)], ids=["spellings", "strangers"])
def test_a_password_opens_the_account_of_its_address_and_no_other(chef, settings, cases, opens):
    settings.HUB_RATE_LIMITS = {**settings.HUB_RATE_LIMITS, "password": "100/m"}
    for name, typed in cases.items():
        browser = Client()
        browser.post("/compte/connexion/mot-de-passe/", {"login": typed, "password": "Bonjour-la-Dihal"})
        assert is_signed_in(browser) is opens, name


@pytest.mark.parametrize("cases", [SPELLINGS, STRANGERS], ids=["spellings", "strangers"])
def test_the_link_of_a_forgotten_password_goes_to_the_address_stored(chef, settings, cases):
    settings.HUB_RATE_LIMITS = {**settings.HUB_RATE_LIMITS, "password": "100/m"}
    settings.ACCOUNT_RATE_LIMITS = {"reset_password": "100/m/key"}
    for typed in cases.values():
        Client().post("/compte/mot-de-passe/oublie/", {"email": typed})
    with_link = OutgoingMail.objects.filter(text__contains="/mot-de-passe/nouveau/")
    assert set(with_link.values_list("recipient", flat=True)) == ({CHEF} if cases is SPELLINGS else set())
    assert recipients() == {canonical_address(typed) for typed in cases.values()}


# --- invitations, memberships -----------------------------------------------------------------------------------------


@spelled(STRANGERS)
def test_an_invitation_is_a_stranger_s_only_if_it_was_sent_to_the_stranger(chef, typed):
    adil = Membership.objects.get().organisation
    stranger = person_of(email=typed)
    assert signed_in(stranger).get(reverse("organisation-members", args=[adil.pk])).status_code == 404
    # The owner is a member already; the stranger is not, and may be invited for herself.
    invite(by=chef, organisation=adil, email=typed, role=MembershipRole.EDITOR)
    assert Invitation.objects.filter(email=stranger.email).count() == 1


@spelled(SPELLINGS)
def test_a_member_is_known_however_the_address_invited_is_written(chef, typed):
    adil = Membership.objects.get().organisation
    with pytest.raises(Refused, match="est déjà membre"):
        invite(by=chef, organisation=adil, email=typed, role=MembershipRole.EDITOR)
    other = MembershipFactory(role=MembershipRole.OWNER, organisation=OrganisationFactory(name="CCAS"))
    for email in (typed, CHEF):
        invite(by=other.user, organisation=other.organisation, email=email, role=MembershipRole.EDITOR)
    assert Invitation.objects.get().email == CHEF
    assert recipients() == {CHEF}


@pytest.mark.parametrize(("cases", "found"), [(SPELLINGS, True), (STRANGERS, False)], ids=["spellings", "strangers"])
def test_dihal_adds_as_a_member_the_person_of_the_address_and_no_other(chef, cases, found):
    dihal = signed_in(UserFactory(is_superuser=True, email="relecture@dihal.example"))
    for number, typed in enumerate(cases.values()):
        adil = OrganisationFactory(name=f"Structure {number} de l’Ain")
        dihal.post(reverse("memberships:add"), {"email": typed, "organisation": adil.pk, "role": "editor"})
        assert Membership.objects.filter(user=chef, organisation=adil).exists() is found, typed


# --- adding an address ------------------------------------------------------------------------------------------------


@spelled({**SPELLINGS, **STRANGERS})
def test_an_address_is_added_in_its_one_spelling_to_the_account_that_proves_it(chef, typed):
    nora = UserFactory(email="nora@x.example")
    browser = Client()
    ask(browser, email=nora.email)
    type_code(browser, code=code_of(OutgoingMail.objects.latest("pk")))
    browser.post("/compte/courriels/", {"email": typed, "action_add": ""})
    mail = OutgoingMail.objects.latest("pk")
    assert mail.recipient == canonical_address(typed)
    code = re.search(r"^ {4}(\S+)$", mail.text, re.MULTILINE)
    browser.post("/compte/courriels/code/", {"code": code[1] if code else "AAAA-AAAA"})
    hers = set(EmailAddress.objects.filter(user=nora, verified=True).values_list("email", flat=True))
    assert hers == {nora.email} | ({canonical_address(typed)} - {CHEF})
    assert known_person(email=CHEF) == chef


# --- administrators, commands -----------------------------------------------------------------------------------------


@spelled(SPELLINGS)
def test_no_second_account_is_made_for_an_address(chef, typed):
    with pytest.raises(CommandError, match="Un autre compte a cette adresse"):
        call_command("createsuperuser", interactive=False, username="autre", email=typed)
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user(username="autre", email=typed)


@spelled({name: SPELLINGS[name] for name in ("capitals", "kelvin", "long-s")})
def test_an_administrator_is_told_that_the_address_is_taken_or_proved_by_another(chef, typed):
    admin = signed_in(UserFactory(is_superuser=True, email="admin@dihal.example"))
    EmailAddress.objects.create(user=chef, email="seconde@x.example", verified=True)
    for email in (typed, "Seconde@x.example"):
        fields = {"username": "autre", "email": email, "first_name": "A", "last_name": "B"}
        fields |= {"password1": "Zq7-arbre-long", "password2": "Zq7-arbre-long"}
        page = admin.post(reverse("wagtailusers_users:add"), fields)
        assert "Un autre compte a cette adresse" in page.content.decode()
    assert not User.objects.filter(username="autre").exists()


@pytest.mark.parametrize(("cases", "found"), [(SPELLINGS, True), (STRANGERS, False)], ids=["spellings", "strangers"])
def test_an_import_is_signed_by_the_person_of_the_address_and_no_other(home, chef, tmp_path, cases, found):
    empty = tmp_path / "vide.csv"
    empty.write_text("titre\n", encoding="utf-8")
    for typed in cases.values():
        with pytest.raises(CommandError) as refused:
            call_command("import_initiatives", str(empty), user=typed, verbosity=0)
        assert ("--user" not in str(refused.value)) is found, typed


# --- the database -----------------------------------------------------------------------------------------------------


def test_the_lookup_that_folds_letters_is_not_there_for_what_identifies():
    for model in (User, Invitation, OutgoingMail):
        field = "recipient" if model is OutgoingMail else "email"
        with pytest.raises(FieldError):
            model.objects.filter(**{f"{field}__iexact": CHEF}).exists()


def test_no_door_has_the_database_fold_letters(chef, settings):
    folds = re.compile(r"UPPER\([^)]*(email|username)|(email|username)[^=]{0,20} LIKE ", re.IGNORECASE)
    with CaptureQueriesContext(connection) as queries:
        browser = Client()
        ask(browser, email=CHEF)
        type_code(browser, code=code_of(OutgoingMail.objects.get()))
        browser.get("/espace/")
        browser.get("/compte/courriels/")
        browser.post("/compte/courriels/", {"email": "seconde@x.example", "action_add": ""})
        browser.get("/compte/export/")
        Client().post("/compte/mot-de-passe/oublie/", {"email": CHEF})
        for login in (CHEF, "chef", "inconnue"):
            Client().post("/compte/connexion/mot-de-passe/", {"login": login, "password": "faux"})
    # A new account looks for a name nobody has yet: that identifies nobody.
    assert [query["sql"] for query in queries if folds.search(query["sql"])] == []


def test_what_django_allauth_saves_is_stored_in_its_one_spelling(chef):
    row = EmailAddress.objects.create(user=chef, email="Seconde@Café.example", verified=True)
    assert EmailAddress.objects.get(pk=row.pk).email == "seconde@xn--caf-dma.example"
