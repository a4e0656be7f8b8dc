"""The dashboard: my structures' sheets, their state, what is asked of me first."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from wagtail.models import Revision, WorkflowState

from initiatives.drafts import UNTITLED, create_draft, locked, save_text, text_of
from initiatives.enums import ExchangeKind, SheetState
from initiatives.models import Exchange, InitiativePage
from initiatives.review.queue import expected_by
from initiatives.space.listing import listed_sheets, rows
from initiatives.states import state_of
from tests.factories import AccessRequestFactory, MembershipFactory, OrganisationFactory, UserFactory
from tests.support.html import link, read_html

pytestmark = pytest.mark.django_db


def draft(user, title="Colocation") -> InitiativePage:
    return create_draft(user=user, organisation=user.memberships.get().organisation, title=title)


def put_in(sheet: InitiativePage, state: SheetState) -> InitiativePage:
    """Bring a draft to a state, with what Wagtail does of it."""
    reviewer = UserFactory(email="relecture@dihal.example", is_superuser=True)
    if state in {SheetState.ONLINE, SheetState.ARCHIVED, SheetState.RETIRED} or state.value.startswith("online"):
        sheet.get_latest_revision().publish()
        sheet = InitiativePage.objects.get(pk=sheet.pk)
    if state.value.startswith("online_"):
        text = text_of(sheet=sheet)
        text.summary = "Autre chapô"
        save_text(text=text, user=reviewer)
        sheet = InitiativePage.objects.get(pk=sheet.pk)
    if state in {
        SheetState.IN_REVIEW,
        SheetState.TO_CORRECT,
        SheetState.ONLINE_IN_REVIEW,
        SheetState.ONLINE_TO_CORRECT,
    }:
        workflow_state = sheet.get_workflow().start(sheet, sheet.owner)
        if state in {SheetState.TO_CORRECT, SheetState.ONLINE_TO_CORRECT}:
            workflow_state.current_task_state.reject(user=reviewer, comment="À préciser")
    if state == SheetState.RETIRED:
        sheet.unpublish()
    if state == SheetState.ARCHIVED:
        sheet.unpublish()
        sheet.dossier.archived_at = timezone.now()
        sheet.dossier.save()
    return InitiativePage.objects.get(pk=sheet.pk)


def page(client, user, query="") -> str:
    client.force_login(user)
    response = client.get(f"/espace/{query}")
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    return response.content.decode()


def test_an_anonymous_visitor_is_asked_to_sign_in(client, home):
    response = client.get("/espace/")
    assert response.status_code == 302
    assert response["Location"].startswith("/compte/connexion/")


def test_a_person_without_a_structure_is_led_to_ask_for_one(client, home):
    client.force_login(UserFactory())
    assert client.get("/espace/")["Location"] == reverse("organisation-join")


def test_a_person_who_has_no_sheet_reads_how_to_begin(client, awa):
    html = page(client, awa)
    assert "Aucune fiche pour l’instant." in html
    assert reverse("sheet-new") in html


@pytest.mark.parametrize("state", SheetState, ids=lambda state: state.value)
def test_the_list_and_the_sheet_agree_on_every_state(client, awa, state):
    sheet = put_in(draft(awa), state)
    assert state_of(sheet=sheet) == state
    assert listed_sheets(user=awa).get().listed_state == state.value
    assert state.label in page(client, awa)


def test_a_review_says_since_when_it_waits(client, awa):
    sheet = put_in(draft(awa), SheetState.IN_REVIEW)
    task_state = WorkflowState.objects.get(object_id=str(sheet.pk)).current_task_state
    task_state.started_at = timezone.make_aware(timezone.datetime(2026, 3, 2, 9))
    task_state.save()
    assert "depuis le 2 mars 2026" in page(client, awa)


def test_a_sheet_that_left_the_site_says_so_and_since_when(client, awa):
    sheet = put_in(draft(awa), SheetState.RETIRED)
    Exchange.objects.filter(page=sheet).update(created_at=timezone.make_aware(timezone.datetime(2026, 3, 2, 9)))
    for html in (page(client, awa), page(client, awa, "?etat=retiree"), page(client, awa, f"fiches/{sheet.pk}/")):
        assert "Retirée du site" in html
        assert "le 2 mars 2026" in html
        assert "Brouillon" not in html
    assert page(client, awa, "?etat=brouillon").count("hub-space-row__title") == 0


def test_what_is_asked_comes_first(awa, client):
    to_correct = put_in(draft(awa, "À reprendre"), SheetState.TO_CORRECT)
    to_confirm = put_in(draft(awa, "À confirmer"), SheetState.ONLINE)
    to_confirm.dossier.confirmation_asked_at = timezone.now()
    to_confirm.dossier.save()
    latest = draft(awa, "La dernière écrite")
    titles = [row.title for row in rows(sheets=listed_sheets(user=awa))]
    assert titles == [to_correct.title, to_confirm.title, latest.title]
    html = page(client, awa)
    assert "La Dihal demande une correction." in html
    assert "est-elle toujours d’actualité" in html
    to_confirm.dossier.confirmed_at = timezone.now()
    to_confirm.dossier.save()
    assert "est-elle toujours d’actualité" not in page(client, awa)


def test_a_row_says_who_did_what_last(awa, client):
    sheet = draft(awa)
    assert "Modifiée par Awa Diop" in page(client, awa)
    Exchange.objects.create(
        page=sheet, kind=ExchangeKind.RETURNED, is_from_dihal=True, created_at=timezone.now() + timedelta(seconds=5)
    )
    html = page(client, awa)
    assert "Renvoyée pour correction par la Dihal" in html
    assert "Modifiée par Awa Diop" not in html


def test_the_title_is_the_one_being_written(awa, client):
    sheet = put_in(draft(awa, "Titre en ligne"), SheetState.ONLINE)
    text = text_of(sheet=locked(pk=sheet.pk))
    text.title = "Titre de demain"
    save_text(text=text, user=awa)
    assert "Titre de demain" in page(client, awa)
    draft(awa, "")
    assert UNTITLED in page(client, awa)


def test_a_filter_keeps_the_sheets_of_its_states(awa, client):
    put_in(draft(awa, "Fiche publiée"), SheetState.ONLINE)
    draft(awa, "Fiche commencée")
    html = page(client, awa, "?etat=en-ligne")
    assert "Fiche publiée" in html
    assert "Fiche commencée" not in html
    assert "Brouillons (1)" in html
    both = page(client, awa, "?etat=%00nimporte")
    assert "Fiche publiée" in both
    assert "Fiche commencée" in both
    assert "Aucune fiche dans cet état" in page(client, awa, "?etat=archivee")


def test_long_lists_are_read_page_by_page(awa, client):
    for number in range(21):
        draft(awa, f"Fiche numéro {number}")
    assert "Fiche numéro 20" in page(client, awa)
    assert "Fiche numéro 0<" in page(client, awa, "?page=2")
    # Whatever is asked, a page of the list answers.
    assert "Fiche numéro 0<" in page(client, awa, "?page=999999999999999999999")
    assert "Fiche numéro 20" in page(client, awa, "?page=%C2%B2")


def test_the_number_of_queries_does_not_grow_with_the_list(awa, client):
    client.force_login(awa)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/espace/").status_code == 200
        return len(captured)

    put_in(draft(awa), SheetState.IN_REVIEW)
    queries()  # what is cached for good is
    with_one = queries()
    for state in (SheetState.TO_CORRECT, SheetState.ONLINE, SheetState.ONLINE_IN_REVIEW, SheetState.ARCHIVED):
        sheet = put_in(draft(awa, state.label), state)
        Exchange.objects.create(page=sheet, kind=ExchangeKind.MESSAGE, author=awa, author_name=str(awa))
    assert queries() == with_one
    assert with_one <= 12


def test_another_structure_s_sheets_are_not_there(client, awa):
    other = MembershipFactory(organisation=OrganisationFactory(name="Autre"))
    draft(other.user, "Secret des autres")
    assert "Secret des autres" not in page(client, awa)


def test_a_pending_request_is_told(client, awa):
    AccessRequestFactory(user=awa, organisation=OrganisationFactory(name="Soliha Ain"))
    html = page(client, awa)
    assert "Votre demande pour Soliha Ain" in html
    assert "attend la réponse de la Dihal" in html


def test_reading_the_list_writes_nothing(client, awa):
    draft(awa)
    before = Revision.objects.count()
    page(client, awa)
    assert Revision.objects.count() == before


def test_under_review_the_day_of_the_answer_is_told(client, home):
    user = MembershipFactory(organisation=OrganisationFactory(name="ADIL")).user
    sheet = put_in(draft(user), SheetState.IN_REVIEW)
    day = date_format(expected_by(timezone.now()), "j F Y")
    assert f"réponse attendue le {day} au plus tard" in page(client, user)
    assert f"réponse attendue le {day} au plus tard" in client.get(reverse("sheet", args=[sheet.pk])).content.decode()
    returned = put_in(draft(user, title="Autre"), SheetState.TO_CORRECT)
    assert "réponse attendue" not in client.get(reverse("sheet", args=[returned.pk])).content.decode()


def test_a_newcomer_without_a_structure_finds_the_export_and_the_end_of_the_account(client, home):
    client.force_login(UserFactory())
    page = read_html(client.get("/espace/", follow=True))
    account = read_html(client.get(page.select_one(".hub-person a[href='/compte/']")["href"]))
    assert link(account, "Télécharger mes données") == "/compte/export/"
    assert link(account, "Supprimer mon compte") == "/compte/suppression/"
