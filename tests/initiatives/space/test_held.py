"""Without JavaScript, a session that ends while one writes costs no word."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.sessions.models import Session
from django.core.files import uploadhandler
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, FakePayload, encode_multipart
from django.urls import reverse

from hub.accounts.sessions import HOLDING
from initiatives.drafts import create_draft, text_of
from initiatives.models import InitiativePage
from initiatives.space.held import LARGEST_TEXT, MOST_TEXTS, SESSION_KEY
from tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db

WRITTEN = "Ce que j’écrivais quand la session a expiré."


@pytest.fixture
def sheet(awa, adil) -> InitiativePage:
    return create_draft(user=awa, organisation=adil, title="Colocation")


def address(sheet, step="essentiel") -> str:
    return reverse("sheet-step", args=[sheet.pk, step])


def written(client: Client, user, sheet) -> dict[str, str]:
    """What the form of the step holds, once the person has typed a summary."""
    client.force_login(user)
    html = client.get(address(sheet)).content.decode()
    hidden = re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"', html)
    assert {"seen", "person"} <= {name for name, _value in hidden}
    kept = {name: value for name, value in hidden if name != "csrfmiddlewaretoken"}
    return {**kept, "title": "Colocation", "summary": WRITTEN, "status": "en-cours"}


def expired(client: Client) -> None:
    client.cookies.pop("sessionid")


def test_the_text_is_there_after_the_sign_in_and_told_as_not_saved(client, awa, sheet):
    form = written(client, awa, sheet)
    expired(client)
    response = client.post(address(sheet), form)
    assert response.status_code == 302
    login = urlsplit(response["Location"])
    assert login.path == reverse("account_login")
    assert parse_qs(login.query)["next"] == [address(sheet)]
    assert text_of(sheet=sheet).summary == ""
    client.force_login(awa)
    for _time in range(2):  # reading changes nothing
        html = client.get(address(sheet)).content.decode()
        assert WRITTEN in html
        assert "Il n’est pas encore enregistré." in html
    saved = client.post(address(sheet), form)
    assert saved.status_code == 302
    assert text_of(sheet=InitiativePage.objects.get()).summary == WRITTEN
    assert "Il n’est pas encore enregistré." not in client.get(address(sheet)).content.decode()


def test_another_person_of_this_browser_is_shown_nothing(client, awa, adil, sheet):
    form = written(client, awa, sheet)
    expired(client)
    client.post(address(sheet), form)
    client.force_login(MembershipFactory(organisation=adil).user)
    assert WRITTEN not in client.get(address(sheet)).content.decode()


def test_another_person_signed_in_meanwhile_saves_nothing_in_their_name(client, awa, adil, sheet):
    form = written(client, awa, sheet)
    client.force_login(MembershipFactory(organisation=adil).user)
    response = client.post(address(sheet), form, headers={"Accept": "application/json"})
    assert response.status_code == 403
    assert response.json()["signed_out"] is True
    client.post(address(sheet), form)
    assert text_of(sheet=InitiativePage.objects.get()).summary == ""


def test_what_is_kept_is_bounded(client, awa, sheet):
    form = written(client, awa, sheet)
    expired(client)
    client.post(address(sheet), {**form, "summary": "x" * LARGEST_TEXT})
    assert SESSION_KEY not in client.session
    for step in ("essentiel", "recit", "partenaires", "territoires", "resultats", "documents"):
        client.post(address(sheet, step), form)
    client.post(address(sheet, "documents"), form)
    paths = [path for path, _text in client.session[SESSION_KEY]]
    assert len(paths) == len(set(paths)) == MOST_TEXTS
    assert paths[-1] == address(sheet, "documents")


def test_nothing_of_a_stranger_is_kept(awa, sheet):
    form = {"title": "Colocation", "summary": WRITTEN, "status": "en-cours", "person": awa.pk}
    for proof in ("", "x", "é\0", "a" * 5_000):
        stranger = Client()
        response = stranger.post(address(sheet), {**form, "proof": proof})
        assert response.status_code == 302
        assert SESSION_KEY not in stranger.session
        assert "n’a pas pu être gardé" in stranger.get(response["Location"]).content.decode()
    assert not Session.objects.filter(session_key__startswith=HOLDING.prefix).exists()


def test_the_proof_of_a_person_is_worth_nothing_for_another(client, awa, adil, sheet):
    form = written(client, awa, sheet)
    expired(client)
    client.post(address(sheet), {**form, "person": MembershipFactory(organisation=adil).user_id})
    assert SESSION_KEY not in client.session


def test_one_person_leaves_few_texts_from_however_many_browsers(client, awa, sheet, settings):
    settings.HUB_RATE_LIMITS = {**settings.HUB_RATE_LIMITS, "held-text": "3/m"}
    form = written(client, awa, sheet)
    for number in range(6):
        Client(REMOTE_ADDR=f"192.0.2.{number}").post(address(sheet), form)
    assert Session.objects.filter(session_key__startswith=HOLDING.prefix).count() == 3


def test_all_the_texts_of_a_browser_are_bounded_together(client, awa, sheet):
    form = written(client, awa, sheet)
    expired(client)
    for step in ("essentiel", "recit", "partenaires"):
        client.post(address(sheet, step), {**form, "summary": step * (LARGEST_TEXT // 2 // len(step))})
    assert [path for path, _text in client.session[SESSION_KEY]] == [address(sheet, "partenaires")]


def test_a_large_file_of_a_stranger_is_not_received(client, awa, sheet, monkeypatch, settings):
    form = written(client, awa, sheet)
    expired(client)
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 1024

    def written_to_disk(*_args, **_kwargs):
        pytest.fail("a stranger's file was written")

    monkeypatch.setattr(uploadhandler, "TemporaryUploadedFile", written_to_disk)
    file = SimpleUploadedFile("photo.jpg", b"x" * 300_000, content_type="image/jpeg")
    # What is typed comes before the file.
    client.post(address(sheet), {**form, "new_image": file})
    assert WRITTEN in parse_qs(dict(client.session[SESSION_KEY])[address(sheet)])["summary"]
    body = FakePayload(encode_multipart(BOUNDARY, {"file": SimpleUploadedFile("photo.jpg", b"x" * 300_000)}))
    client.generic(
        "POST",
        reverse("sheet-upload", args=[sheet.pk]),
        b"",
        content_type=MULTIPART_CONTENT,
        **{"wsgi.input": body, "CONTENT_LENGTH": str(len(body))},
    )
    assert len(body.read()) > 100_000  # most of it was left where it was


def test_a_script_is_told_the_session_is_over(client, awa, sheet):
    form = written(client, awa, sheet)
    expired(client)
    response = client.post(address(sheet), form, headers={"Accept": "application/json"})
    assert response.status_code == 403
    assert response.json()["signed_out"] is True
    assert response.json()["login"].startswith(reverse("account_login"))
    # Kept by the script on the device, not here.
    assert SESSION_KEY not in client.session


def test_forms_are_still_checked_against_forgery(awa, sheet):
    strict = Client(enforce_csrf_checks=True)
    response = strict.post(address(sheet), {"summary": WRITTEN, "person": awa.pk})
    assert response.status_code == 403
    assert SESSION_KEY not in strict.session
