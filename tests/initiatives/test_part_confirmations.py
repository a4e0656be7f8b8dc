"""A structure named on a published sheet says, without an account, whether its part is told right."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hub.mail.models import OutgoingMail
from hub.pages.models import HomePage
from hub.refusals import Refused
from hub.vocabulary.models import Organisation
from initiatives.drafts import save_text, text_of
from initiatives.enums import ExchangeKind
from initiatives.models import Exchange, InitiativePage, PartConfirmation, Partnership
from initiatives.upkeep.parts import ask_part
from tests.factories import InitiativePageFactory, MembershipFactory, OrganisationFactory
from tests.initiatives.upkeep_scene import Scene, build_scene, link_in, mails
from tests.support.html import read_html, words

pytestmark = pytest.mark.django_db

PARTNER = "contact@bailleur.example"


@pytest.fixture
def scene(home: HomePage) -> Scene:
    return build_scene()


@pytest.fixture
def bailleur(scene: Scene) -> Organisation:
    return Organisation.objects.get(name="Bailleur du Bugey")


def ask(client: Client, scene: Scene, organisation: Organisation, email: str = PARTNER):
    client.force_login(scene.anne)
    answer = client.post(reverse("sheet-ask-partner", args=[scene.sheet.pk, organisation.pk]), {"email": email})
    client.logout()
    return answer


@pytest.fixture
def link(client: Client, scene: Scene, bailleur: Organisation) -> str:
    assert ask(client, scene, bailleur).status_code == 302
    return link_in(mails(to=PARTNER)[0], under="/participation/")


def publish_contribution(scene: Scene, contribution: str) -> None:
    text = text_of(sheet=InitiativePage.objects.get(pk=scene.sheet.pk))
    for partnership in text.partnerships.all():
        if partnership.organisation.name.startswith("Bailleur"):
            partnership.contribution = contribution
            text.partnerships.add(partnership)
    save_text(text=text, user=scene.anne, is_new_version=True).publish()


def public_text(scene: Scene) -> str:
    return words(read_html(Client().get(scene.sheet.url)).main)


def test_a_member_asks_and_the_mail_says_what_the_sheet_says(client: Client, scene: Scene, link: str):
    [mail] = mails(to=PARTNER)
    assert "Bailleur du Bugey" in mail.text
    assert "Partenaire" in mail.text
    assert "Anne Martin (ADIL de l’Ain)" in mail.text
    client.force_login(scene.anne)
    page = words(read_html(client.get(reverse("sheet-parts", args=[scene.sheet.pk]))).main)
    assert "Réponse attendue" in page
    assert PARTNER in page


def test_reading_the_link_changes_nothing_and_a_yes_marks_the_sheet(
    client: Client, scene: Scene, bailleur: Organisation, link: str
):
    for method in (client.head, client.get, client.get):
        assert method(link).status_code == 200
    assert PartConfirmation.objects.get().answered_at is None
    assert "Participation confirmée" not in public_text(scene)
    form = read_html(client.get(link))
    seen = form.find("input", attrs={"name": "statement"})["value"]
    assert client.post(link, {"answer": "oui", "statement": seen}).status_code == 200
    assert PartConfirmation.objects.get().is_confirmed
    assert "Bailleur du Bugey Participation confirmée" in public_text(scene)
    exchange = Exchange.objects.get(kind=ExchangeKind.PART_CONFIRMED)
    assert exchange.author_name == bailleur.name
    assert "confirme sa participation" in mails(to="anne@adil.example")[0].subject


def test_a_no_says_what_is_to_be_corrected(client: Client, scene: Scene, link: str):
    refused = client.post(link, {"answer": "non", "statement": "Partenaire"})
    assert refused.status_code == 422
    assert "Dites ce qui est à corriger" in refused.content.decode()
    client.post(link, {"answer": "non", "remark": "Nous ne louons que deux logements.", "statement": "Partenaire"})
    assert "Participation confirmée" not in public_text(scene)
    assert Exchange.objects.get(kind=ExchangeKind.PART_DISPUTED).text == "Nous ne louons que deux logements."
    assert "Nous ne louons que deux logements." in mails(to="anne@adil.example")[0].text
    client.force_login(scene.anne)
    page = words(read_html(client.get(reverse("sheet-parts", args=[scene.sheet.pk]))).main)
    assert "À corriger, selon la structure" in page
    assert "Nous ne louons que deux logements." in page


def test_a_link_serves_once(client: Client, scene: Scene, link: str):
    client.post(link, {"answer": "oui", "statement": "Partenaire"})
    for again in (client.get(link), client.post(link, {"answer": "non", "remark": "x", "statement": "Partenaire"})):
        assert again.status_code == 410
        assert "Ce lien a déjà servi" in again.content.decode()
    assert PartConfirmation.objects.get().is_confirmed


def test_nobody_confirms_words_written_while_reading(client: Client, scene: Scene, link: str):
    publish_contribution(scene, "Prête douze logements")
    changed = client.post(link, {"answer": "oui", "statement": "Partenaire"})
    assert changed.status_code == 409
    assert "La fiche a changé" in changed.content.decode()
    assert "Prête douze logements" in changed.content.decode()
    assert PartConfirmation.objects.get().answered_at is None
    assert client.post(link, {"answer": "oui"}).status_code == 409
    client.post(link, {"answer": "oui", "statement": "Partenaire : Prête douze logements"})
    assert PartConfirmation.objects.get().is_confirmed


def test_what_was_confirmed_does_not_cover_what_is_written_later(
    client: Client, scene: Scene, bailleur: Organisation, link: str
):
    client.post(link, {"answer": "oui", "statement": "Partenaire"})
    bailleur.name = "Bailleur du Haut-Bugey"
    bailleur.save()
    assert "Participation confirmée" in public_text(scene)
    publish_contribution(scene, "Finance tout")
    assert "Participation confirmée" not in public_text(scene)
    assert ask(client, scene, bailleur).status_code == 302
    assert len(mails(to=PARTNER)) == 2


def test_an_expired_replaced_or_pointless_link_says_so(client: Client, scene: Scene, bailleur: Organisation, link: str):
    PartConfirmation.objects.update(asked_at=timezone.now() - timedelta(days=31))
    assert ask(client, scene, bailleur).status_code == 302
    replaced = client.get(link)
    assert replaced.status_code == 410
    assert "a été remplacé" in replaced.content.decode()
    fresh = link_in(mails(to=PARTNER)[1], under="/participation/")
    Partnership.objects.filter(organisation=bailleur).delete()
    pointless = client.post(fresh, {"answer": "oui", "statement": "Partenaire"})
    assert pointless.status_code == 410
    assert "n’a plus d’objet" in pointless.content.decode()
    old = timezone.now() - timedelta(days=31)
    Partnership.objects.create(page=scene.sheet, organisation=bailleur)
    PartConfirmation.objects.all().delete()
    ask_part(sheet=scene.sheet, organisation_pk=bailleur.pk, email=PARTNER, user=scene.anne, now=old)
    expired = client.get(link_in(mails(to=PARTNER)[2], under="/participation/"))
    assert expired.status_code == 410
    assert "a expiré" in expired.content.decode()


def test_a_forged_link_is_nobody_s(client: Client, scene: Scene, link: str):
    for forged in (link[:-4] + "AAA/", "/participation/rien/", "/participation/%00/"):
        assert client.post(forged, {"answer": "oui", "statement": "Partenaire"}).status_code == 404
    token = link.split("/")[2]
    assert client.get(reverse("sheet-confirm-by-link", args=[token])).status_code == 404
    assert PartConfirmation.objects.get().answered_at is None


def test_one_open_question_for_each_structure(client: Client, scene: Scene, bailleur: Organisation, link: str):
    ask(client, scene, bailleur)
    assert len(mails(to=PARTNER)) == 1
    client.post(link, {"answer": "oui", "statement": "Partenaire"})
    with pytest.raises(Refused, match="déjà confirmé"):
        ask_part(sheet=scene.sheet, organisation_pk=bailleur.pk, email=PARTNER, user=scene.anne, now=timezone.now())


def test_only_a_structure_named_on_the_published_sheet_is_asked(client: Client, scene: Scene):
    text = text_of(sheet=InitiativePage.objects.get(pk=scene.sheet.pk))
    coming = OrganisationFactory(name="Pas encore publiée")
    text.partnerships.add(Partnership(organisation=coming))
    save_text(text=text, user=scene.anne)
    draft = InitiativePageFactory(title="Brouillon", live=False, partners=[coming])
    for organisation, sheet in ((coming, scene.sheet), (scene.steward, scene.sheet), (coming, draft)):
        with pytest.raises(Refused, match="ne nomme pas"):
            ask_part(sheet=sheet, organisation_pk=organisation.pk, email=PARTNER, user=scene.anne, now=timezone.now())
    assert not OutgoingMail.objects.exists()


def test_a_wrong_address_is_said_beside_its_field(client: Client, scene: Scene, bailleur: Organisation):
    refused = ask(client, scene, bailleur, email="pas une adresse")
    assert refused.status_code == 422
    document = refused.content.decode()
    assert f'href="#id_email_{bailleur.pk}"' in document
    assert 'value="pas une adresse"' in document
    assert "<title>Erreur : " in document


def test_nobody_else_asks_and_twenty_tries_are_too_many(client: Client, scene: Scene, bailleur: Organisation):
    address = reverse("sheet-ask-partner", args=[scene.sheet.pk, bailleur.pk])
    client.force_login(MembershipFactory().user)
    assert client.post(address, {"email": PARTNER}).status_code == 404
    client.force_login(scene.anne)
    answers = [client.post(address, {"email": PARTNER}).status_code for _ in range(21)]
    assert answers[-1] == 429
    assert len(mails(to=PARTNER)) == 1
