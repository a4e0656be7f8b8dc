"""Whoever waits for a structure writes already: sending alone waits, and nobody else reads the draft."""

import pytest
from django.test import Client
from django.urls import reverse

from hub.accounts.joining import NewOrganisation, accept, refuse
from hub.accounts.members import accept_invitation, invite
from hub.accounts.models import AccessRequest, MembershipRole
from hub.accounts.personal_data import delete_account
from hub.mail.models import OutgoingMail
from initiatives.drafts import create_draft, save_text, text_of
from initiatives.enums import SheetState
from initiatives.fields import STEPS
from initiatives.models import InitiativePage
from initiatives.review.actions import submit
from initiatives.review.readiness import ReviewRefused
from initiatives.space.waiting import MOST_DRAFTS
from initiatives.states import state_of
from tests.factories import (
    MembershipFactory,
    OrganisationFactory,
    OrganisationKindFactory,
    UserFactory,
)
from tests.initiatives.review.conftest import fill, reviewer

NEW = "/espace/fiches/nouvelle/"
NAMED = {"first_name": "Nadia", "last_name": "Perrin"}


@pytest.fixture
def nadia(home):
    """Has an address, and nothing else."""
    return UserFactory(email="nadia@association.example", first_name="", last_name="")


@pytest.fixture
def browser(nadia) -> Client:
    client = Client()
    client.force_login(nadia)
    return client


def begun(browser: Client, **values: str) -> InitiativePage:
    """Begin a sheet through the page, and return it."""
    response = browser.post(NEW, {**NAMED, **values})
    assert response.status_code == 302, response.content.decode()
    assert response["Location"].endswith("/essentiel/")
    return InitiativePage.objects.get(pk=int(response["Location"].split("/")[3]))


def filled(sheet: InitiativePage, user) -> InitiativePage:
    """Write all that is required, partners aside."""
    text = text_of(sheet=sheet)
    fill(text, OrganisationFactory(name="Un partenaire cité"))
    text.partnerships = []
    save_text(text=text, user=user)
    return InitiativePage.objects.get(pk=sheet.pk)


def page(browser: Client, address: str) -> str:
    response = browser.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


def test_a_stranger_begins_asks_for_a_structure_and_writes_in_one_act(browser, nadia):
    adil = OrganisationFactory(name="ADIL de l’Ain")
    sheet = begun(browser, structure=f"structure-{adil.pk}")
    asked = AccessRequest.objects.get(user=nadia)
    assert asked.organisation == adil
    nadia.refresh_from_db()
    assert str(nadia) == "Nadia Perrin"
    address = reverse("sheet-step", args=[sheet.pk, "essentiel"])
    response = browser.post(address, {"title": "Écrit avant d’être validée", "do": "save"}, follow=True)
    assert "Écrit avant d’être validée" in response.content.decode()
    for step in STEPS:
        assert "Pas encore envoyée." in page(browser, reverse("sheet-step", args=[sheet.pk, step.slug]))
    for place in (reverse("sheet", args=[sheet.pk]), reverse("sheet-step", args=[sheet.pk, "envoi"])):
        assert "l’envoi attend votre structure" in page(browser, place)
        assert "ADIL de l’Ain" in page(browser, place)
    assert "Vous seul la voyez" in page(browser, reverse("space"))


@pytest.mark.parametrize("name", ["Toits partagés", "toits  PARTAGÉS"])
def test_a_structure_the_site_does_not_know_is_described_by_its_kind(browser, nadia, name):
    kind = OrganisationKindFactory()
    refused = browser.post(NEW, {**NAMED, "structure": name})
    assert refused.status_code == 422
    assert "choisissez son type" in refused.content.decode()
    assert name in refused.content.decode()
    assert not AccessRequest.objects.exists()
    sheet = begun(browser, structure=name, kind=str(kind.pk))
    asked = sheet.dossier.awaited_request
    assert (asked.organisation, asked.new_kind) == (None, kind)
    membership = accept(
        pk=asked.pk, by=reviewer("rita@dihal.example"), described=NewOrganisation(name="Toits partagés", kind=kind)
    )
    sheet.dossier.refresh_from_db()
    assert (sheet.dossier.steward, sheet.dossier.writer) == (membership.organisation, None)


def test_nearly_the_same_name_is_asked_about(browser):
    OrganisationFactory(name="ADIL de l’Ain")
    kind = OrganisationKindFactory()
    values = {**NAMED, "structure": "ADIL de l’Aain", "kind": str(kind.pk)}
    response = browser.post(NEW, values)
    assert response.status_code == 422
    assert "Est-ce l’une de celles-ci" in response.content.decode()
    adil = AccessRequest.objects.none()
    assert not adil.exists()
    begun(browser, **{name: value for name, value in values.items() if name not in NAMED}, similar="aucune")
    assert AccessRequest.objects.get().new_name == "ADIL de l’Aain"


def test_one_may_begin_without_saying_for_whom(browser, nadia):
    sheet = begun(browser)
    assert not AccessRequest.objects.exists()
    html = page(browser, reverse("sheet", args=[sheet.pk]))
    assert reverse("organisation-join") in html
    assert "Dites pour quelle structure vous écrivez" in html
    # The first structure that receives her keeps it.
    awa = MembershipFactory(role=MembershipRole.OWNER)
    invitation = invite(by=awa.user, organisation=awa.organisation, email=nadia.email, role=MembershipRole.EDITOR)
    nadia.emailaddress_set.get_or_create(email=nadia.email, defaults={"verified": True, "primary": True})
    accept_invitation(user=nadia, pk=invitation.pk)
    sheet.dossier.refresh_from_db()
    assert sheet.dossier.steward == awa.organisation


def test_sending_waits_then_is_one_button_away(browser, nadia):
    adil = OrganisationFactory(name="ADIL de l’Ain")
    sheet = filled(begun(browser, structure=adil.name), nadia)
    checking = reverse("sheet-step", args=[sheet.pk, "envoi"])
    sending = reverse("sheet-submit", args=[sheet.pk])
    assert "Envoyer en relecture</button>" not in page(browser, checking)
    refused = browser.post(sending, {"message": "Tout de suite."})  # a forged form
    assert refused.status_code == 422
    assert "Aucune structure ne tient encore cette fiche" in refused.content.decode()
    with pytest.raises(ReviewRefused):
        submit(sheet=sheet, user=nadia)
    accept(pk=sheet.dossier.awaited_request_id, by=reviewer("rita@dihal.example"))
    mail = OutgoingMail.objects.get(key__endswith="-accepted")
    assert checking in mail.text  # the mail leads to the button
    html = page(browser, checking)
    assert "l’envoi attend votre structure" not in html
    assert "Envoyer en relecture</button>" in html  # the structure is named among the partners, by itself
    assert browser.post(sending)["Location"] == reverse("sheet-sent", args=[sheet.pk])
    assert state_of(sheet=InitiativePage.objects.get(pk=sheet.pk)) == SheetState.IN_REVIEW


def test_partners_already_written_stay_beside_the_structure(browser, nadia):
    adil = OrganisationFactory(name="ADIL de l’Ain")
    sheet = begun(browser, structure=adil.name)
    text = text_of(sheet=sheet)
    fill(text, OrganisationFactory(name="Un bailleur"))
    save_text(text=text, user=nadia)
    accept(pk=sheet.dossier.awaited_request_id, by=reviewer("rita@dihal.example"))
    partners = text_of(sheet=InitiativePage.objects.get(pk=sheet.pk)).partnerships.all()
    assert [partner.organisation.name for partner in partners] == ["ADIL de l’Ain", "Un bailleur"]


def test_a_draft_is_its_writer_s_alone(browser, nadia):
    adil = OrganisationFactory(name="ADIL de l’Ain")
    sheet = filled(begun(browser, structure=adil.name), nadia)
    colleague, stranger = MembershipFactory(organisation=adil).user, UserFactory()
    places = [
        reverse("sheet", args=[sheet.pk]),
        reverse("sheet-preview", args=[sheet.pk]),
        reverse("sheet-history", args=[sheet.pk]),
        reverse("sheet-sent", args=[sheet.pk]),
        *(reverse("sheet-step", args=[sheet.pk, step.slug]) for step in STEPS),
    ]
    for person in (colleague, stranger, MembershipFactory().user):
        client = Client()
        client.force_login(person)
        for place in places:
            assert client.get(place).status_code == 404, place
        for name in ("sheet-submit", "sheet-entrust", "sheet-duplicate", "sheet-delete"):
            assert client.post(reverse(name, args=[sheet.pk])).status_code == 404, name
        assert "Un bail glissant" not in client.get(reverse("space"), follow=True).content.decode()
    assert Client().get(places[0]).status_code == 302
    assert Client().get(NEW)["Location"].startswith("/compte/connexion/")
    nadia.is_active = False
    nadia.save()
    assert browser.get(places[0]).status_code == 302


def test_a_forged_structure_or_request_keeps_nothing(browser, nadia):
    """The numbers of a form are those of the person's own structures and requests, or nothing."""
    adil, other = OrganisationFactory(name="ADIL de l’Ain"), MembershipFactory().organisation
    first = begun(browser, structure=adil.name)
    theirs = AccessRequest.objects.create(user=UserFactory(), organisation=other)
    for forged in (str(other.pk), f"demande-{theirs.pk}", "demande-x", "9" * 30):
        sheet = begun(browser, structure=forged)  # one request waits: there is no choice
        assert sheet.dossier.steward is None
        assert sheet.dossier.awaited_request == first.dossier.awaited_request
        sheet.delete()
        browser.post(reverse("sheet-entrust", args=[first.pk]), {"structure": forged})
        first.dossier.refresh_from_db()
        assert first.dossier.steward is None


def test_a_refused_request_says_why_and_the_draft_stays(browser, nadia):
    adil = OrganisationFactory(name="ADIL de l’Ain")
    sheet = begun(browser, structure=adil.name)
    refuse(pk=sheet.dossier.awaited_request_id, by=reviewer("rita@dihal.example"), reason="Écrivez pour votre CCAS.")
    html = page(browser, reverse("sheet", args=[sheet.pk]))
    assert "Écrivez pour votre CCAS." in html
    assert "Dire ma structure" in html


def test_whoever_has_structures_entrusts_a_draft_left_aside(browser, nadia):
    first, second = MembershipFactory(user=nadia).organisation, MembershipFactory(user=nadia).organisation
    sheet = create_draft(user=nadia, organisation=None, waits=True)
    assert "Confier la fiche" in page(browser, reverse("sheet", args=[sheet.pk]))
    browser.post(reverse("sheet-entrust", args=[sheet.pk]), {"structure": str(second.pk)})
    sheet.dossier.refresh_from_db()
    assert sheet.dossier.steward == second
    # Kept by a structure, it is moved no more.
    browser.post(reverse("sheet-entrust", args=[sheet.pk]), {"structure": str(first.pk)})
    sheet.dossier.refresh_from_db()
    assert sheet.dossier.steward == second


def test_a_request_for_another_structure_leaves_the_draft_where_it_waits(browser, nadia):
    adil, ccas = OrganisationFactory(name="ADIL de l’Ain"), OrganisationFactory(name="CCAS de Bourg")
    sheet = begun(browser, structure=adil.name)
    other = AccessRequest.objects.create(user=nadia, organisation=ccas)
    accept(pk=other.pk, by=reviewer("rita@dihal.example"))
    sheet.dossier.refresh_from_db()
    assert sheet.dossier.steward is None
    accept(pk=sheet.dossier.awaited_request_id, by=reviewer("remi@dihal.example"))
    sheet.dossier.refresh_from_db()
    assert sheet.dossier.steward == adil


def test_drafts_without_a_structure_are_few_and_the_form_sent_twice_asks_once(browser, nadia, settings):
    settings.HUB_RATE_LIMITS_ENABLED = False
    adil = OrganisationFactory(name="ADIL de l’Ain")
    for _number in range(MOST_DRAFTS):
        begun(browser, structure=adil.name)
    assert AccessRequest.objects.filter(user=nadia).count() == 1
    refused = browser.post(NEW, {**NAMED, "structure": adil.name})
    assert refused.status_code == 422
    assert "brouillons au plus" in refused.content.decode()


def test_the_end_of_an_account_takes_its_lonely_drafts_away(browser, nadia):
    sheet = begun(browser)
    delete_account(user=nadia)
    assert not InitiativePage.objects.filter(pk=sheet.pk).exists()
