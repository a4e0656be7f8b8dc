"""The way in, before any sign-in: from every page one looks at, to what it takes to propose an initiative."""

import pytest
from django.urls import reverse

from initiatives.completeness import completeness_of
from initiatives.fields import FIELDS
from initiatives.models import InitiativePage
from initiatives.space.forms import FORMS
from tests.factories import AudienceFactory, InitiativePageFactory, OrganisationKindFactory
from tests.support.html import read_html, words

pytestmark = pytest.mark.django_db


def read(client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return words(read_html(response).find("main"))


@pytest.mark.parametrize("address", ["/", "/initiatives/", "/glossaire/"])
def test_the_menu_the_home_page_and_the_list_lead_to_it(client, home, address):
    document = read_html(client.get(address))
    start = reverse("start")
    assert start in {link["href"] for link in document.find(id="navigation").find_all("a")}
    if address != "/glossaire/":
        assert start in {link["href"] for link in document.find("main").find_all("a", href=True)}


def test_it_says_what_who_how_long_with_what_and_leads_to_writing(client, home):
    sheet = InitiativePageFactory(title="Un exemple à suivre", context="<p>Le besoin.</p>")
    InitiativePageFactory(title="Une fiche vide")
    page = read(client, reverse("start"))
    for said in ("Ce qu’est une fiche", "Qui peut l’écrire", "Combien de temps", "sous la main", sheet.title):
        assert said in page
    assert "Vous écrivez sans attendre" in page
    for item in completeness_of(text=InitiativePage()).items:
        assert (item.label in page) == item.is_required, item.label
    links = {link["href"] for link in read_html(client.get(reverse("start"))).find("main").find_all("a", href=True)}
    assert {
        reverse(name) for name in ("sheet-new", "space", "start-questions", "start-questions-file", "start-guide")
    } <= links


def test_the_questions_are_those_of_the_form_to_the_last_one(client, home):
    """On the page and in the file: a field added tomorrow is there, and a word added since it was last read."""
    read(client, reverse("start-questions"))
    audience, kind = AudienceFactory(label="Jeunes en errance"), OrganisationKindFactory(label="Pension de famille")
    page = read(client, reverse("start-questions"))
    answer = client.get(reverse("start-questions-file"))
    assert "attachment" in answer["Content-Disposition"]
    text = answer.content.decode("utf-8-sig")
    assert "\r\n" in text
    for form_class in FORMS.values():
        form = form_class(text=InitiativePage(), user=None)
        for name in form.step.fields:
            assert FIELDS[name].label in page
            assert FIELDS[name].label in text
        for field in form.fields.values():
            if not field.widget.is_hidden:
                assert str(field.help_text) in page
                assert str(field.help_text) in text
    for said in (audience.label, kind.label, "Ce que le chiffre compte", "Ce qu’elle fait"):
        assert said in page
        assert said in text


def test_the_guide_is_read_on_the_site(client, home):
    page = read(client, reverse("start-guide"))
    for said in ("Guide du partenaire", "Commencer une fiche", "Envoyer, corriger"):
        assert said in page


@pytest.mark.parametrize("name", ["start", "start-questions", "start-questions-file", "start-guide"])
def test_these_pages_are_the_same_for_everybody_and_only_read(client, home, name):
    response = client.get(reverse(name))
    assert not response.cookies
    assert client.post(reverse(name)).status_code == 405
