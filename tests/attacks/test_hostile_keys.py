"""Whatever an address of the administration says in place of a key, the answer is never a failure of ours."""

import io
import logging
from urllib.parse import quote, urlencode

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from hub.web.logs import JsonFormatter, TooMuchSentFilter
from initiatives.models import InitiativePage
from tests.attacks.addresses import all_addresses
from tests.factories import InitiativePageFactory, UserFactory

pytestmark = pytest.mark.django_db

WORD, TOO_LARGE, NULL, FOREIGN = "abc", str(2**63), "1\0", "٣"
HOSTILE = ("-1", "0", WORD, TOO_LARGE, NULL, FOREIGN, "9" * 400)
# A screen of Wagtail's whose purpose is to fail; what ends the session that walks.
LEFT_OUT = ("gestion/failwhale/", "gestion/logout/")


@pytest.fixture
def editor(home: object, client: Client) -> Client:
    client.raise_request_exception = False
    client.force_login(UserFactory(is_superuser=True, is_staff=True))
    return client


def admin_addresses() -> list[tuple[str, tuple[str, ...]]]:
    return [
        (address.template, tuple(address.holes))
        for address in all_addresses()
        if address.template.startswith(settings.ADMIN_PATH) and not address.template.startswith(LEFT_OUT)
    ]


def failures(editor: Client, paths: list[str], *, methods: tuple[str, ...]) -> list[str]:
    return [
        f"{method} {path[:120]}"
        for path in paths
        for method in methods
        if getattr(editor, method)(path).status_code >= 500
    ]


@pytest.mark.parametrize("value", [WORD, TOO_LARGE, NULL])
def test_no_key_in_a_path_is_a_failure(editor: Client, value: str):
    paths = [quote("/" + template % dict.fromkeys(holes, value)) for template, holes in admin_addresses() if holes]
    assert len(paths) > 100
    assert failures(editor, paths, methods=("get", "post")) == []
    assert editor.get(reverse("wagtailadmin_home")).status_code == 200  # still signed in: the walk was a walk


@pytest.mark.parametrize("value", HOSTILE)
def test_no_key_of_a_chooser_is_a_failure(editor: Client, value: str):
    paths = []
    for template, holes in admin_addresses():
        if "choose" in template or "find" in template:
            path = "/" + template % dict.fromkeys(holes, value)
            paths.append(quote(path) if holes else f"{path}?{urlencode({'id': [value, value]}, doseq=True)}")
    assert len(paths) > 40
    assert failures(editor, paths, methods=("get",)) == []


def test_a_key_that_can_be_none_is_nobodys(editor: Client):
    for path in (
        "/gestion/images/chooser/chosen/abc/",
        "/gestion/images/chooser/chosen-multiple/?id=abc",
        "/gestion/documents/chooser/chosen-multiple/?id=1&id=9223372036854775808",
        "/gestion/snippets/choose/vocabulary/axis/chosen/abc/",
        "/gestion/bulk/wagtailcore/page/delete/?id=abc",
        "/gestion/bulk/wagtailimages/image/delete/?id=all&childOf=abc",
        f"/gestion/pages/{2**63}/edit/",
    ):
        assert editor.get(path).status_code == 404, path
    assert editor.get("/gestion/images/?q=%00").status_code == 400
    assert editor.post(reverse("wagtailadmin_choose_page_external_link")).status_code == 400
    assert editor.post(f"/gestion/pages/{2**63}/edit/").status_code == 404


@pytest.mark.parametrize("folder", ["images", "original_images"])
def test_a_path_no_disk_could_hold_is_not_there(editor: Client, folder: str, settings):
    settings.HUB_SERVES_MEDIA = True
    for name in ("a" * 7_000, "/".join(["a" * 200] * 40), "%00", "a%00.jpg", "é" * 200):
        assert editor.get(f"/media/{folder}/{name}").status_code == 404
    long = "a" * 7_000
    for path in (f"/documents/1/{long}", "/documents/1/%00", "/%00/", "/initiatives/%00/", f"/{long}/"):
        assert editor.get(path).status_code in {400, 404}


@pytest.mark.parametrize(
    "sent", ["<script>alert(1)</script>", "null", "[]", "1", '"a"', "{}", '{"blocks":[{}]}', "[" * 3_000]
)
def test_what_no_editor_of_rich_text_sends_is_refused(editor: Client, sent: str):
    page = InitiativePageFactory(context="<p>Le contexte.</p>")
    # Nor is a form without the counts of its rows, which every page sends.
    response = editor.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), {"title": "x", "context": sent})
    assert response.status_code == 400
    assert InitiativePage.objects.get(pk=page.pk).context == "<p>Le contexte.</p>"


@pytest.mark.parametrize(
    "stored",
    [
        "<p>Le contexte.</p><script>alert(1)</script>",
        "<li>Le contexte.</li>",
        "<p><ul><li>Le contexte.</ul></p></li>",
        '<p><a linktype="page" id="abc">Le contexte.</a></p>',
    ],
)
def test_a_stored_text_the_editor_cannot_read_is_shown_by_its_words(editor: Client, stored: str):
    page = InitiativePageFactory(context=stored)
    response = editor.get(reverse("wagtailadmin_pages:edit", args=[page.pk]))
    assert response.status_code == 200
    assert "Le contexte." in response.content.decode()


def test_a_form_with_too_many_fields_is_a_plain_refusal():
    logger, lines = logging.getLogger("django.security"), io.StringIO()
    handler = logging.StreamHandler(lines)
    handler.addFilter(TooMuchSentFilter())
    handler.setFormatter(JsonFormatter())
    logger.addHandler(handler)
    try:
        body = "&".join(f"champ{number}=x" for number in range(settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1))
        response = Client().generic("POST", "/compte/connexion/", body, "application/x-www-form-urlencoded")
    finally:
        logger.removeHandler(handler)
    assert response.status_code == 400
    assert "Erreur 400" in response.content.decode()
    assert '"WARNING"' in lines.getvalue()
    assert "Traceback" not in lines.getvalue()
    assert "too_much_sent" in settings.LOGGING["handlers"]["console"]["filters"]
