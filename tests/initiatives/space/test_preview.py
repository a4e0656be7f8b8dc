"""The preview: the latest text, as the public page will show it, for its structure alone."""

import pytest
from django.urls import reverse

from initiatives.drafts import create_draft, locked, save_text, text_of
from initiatives.models import InitiativePage, Partnership
from tests.factories import MembershipFactory, OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def sheet(awa) -> InitiativePage:
    sheet = create_draft(user=awa, organisation=awa.memberships.get().organisation, title="Titre d’hier")
    text = text_of(sheet=locked(pk=sheet.pk))
    text.title, text.context = "Titre de demain", "<p>Le besoin de départ.</p>"
    text.partnerships = [Partnership(organisation=OrganisationFactory(name="Un bailleur"), role="porteur")]
    save_text(text=text, user=awa)
    return sheet


def preview(client, sheet, query=""):
    return client.get(reverse("sheet-preview", args=[sheet.pk]) + query)


def test_it_shows_the_latest_text_with_the_public_template(client, awa, sheet):
    client.force_login(awa)
    response = preview(client, sheet)
    html = response.content.decode()
    assert "initiatives/initiative_page.html" in [template.name for template in response.templates]
    assert "<h1>Titre de demain</h1>" in html
    assert "Le besoin de départ." in html
    assert "Un bailleur" in html
    assert "pas encore publié" in html


def test_it_is_neither_kept_nor_indexed_and_framed_by_the_site_alone(client, awa, sheet):
    client.force_login(awa)
    response = preview(client, sheet)
    assert "no-store" in response["Cache-Control"]
    assert "private" in response["Cache-Control"]
    assert "noindex" in response["X-Robots-Tag"]
    assert '<meta name="robots" content="noindex, nofollow">' in response.content.decode()
    assert 'rel="canonical"' not in response.content.decode()
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in response["Content-Security-Policy"]
    assert "unsafe-inline" not in response["Content-Security-Policy"]


def test_an_update_is_previewed_while_the_published_text_stays(client, awa, sheet):
    InitiativePage.objects.get().get_latest_revision().publish()
    client.force_login(awa)
    assert "la version en ligne" in preview(client, sheet).content.decode()
    text = text_of(sheet=InitiativePage.objects.get())
    text.title = "Titre d’après-demain"
    save_text(text=text, user=awa)
    html = preview(client, sheet).content.decode()
    assert "Titre d’après-demain" in html
    assert "pas encore publié" in html
    assert InitiativePage.objects.get().title == "Titre de demain"


def test_nobody_else_reads_it(client, sheet):
    assert preview(client, sheet)["Location"].startswith("/compte/connexion/")
    for stranger in (UserFactory(), MembershipFactory(organisation=OrganisationFactory(name="Une autre")).user):
        client.force_login(stranger)
        response = preview(client, sheet)
        assert response.status_code == 404
        assert "Titre" not in response.content.decode()


def test_a_reviewer_of_dihal_reads_it(client, sheet):
    client.force_login(UserFactory(is_superuser=True, is_staff=True))
    assert "Titre de demain" in preview(client, sheet).content.decode()


def test_an_empty_draft_has_a_preview_too(client, awa):
    empty = create_draft(user=awa, organisation=awa.memberships.get().organisation)
    client.force_login(awa)
    assert "Fiche sans titre" in preview(client, empty).content.decode()


def test_in_a_frame_it_offers_no_way_back(client, awa, sheet):
    client.force_login(awa)
    assert "Revenir à la fiche" in preview(client, sheet).content.decode()
    assert "Revenir à la fiche" not in preview(client, sheet, "?cadre=1").content.decode()
