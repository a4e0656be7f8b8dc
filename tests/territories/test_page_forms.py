"""The picker in Wagtail's own forms, where nobody has to ask for it."""

import pytest
from django.urls import reverse
from wagtail.models import Page
from wagtail.test.utils.form_data import querydict_from_html

from hub.accounts.models import User
from hub.territories.forms import TerritoryMultipleChoiceField, TerritoryPicker
from hub.territories.models import Territory
from initiatives.models import InitiativePage

pytestmark = pytest.mark.usefixtures("sample_territories")


@pytest.fixture
def form_class():
    return InitiativePage.get_edit_handler().get_form_class()


def test_a_page_form_offers_the_picker(form_class):
    field = form_class.base_fields["territories"]
    assert isinstance(field, TerritoryMultipleChoiceField)
    assert isinstance(field.widget, TerritoryPicker)
    assert field.label == "Territoires"


def test_a_relation_to_something_else_is_left_alone(form_class):
    assert not isinstance(form_class.base_fields["audiences"], TerritoryMultipleChoiceField)


def test_an_editor_adds_a_territory_by_its_name(client):
    client.force_login(User.objects.create_superuser("root", password="a"))
    page = InitiativePage(title="Une plateforme", slug="une-plateforme", summary="Un résumé.", live=False)
    Page.objects.get(depth=1).add_child(instance=page)
    page.territories.set(Territory.objects.filter(code="departement-01"))
    page.save_revision()
    url = reverse("wagtailadmin_pages:edit", args=[page.pk])
    html = client.get(url).content.decode()
    assert "hub/js/combobox.js" in html
    data = querydict_from_html(html, form_id="page-edit-form")
    assert sorted(data.getlist("territories")) == ["", "departement-01"]
    data["body-count"] = "0"  # which the script of the blocks would add
    data.setlist("territories", ["departement-01", "Lyon"])
    client.post(url, dict(data.lists()))
    draft = InitiativePage.objects.get(pk=page.pk).get_latest_revision_as_object()
    assert {territory.code for territory in draft.territories.all()} == {"departement-01", "commune-69123"}


def test_an_editor_who_mistypes_a_territory_is_told_and_loses_nothing(client):
    client.force_login(User.objects.create_superuser("root", password="a"))
    page = InitiativePage(title="Une plateforme", slug="une-plateforme", summary="Un résumé.", live=False)
    Page.objects.get(depth=1).add_child(instance=page)
    url = reverse("wagtailadmin_pages:edit", args=[page.pk])
    data = querydict_from_html(client.get(url).content.decode(), form_id="page-edit-form")
    data["body-count"] = "0"
    data.setlist("territories", ["departement-01", "Nulle-Part"])
    html = client.post(url, dict(data.lists())).content.decode()
    assert "« Nulle-Part » n’est pas un territoire connu." in html
    assert 'value="departement-01" checked' in html
    assert 'value="Nulle-Part"' in html
