"""A reader, without an account, says that something on a published sheet is wrong."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import PageViewRestriction

from hub.mail.models import OutgoingMail
from hub.pages.models import HomePage
from initiatives.enums import ExchangeKind, ReportState
from initiatives.models import ErrorReport, Exchange
from initiatives.reporting import report_error, settle
from initiatives.upkeep.rounds import forget_addresses
from tests.factories import InitiativePageFactory
from tests.initiatives.upkeep_scene import Scene, build_scene, mails
from tests.support.html import link, read_html, words

pytestmark = pytest.mark.django_db

ADDRESS = "/initiatives/colocation/signaler/"
WRONG = "Le bailleur n’est plus le même <depuis> 2024."


@pytest.fixture
def scene(home: HomePage) -> Scene:
    return build_scene()


def test_the_sheet_leads_to_the_form_and_reading_sets_no_cookie(client: Client, scene: Scene):
    page = client.get(scene.sheet.url)
    assert not page.cookies
    assert link(read_html(page).main, "Signaler une erreur") == ADDRESS
    form = read_html(client.get(ADDRESS))
    assert form.find("label", attrs={"for": "id_text"})
    assert form.find(id="id_text")["aria-describedby"] == "id_text_helptext"
    assert form.find(id="id_email")["autocomplete"] == "email"


def test_a_report_reaches_the_members_and_dihal_and_the_thread(client: Client, scene: Scene):
    sent = client.post(ADDRESS, {"text": WRONG, "email": "lecteur@exemple.example"})
    assert sent.status_code == 302
    assert "Votre signalement est transmis" in words(read_html(client.get(sent.url)).main)
    report = ErrorReport.objects.get()
    assert (report.text, report.email, report.state) == (WRONG, "lecteur@exemple.example", ReportState.NEW)
    exchange = Exchange.objects.get(kind=ExchangeKind.ERROR_REPORTED)
    assert exchange.text == WRONG
    assert "lecteur@exemple.example" not in f"{exchange.author_name} {exchange.text}"
    [member] = mails(to="anne@adil.example")
    [dihal] = mails(to="dihal@dihal.example")
    for mail in (member, dihal):
        assert WRONG in mail.text
        assert "lecteur@exemple.example" in mail.text
    assert reverse("sheet", args=[scene.sheet.pk]) in member.text
    assert "/gestion/" in dihal.text
    assert "/gestion/" not in member.text


def test_the_thread_says_once_who_reported(client: Client, scene: Scene):
    client.post(ADDRESS, {"text": WRONG})
    client.force_login(scene.anne)
    for name in ("sheet", "sheet-exchanges", "space"):
        said = words(read_html(client.get(reverse(name, args=[scene.sheet.pk] if name != "space" else []))).main)
        assert "Erreur signalée" in said
        assert "par un lecteur" in said
        assert "lecteur par" not in said
        assert "lecteur, par" not in said


def test_an_address_is_not_required_but_a_text_is(client: Client, scene: Scene):
    assert client.post(ADDRESS, {"text": WRONG}).status_code == 302
    for posted, kept in (
        ({"text": "  ", "email": "x@y.example"}, "x@y.example"),
        ({"text": WRONG, "email": "pas une adresse"}, "pas une adresse"),
        ({"text": "a" * 2001}, "a" * 2001),
        ({"text": "nul\x00"}, "nul"),
    ):
        refused = client.post(ADDRESS, posted)
        assert refused.status_code == 422
        document = refused.content.decode()
        assert "<title>Erreur : " in document
        assert 'role="alert"' in document
        assert "Votre signalement n’est pas encore envoyé" in document
        assert kept in document
    assert ErrorReport.objects.count() == 1


def test_an_error_is_linked_to_its_field(client: Client, scene: Scene):
    refused = client.post(ADDRESS, {"text": ""}).content.decode()
    assert 'href="#id_text"' in refused
    assert 'id="id_text_error"' in refused
    assert 'aria-describedby="id_text_helptext id_text_error"' in refused
    assert 'aria-invalid="true"' in refused


def test_a_robot_is_thanked_and_forgotten(client: Client, scene: Scene):
    sent = client.post(ADDRESS, {"text": "Achetez", "website": "https://spam.example"})
    assert sent.status_code == 302
    assert not ErrorReport.objects.exists()
    assert not OutgoingMail.objects.exists()


def test_the_button_pressed_twice_is_one_report(client: Client, scene: Scene):
    for _ in range(2):
        client.post(ADDRESS, {"text": WRONG})
    assert ErrorReport.objects.count() == 1
    assert len(mails(to="anne@adil.example")) == 1


def test_twenty_tries_are_too_many(client: Client, scene: Scene):
    answers = [client.post(ADDRESS, {"text": f"Essai {number}"}) for number in range(21)]
    assert answers[-1].status_code == 429
    assert int(answers[-1]["Retry-After"]) > 0
    assert ErrorReport.objects.count() < 21


def test_only_a_sheet_everybody_reads_can_be_reported(client: Client, scene: Scene):
    draft = InitiativePageFactory(title="Brouillon secret", slug="brouillon", live=False)
    private = InitiativePageFactory(title="Fiche réservée", slug="reservee")
    PageViewRestriction.objects.create(page=private, restriction_type=PageViewRestriction.LOGIN)
    for slug in (draft.slug, private.slug, "n-existe-pas"):
        for method in (client.get, client.post):
            answer = method(f"/initiatives/{slug}/signaler/", {"text": WRONG})
            assert answer.status_code == 404
            assert "secret" not in answer.content.decode()
            assert "réservée" not in answer.content.decode()


def test_a_reviewer_lists_the_reports_and_marks_one_as_settled(client: Client, scene: Scene):
    report = report_error(sheet=scene.sheet, text=WRONG, email="", now=timezone.now())
    client.force_login(scene.dihal)
    listing = client.get(reverse("error_reports:index")).content.decode()
    assert "Le bailleur n’est plus le même &lt;depuis&gt;" in listing
    address = reverse("error-report-settle", args=[report.pk])
    assert address in listing
    assert client.get(address).status_code == 405
    assert client.post(address).status_code == 302
    report.refresh_from_db()
    assert report.state == ReportState.CLOSED
    assert report.closed_at is not None
    assert Exchange.objects.get(kind=ExchangeKind.ERROR_REPORTED).resolved_at == report.closed_at
    assert address not in client.get(reverse("error_reports:index")).content.decode()


def test_the_form_of_a_report_settles_it_too_and_nothing_else_of_it_changes(client: Client, scene: Scene):
    report = report_error(sheet=scene.sheet, text=WRONG, email="", now=timezone.now())
    client.force_login(scene.dihal)
    address = reverse("error_reports:edit", args=[report.pk])
    assert client.get(address).status_code == 200
    assert client.post(address, {"state": ReportState.CLOSED, "text": "autre chose"}).status_code == 302
    report.refresh_from_db()
    assert (report.state, report.text) == (ReportState.CLOSED, WRONG)
    assert report.closed_at is not None
    assert client.get(reverse("error_reports:add")).status_code in {302, 403}


def test_a_settled_report_s_address_is_forgotten_after_a_year(scene: Scene):
    now = timezone.now()
    report = report_error(sheet=scene.sheet, text=WRONG, email="lecteur@exemple.example", now=now)
    settle(report=report, now=now)
    assert forget_addresses(now=now + timedelta(days=364)) == 0
    assert forget_addresses(now=now + timedelta(days=366), is_dry_run=True) == 1
    assert forget_addresses(now=now + timedelta(days=366)) == 1
    report.refresh_from_db()
    assert (report.email, report.text) == ("", WRONG)
