"""Choosing publics, axes, schemes, structures and keywords in the forms of the pages."""

from datetime import date

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from wagtail.test.utils.form_data import querydict_from_html

from events.models import WorkshopIndexPage, WorkshopPage
from hub.vocabulary.models import Audience, Organisation
from initiatives.models import InitiativePage

pytestmark = pytest.mark.django_db


@pytest.fixture
def workshop(site, vocabulary):
    page = WorkshopPage(title="Un atelier", slug="un-atelier", number=101, starts_on=date(2026, 3, 5), live=False)
    WorkshopIndexPage.objects.get().add_child(instance=page)
    return page


def edit_url(page):
    return reverse("wagtailadmin_pages:edit", args=[page.pk])


def form_data(client, page):
    data = querydict_from_html(client.get(edit_url(page)).content.decode(), form_id="page-edit-form")
    data["programme-count"] = data["body-count"] = "0"  # which the script of the blocks would add
    return data


def draft_of(page):
    return type(page).objects.get(pk=page.pk).get_latest_revision_as_object()


def test_publics_are_boxes_in_two_levels(editor, sheet):
    soup = BeautifulSoup(editor.get(edit_url(sheet)).content, "lxml")
    young = soup.find("input", {"name": "audiences", "value": str(Audience.objects.get(slug="jeunes").pk)})
    narrower = [label.get_text(strip=True) for label in young.find_parent("li").find("ul").find_all("label")]
    assert narrower == ["Apprentis et jeunes actifs", "Étudiants", "Jeunes en rupture", "Jeunes sortant de l’ASE"]
    boxes = soup.find_all("input", {"name": "audiences", "type": "checkbox"})
    assert len(boxes) == Audience.objects.count()
    assert boxes[0].find_parent("label").get_text(strip=True) == "Tous publics"


@pytest.mark.parametrize("name", ["audiences", "axes", "schemes"])
def test_every_box_has_a_label_of_its_own(editor, sheet, name):
    soup = BeautifulSoup(editor.get(edit_url(sheet)).content, "lxml")
    boxes = soup.find_all("input", {"name": name, "type": "checkbox"})
    assert boxes
    assert len({box["id"] for box in boxes}) == len(boxes)
    assert all(soup.find("label", {"for": box["id"]}) for box in boxes)


def test_what_is_ticked_is_kept(editor, sheet):
    data = form_data(editor, sheet)
    chosen = Audience.objects.filter(slug__in=["etudiants", "familles"])
    data.setlist("audiences", [str(audience.pk) for audience in chosen])
    editor.post(edit_url(sheet), dict(data.lists()))
    assert set(draft_of(sheet).audiences.all()) == set(chosen)


def test_keywords_that_differ_by_their_case_are_one(editor, sheet, site):
    data = form_data(editor, sheet)
    data["tags"] = '"guichet unique", colocation'
    editor.post(edit_url(sheet), dict(data.lists()))
    assert sorted(tag.name for tag in draft_of(sheet).tags.all()) == ["colocation", "guichet unique"]
    sheet.tags.add("Guichet Unique", "Colocation")
    other = InitiativePage(title="Une autre", slug="une-autre", live=False)
    sheet.get_parent().add_child(instance=other)
    other.tags.add("guichet unique", "GUICHET UNIQUE", "COLOCATION")
    other.save()
    sheet.save()
    assert other.tags.count() == 2
    assert set(other.tags.all()) == set(sheet.tags.all())


def test_structures_are_suggested_by_name_other_name_and_word(vocabulary, editor):
    def suggested(text):
        return [row["label"] for row in editor.get(reverse("organisation-suggestions"), {"q": text}).json()]

    assert suggested("USH") == ["Union sociale pour l’habitat"]
    assert suggested("ush")[0] == suggested("union SOCIALE")[0] == "Union sociale pour l’habitat"
    assert "Fondation de l’Armée du Salut" in suggested("armee")
    assert suggested("Dihal")[0] == "Dihal"
    assert suggested("  ") == suggested("zzzz") == []


def test_suggestions_are_for_people_of_the_admin(vocabulary, client):
    assert client.get(reverse("organisation-suggestions"), {"q": "dihal"}).status_code == 302


def test_a_structure_is_chosen_by_a_key_or_without_javascript_by_a_name(editor, workshop):
    data = form_data(editor, workshop)
    data.setlist("organisers", [str(Organisation.objects.get(slug="dihal").pk), ""])
    data.setlist("partners", ["ush ; action logement"])
    editor.post(edit_url(workshop), dict(data.lists()))
    draft = draft_of(workshop)
    assert [organisation.slug for organisation in draft.organisers.all()] == ["dihal"]
    assert {organisation.slug for organisation in draft.partners.all()} == {"ush", "action-logement"}


def test_a_chosen_structure_is_shown_and_can_be_unticked(editor, workshop):
    workshop.organisers.add(Organisation.objects.get(slug="dihal"))
    workshop.save_revision()
    data = form_data(editor, workshop)
    assert str(Organisation.objects.get(slug="dihal").pk) in data.getlist("organisers")
    data.setlist("organisers", [""])
    editor.post(edit_url(workshop), dict(data.lists()))
    assert not draft_of(workshop).organisers.exists()


def test_an_unknown_structure_is_refused_and_what_was_typed_is_kept(editor, workshop):
    data = form_data(editor, workshop)
    data.setlist("partners", ["Inconnue au bataillon"])
    response = editor.post(edit_url(workshop), dict(data.lists()))
    soup = BeautifulSoup(response.content, "lxml")
    typed = soup.find("input", {"name": "partners", "type": "text"})
    assert typed["value"] == "Inconnue au bataillon"
    assert "Inconnue au bataillon" in response.context["form"].errors["partners"][0]


def test_the_form_does_not_list_every_structure(editor, workshop):
    soup = BeautifulSoup(editor.get(edit_url(workshop)).content, "lxml")
    assert len(soup.find_all("input", {"name": "organisers"})) == 2  # the text field, and the template of a box
