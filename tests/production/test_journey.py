"""A first visit to a hub that was just installed, and an editor's first publication."""

import html
import json
import re
import time
from urllib.parse import urlencode

import pytest

from tests.production.contents import difference, in_folder, on_server, published
from tests.production.hosts import SITE, request
from tests.production.load import STANDBY, total_of

PASSWORD = "phrase-de-passe-de-l-épreuve"


def path_of_first_result(page):
    first = re.search(r'<li class="hub-hit">.*?<a href="(?:https://[^/"]+)?([^"]+)"', page.text, flags=re.DOTALL)
    return first.group(1)


def search(hub, **params):
    page = hub.get("/recherche/?" + urlencode(params))
    assert page.status == 200
    assert STANDBY not in page.text
    return page


def test_the_site_answers_in_https_only_behind_its_proxy(hub):
    home = hub.get("/")
    assert home.status == 200
    assert "max-age=31536000" in home.headers["Strict-Transport-Security"]
    plain = hub.get("/recherche/", headers={"X-Forwarded-Proto": "http"})
    assert (plain.status, plain.headers["Location"]) == (301, f"https://{SITE}/recherche/")
    assert hub.get("/", headers={"Host": "ailleurs.example.org"}).status == 400


def test_a_visitor_searches_by_word_public_and_territory_and_reads_a_sheet_and_a_recap(hub):
    assert total_of(search(hub, q="logement").text) > 10
    sheets = search(hub, q="logement", public="jeunes", territoire="pays-FR", type="initiative")
    assert total_of(sheets.text) > 0
    sheet = hub.get(path_of_first_result(sheets))
    assert sheet.status == 200
    recap = hub.get(path_of_first_result(search(hub, q="logement", type="atelier")))
    assert recap.status == 200
    assert "Séquence" in recap.text or "séquence" in recap.text


def test_every_light_is_green(hub):
    assert hub.get("/sante/vif").text == "ok\n"
    # A load balancer asks by address, in plain HTTP.
    ready = hub.get("/sante/pret", headers={"Host": "10.0.0.7", "X-Forwarded-Proto": "http"})
    assert (ready.status, json.loads(ready.text)["status"]) == (200, "ok"), ready.text


def test_static_files_are_compressed_and_kept_for_ever(hub):
    path = re.search(r'href="(/static/[^"]+\.css)"', hub.get("/").text).group(1)
    style = hub.get(path, headers={"Accept-Encoding": "br"})
    assert style.status == 200
    assert "immutable" in style.headers["Cache-Control"]
    assert int(re.search(r"max-age=(\d+)", style.headers["Cache-Control"]).group(1)) >= 31_536_000
    assert style.headers["Content-Encoding"] == "br"


def test_the_administration_asks_who_is_there(hub):
    asked = hub.get("/gestion/")
    assert asked.status == 302
    assert "Recevoir un code de connexion" in hub.get(asked.headers["Location"].removeprefix(f"https://{SITE}")).text


class Browser:
    """Cookies and forms, as an editor's browser keeps and sends them."""

    def __init__(self, hub):
        self.hub = hub
        self.cookies = {}

    def ask(self, path, *, fields=None):
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "Referer": f"https://{SITE}{path}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        if fields is not None:
            fields = [*fields, ("csrfmiddlewaretoken", self.token)]
        page = request(
            port=self.hub.port,
            path=path,
            method="GET" if fields is None else "POST",
            body=None if fields is None else urlencode(fields),
            headers=headers,
        )
        for cookie in page.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        if found:
            self.token = found.group(1)
        return page


@pytest.fixture
def editor(hub):
    hub.manage("shell", "--no-imports", text=CREATE_EDITOR)
    browser = Browser(hub)
    browser.ask("/compte/connexion/mot-de-passe/")
    signed_in = browser.ask("/compte/connexion/mot-de-passe/", fields=[("login", "editrice"), ("password", PASSWORD)])
    assert signed_in.status == 302, signed_in.text
    assert browser.ask("/gestion/").status == 200
    return browser


CREATE_EDITOR = f"""
from django.contrib.auth import get_user_model
get_user_model().objects.create_superuser(username="editrice", email="editrice@example.gouv.fr", password="{PASSWORD}")
"""


def test_what_an_editor_publishes_is_found_within_a_second_and_by_both_engines(hub, editor, secured_node, say):
    (parent, model) = hub.manage("shell", "--no-imports", text=WHERE_SHEETS_GO).stdout.split()
    form = f"/gestion/pages/add/initiatives/{model}/{parent}/"
    page = editor.ask(form)
    assert page.status == 200
    fields = [
        *fields_of(page.text),
        ("title", "Colocation zébrée"),
        ("slug", "colocation-zebree"),
        ("territories", "pays-FR"),
        ("body-count", "0"),  # built by the script of the page
        ("action-publish", "action-publish"),
    ]
    began = time.monotonic()
    saved = editor.ask(form, fields=fields)
    answered = time.monotonic()
    assert saved.status == 302, re.findall(r"error-message[^>]*>([^<]*)", saved.text)
    # Quoted: without its quotes, entries that have one of the two words follow.
    while total_of(search(hub, q='"colocation zébrée"').text) != 1:
        assert time.monotonic() - answered < 1
    say(f"fiche enregistrée en {answered - began:.2f} s, trouvée {time.monotonic() - answered:.2f} s après la réponse")
    expected = published(hub.variables["DATABASE_URL"])
    assert difference(expected=expected, found=on_server(secured_node)) == ""
    assert difference(expected=expected, found=in_folder(hub.index_folder)) == ""


WHERE_SHEETS_GO = """
from initiatives.models import InitiativeIndexPage, InitiativePage
print(InitiativeIndexPage.objects.get().pk, InitiativePage._meta.model_name)
"""


def fields_of(text):
    """The fields of an empty form of Wagtail that have to be sent back, management forms included."""
    form = re.search(r'<form[^>]*id="page-edit-form".*?</form>', text, flags=re.DOTALL).group()
    found = [
        (name, html.unescape(text))
        for name, text in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', form, flags=re.DOTALL)
        if "__prefix__" not in name
    ]
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, flags=re.DOTALL):
        if "__prefix__" not in name:
            found += [(name, value) for value in re.findall(r'<option value="([^"]*)"[^>]* selected', options)]
    for tag in re.findall(r"<input[^>]*>", form):
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        is_kept = attributes.get("type") == "hidden" and "__prefix__" not in attributes.get("name", "__prefix__")
        if is_kept and attributes["name"] != "csrfmiddlewaretoken":
            found.append((attributes["name"], html.unescape(attributes.get("value", ""))))
    return found


def test_the_checks_of_a_deployment_have_nothing_to_say(hub):
    checked = hub.manage("check", "--deploy", "--fail-level", "WARNING")
    assert (checked.stdout + checked.stderr).strip() == "System check identified no issues (0 silenced)."
