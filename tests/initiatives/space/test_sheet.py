"""One sheet: begin it, copy it, see where it stands, delete a draft."""

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone
from wagtail.documents.models import Document

from initiatives.drafts import UNTITLED, create_draft, locked, save_text, text_of
from initiatives.enums import ExchangeKind
from initiatives.models import Dossier, Exchange, InitiativePage, Upload
from initiatives.space.access import actions_on
from tests.factories import (
    AudienceFactory,
    InitiativePageFactory,
    MembershipFactory,
    OrganisationFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def sheet(awa, adil) -> InitiativePage:
    return create_draft(user=awa, organisation=adil, title="Colocation intergénérationnelle")


def read(client, user, address: str) -> str:
    client.force_login(user)
    response = client.get(address)
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    return response.content.decode()


# --- begin ------------------------------------------------------------------------------------------------------------


def test_a_new_sheet_is_a_draft_of_the_person_s_structure(client, awa, adil):
    assert "ADIL de l’Ain" in read(client, awa, reverse("sheet-new"))
    response = client.post(reverse("sheet-new"))
    sheet = InitiativePage.objects.get()
    assert response["Location"] == reverse("sheet-step", args=[sheet.pk, "essentiel"])
    assert (sheet.live, sheet.title, sheet.dossier.steward, sheet.owner) == (False, UNTITLED, adil, awa)


def test_reading_the_page_creates_nothing(client, awa):
    read(client, awa, reverse("sheet-new"))
    assert not InitiativePage.objects.exists()


def test_a_member_of_several_structures_chooses_one(client, awa):
    soliha = MembershipFactory(user=awa, organisation=OrganisationFactory(name="Soliha Ain")).organisation
    foreign = OrganisationFactory(name="Une autre")
    client.force_login(awa)
    for forged in ("", str(foreign.pk), "x", "9" * 30, "\0"):
        response = client.post(reverse("sheet-new"), {"structure": forged})
        assert response.status_code == 422
        assert "<title>Erreur : Nouvelle fiche" in response.content.decode().replace("\xa0", " ")
        assert "Choisissez la structure qui tiendra la fiche." in response.content.decode()
    assert not InitiativePage.objects.exists()
    client.post(reverse("sheet-new"), {"structure": soliha.pk})
    assert Dossier.objects.get().steward == soliha


def test_fields_nobody_offered_are_not_listened_to(client, awa, adil):
    client.force_login(awa)
    client.post(reverse("sheet-new"), {"live": "on", "owner": "1", "slug": "choisi", "title": "Publié d’office"})
    sheet = InitiativePage.objects.get()
    assert not sheet.live
    assert sheet.slug != "choisi"


@pytest.mark.parametrize("address", ["https://hub.example/initiatives/modele/", "/initiatives/modele", " modele "])
def test_a_published_sheet_is_a_model_by_its_address(client, awa, address):
    InitiativePageFactory(title="Modèle", slug="modele", summary="À reprendre", contact_email="lou@x.example")
    client.force_login(awa)
    client.post(reverse("sheet-new"), {"modele": address})
    copied = text_of(sheet=InitiativePage.objects.exclude(slug="modele").get())
    assert (copied.title, copied.summary, copied.contact_email) == ("Copie de Modèle", "À reprendre", "")


@pytest.mark.parametrize("address", ["/initiatives/nulle-part/", "brouillon", "http://[", "\0", "é" * 600, "/"])
def test_an_address_of_nothing_published_is_refused_and_kept(client, awa, address):
    InitiativePageFactory(slug="brouillon", live=False)
    client.force_login(awa)
    response = client.post(reverse("sheet-new"), {"modele": address})
    assert response.status_code == 422
    assert "Aucune fiche publiée n’est à cette adresse" in response.content.decode()
    assert address.strip() in response.content.decode()
    assert InitiativePage.objects.count() == 1


# --- overview ---------------------------------------------------------------------------------------------------------


def test_the_overview_tells_the_state_what_is_missing_and_why(client, awa, sheet):
    html = read(client, awa, reverse("sheet", args=[sheet.pk]))
    assert "Brouillon" in html
    assert "Modifiée par Awa Diop" in html
    assert "Les listes et les résultats de recherche le montrent sous le titre." in html
    assert f"{reverse('sheet-step', args=[sheet.pk, 'essentiel'])}#champ-summary" in html
    assert "Voir l’aperçu" in html
    assert "Supprimer le brouillon" in html


def test_the_overview_shows_the_last_exchanges(client, awa, sheet):
    for number in range(5):
        Exchange.objects.create(
            page=sheet, kind=ExchangeKind.MESSAGE, author_name="Awa Diop", text=f"Message <b>{number}</b>"
        )
    html = read(client, awa, reverse("sheet", args=[sheet.pk]))
    assert "Message &lt;b&gt;4" in html
    assert "Message &lt;b&gt;1" not in html


def test_a_published_sheet_is_modified_not_deleted(client, awa, sheet):
    sheet.get_latest_revision().publish()
    html = read(client, awa, reverse("sheet", args=[sheet.pk]))
    assert "Modifier" in html
    assert "Supprimer le brouillon" not in html
    assert "Voir en ligne" in html


def test_an_unpublication_is_asked_once(awa, sheet):
    sheet.get_latest_revision().publish()
    sheet = InitiativePage.objects.get()
    assert actions_on(sheet=sheet).may_ask_unpublication
    sheet.dossier.unpublication_asked_at = timezone.now()
    assert not actions_on(sheet=sheet).may_ask_unpublication


@pytest.mark.parametrize("name", ["sheet", "sheet-preview", "sheet-delete"])
def test_another_structure_s_draft_does_not_exist(client, sheet, name):
    address = reverse(name, args=[sheet.pk])
    assert client.get(address)["Location"].startswith("/compte/connexion/")
    stranger = MembershipFactory(organisation=OrganisationFactory(name="Une autre")).user
    client.force_login(stranger)
    response = client.get(address)
    assert response.status_code == 404
    assert "Colocation" not in response.content.decode()


def test_a_former_member_reads_nothing_any_more(client, awa, sheet):
    awa.memberships.all().delete()
    client.force_login(awa)
    assert client.get(reverse("sheet", args=[sheet.pk])).status_code == 404


# --- copy -------------------------------------------------------------------------------------------------------------


def test_a_copy_has_the_words_the_facets_and_the_partners(client, awa, adil, sheet):
    audience = AudienceFactory(label="Jeunes")
    text = text_of(sheet=locked(pk=sheet.pk))
    text.context, text.contact_email, text.start_year = "<p>Un besoin.</p>", "contact@adil.example", 2020
    text.audiences = [audience]
    text.tags.add("colocation")
    save_text(text=text, user=awa)
    Dossier.objects.filter(page=sheet).update(external_id="A-1")
    client.force_login(awa)
    response = client.post(reverse("sheet-duplicate", args=[sheet.pk]))
    copy = InitiativePage.objects.exclude(pk=sheet.pk).get()
    assert response["Location"] == reverse("sheet-step", args=[copy.pk, "essentiel"])
    copied = text_of(sheet=copy)
    assert copied.title == "Copie de Colocation intergénérationnelle"
    assert (copied.context, copied.start_year) == ("<p>Un besoin.</p>", 2020)
    assert copied.contact_email == "contact@adil.example"
    assert list(copied.audiences.all()) == [audience]
    assert [tag.name for tag in copied.tags.all()] == ["colocation"]
    assert (copy.dossier.steward, copy.dossier.external_id, copy.live) == (adil, "", False)
    assert copy.slug != sheet.slug
    assert copy.get_latest_revision().user == awa


def test_a_published_sheet_of_anyone_is_a_model_without_its_contact(client, awa, adil):
    lead = OrganisationFactory(name="Un bailleur")
    model = InitiativePageFactory(title="Modèle", contact_name="Lou Petit", contact_email="lou@x.example", leads=[lead])
    client.force_login(awa)
    client.post(reverse("sheet-duplicate", args=[model.pk]))
    copied = text_of(sheet=InitiativePage.objects.exclude(pk=model.pk).get())
    assert (copied.contact_name, copied.contact_email) == ("", "")
    assert [partnership.organisation for partnership in copied.partnerships.all()] == [lead]
    assert copied.dossier.steward == adil


def test_an_update_being_written_elsewhere_is_not_copied(client, awa):
    model = InitiativePageFactory(title="Modèle", summary="Publié")
    text = text_of(sheet=model)
    text.summary = "Secret"
    save_text(text=text, user=None)
    client.force_login(awa)
    client.post(reverse("sheet-duplicate", args=[model.pk]))
    assert text_of(sheet=InitiativePage.objects.exclude(pk=model.pk).get()).summary == "Publié"


def test_another_structure_s_draft_is_no_model(client, sheet):
    client.force_login(MembershipFactory(organisation=OrganisationFactory(name="Une autre")).user)
    assert client.post(reverse("sheet-duplicate", args=[sheet.pk])).status_code == 404
    assert InitiativePage.objects.count() == 1


def test_a_link_copies_nothing(client, awa, sheet):
    client.force_login(awa)
    assert client.get(reverse("sheet-duplicate", args=[sheet.pk])).status_code == 405


# --- delete -----------------------------------------------------------------------------------------------------------


def test_a_draft_is_deleted_with_its_files_after_a_confirmation(client, awa, sheet):
    document = Document.objects.create(title="Bilan", file=ContentFile(b"%PDF-1.4", name="bilan.pdf"))
    Upload.objects.create(page=sheet, document=document, uploaded_by=awa)
    assert "Supprimer définitivement" in read(client, awa, reverse("sheet-delete", args=[sheet.pk]))
    assert InitiativePage.objects.exists()
    response = client.post(reverse("sheet-delete", args=[sheet.pk]), follow=True)
    assert "est supprimé" in response.content.decode()
    assert not InitiativePage.objects.exists()
    assert not Document.objects.exists()


def test_a_sheet_that_was_published_is_not_deleted(client, awa, sheet):
    sheet.get_latest_revision().publish()
    InitiativePage.objects.get().unpublish()
    client.force_login(awa)
    assert client.get(reverse("sheet-delete", args=[sheet.pk]))["Location"] == reverse("sheet", args=[sheet.pk])
    response = client.post(reverse("sheet-delete", args=[sheet.pk]), follow=True)
    assert "Seul un brouillon jamais publié" in response.content.decode()
    assert InitiativePage.objects.exists()
