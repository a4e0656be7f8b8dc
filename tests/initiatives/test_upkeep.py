"""« Est-ce toujours vrai ? »: asked each year, answered in one click, archived when nobody answers."""

from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from hub.accounts.models import Membership
from hub.mail.models import OutgoingMail
from hub.pages.models import HomePage
from hub.refusals import Refused
from initiatives.drafts import save_text, text_of
from initiatives.enums import ExchangeKind, SheetState
from initiatives.models import Dossier, Exchange, InitiativePage
from initiatives.states import state_of
from initiatives.upkeep.confirming import archive, bring_back, confirm, confirmation_token
from initiatives.upkeep.rounds import Action, keep_alive
from tests.factories import InitiativePageFactory, MembershipFactory, UserFactory
from tests.initiatives.upkeep_scene import Scene, build_scene, link_in, mails
from tests.support.html import read_html, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(home: HomePage) -> Scene:
    return build_scene(published_days_ago=366)


def actions(now: datetime, *, is_dry_run: bool = False) -> list[Action]:
    return [step.action for step in keep_alive(now=now, is_dry_run=is_dry_run)]


def kinds(scene: Scene) -> list[str]:
    return list(Exchange.objects.filter(page=scene.sheet).values_list("kind", flat=True))


def submit(scene: Scene) -> None:
    sheet = InitiativePage.objects.get(pk=scene.sheet.pk)
    text = text_of(sheet=sheet)
    text.summary = "Une mise à jour."
    save_text(text=text, user=scene.anne)
    sheet.refresh_from_db()
    sheet.get_workflow().start(sheet, scene.anne)


def test_nothing_is_asked_before_a_year(scene: Scene):
    assert actions(scene.after(364)) == []
    assert mails(to="anne@adil.example") == []


def test_the_whole_year_of_a_sheet_nobody_answers_for(scene: Scene):
    assert actions(scene.after(365)) == [Action.ASK]
    assert actions(scene.after(394)) == []
    assert actions(scene.after(395)) == [Action.REMIND]
    assert actions(scene.after(424)) == []
    assert actions(scene.after(425)) == [Action.REMIND]
    assert actions(scene.after(454)) == []
    assert actions(scene.after(455)) == [Action.ARCHIVE]
    assert actions(scene.after(456)) == []
    asked, first, second, archived = mails(to="anne@adil.example")
    assert asked.subject == "Votre fiche « Une colocation à Bourg » est-elle toujours vraie ?"
    assert first.subject.startswith("Rappel : votre fiche")
    assert second.subject.startswith("Rappel : votre fiche")
    assert "ADIL de l’Ain" in asked.text
    assert archived.subject == "Fiche archivée : « Une colocation à Bourg »"
    assert reverse("sheet", args=[scene.sheet.pk]) in archived.text
    sheet = InitiativePage.objects.get(pk=scene.sheet.pk)
    assert not sheet.live
    assert state_of(sheet=sheet) == SheetState.ARCHIVED
    assert kinds(scene) == [ExchangeKind.CONFIRMATION_ASKED, ExchangeKind.ARCHIVED]


def test_running_again_the_same_day_writes_nothing_twice(scene: Scene):
    for days in (365, 395, 425, 455):
        actions(scene.after(days))
        before = OutgoingMail.objects.count(), Exchange.objects.count()
        assert actions(scene.after(days)) == []
        assert (OutgoingMail.objects.count(), Exchange.objects.count()) == before


def test_a_dry_run_says_the_same_and_does_nothing(scene: Scene):
    assert actions(scene.after(365), is_dry_run=True) == [Action.ASK]
    assert scene.dossier.confirmation_asked_at is None
    assert OutgoingMail.objects.count() == 0
    assert actions(scene.after(365)) == [Action.ASK]


def test_a_command_that_stopped_for_months_takes_no_time_away_from_anybody(scene: Scene):
    actions(scene.after(365))
    assert actions(scene.after(500)) == [Action.REMIND]
    assert actions(scene.after(501)) == []
    assert actions(scene.after(530)) == [Action.REMIND]
    assert actions(scene.after(559)) == []
    assert actions(scene.after(560)) == [Action.ARCHIVE]


def test_a_sheet_of_dihal_or_offline_or_in_review_is_left_alone(scene: Scene):
    Dossier.objects.filter(page=scene.sheet).update(steward=None)
    assert actions(scene.after(400)) == []
    Dossier.objects.filter(page=scene.sheet).update(steward=scene.steward)
    submit(scene)
    assert actions(scene.after(400)) == [Action.WAIT_FOR_REVIEW]
    assert not [mail for mail in mails(to="anne@adil.example") if "confirmation" in mail.key]
    InitiativePage.objects.filter(pk=scene.sheet.pk).update(live=False)
    assert actions(scene.after(400)) == []


def test_a_structure_without_members_loses_no_sheet_and_dihal_is_told(scene: Scene):
    Membership.objects.all().delete()
    assert actions(scene.after(365)) == [Action.ASK_DIHAL]
    [told] = mails(to="dihal@dihal.example")
    assert "n’a aucun membre" in told.text
    assert actions(scene.after(600)) == [Action.WAIT_FOR_MEMBERS]
    assert InitiativePage.objects.get(pk=scene.sheet.pk).live


def test_the_command_says_what_it_does_line_by_line(scene: Scene):
    said = StringIO()
    call_command("keep_sheets_alive", "--dry-run", stdout=said)
    assert f"{scene.sheet.pk} « Une colocation à Bourg » : confirmation demandée" in said.getvalue()
    assert "Essai, rien n’a été fait. 1 fiche(s) concernée(s)." in said.getvalue()
    assert scene.dossier.confirmation_asked_at is None
    said = StringIO()
    call_command("keep_sheets_alive", stdout=said)
    assert "1 fiche(s) concernée(s)." in said.getvalue()
    assert scene.dossier.confirmation_asked_at is not None


# --- the link --------------------------------------------------------------------------------------------------------


@pytest.fixture
def link(scene: Scene) -> str:
    assert actions(timezone.now()) == [Action.ASK]
    return link_in(mails(to="anne@adil.example")[0], under="/confirmer/")


def test_reading_the_link_changes_nothing_and_answering_needs_no_account(client: Client, scene: Scene, link: str):
    before = Dossier.objects.values().get(page=scene.sheet), kinds(scene)
    for method in (client.head, client.get, client.get, client.get):
        assert method(link).status_code == 200
    assert (Dossier.objects.values().get(page=scene.sheet), kinds(scene)) == before
    assert "Une colocation à Bourg" in words(read_html(client.get(link)).main)
    thanked = client.post(link, {"answer": "vrai"})
    assert "est confirmée" in words(read_html(thanked).main)
    assert scene.dossier.confirmed_by == "Anne Martin"
    assert scene.dossier.confirmation_asked_at is None
    assert kinds(scene)[-1] == ExchangeKind.CONFIRMED
    assert actions(timezone.now() + timedelta(days=364)) == []
    assert actions(timezone.now() + timedelta(days=366)) == [Action.ASK]


def test_a_link_serves_once_and_says_so_then(client: Client, scene: Scene, link: str):
    client.post(link, {"answer": "vrai"})
    for again in (client.get(link), client.post(link, {"answer": "a-archiver"})):
        assert again.status_code == 410
        assert "Ce lien a déjà servi" in again.content.decode()
    assert InitiativePage.objects.get(pk=scene.sheet.pk).live


def test_a_link_of_a_former_round_says_the_sheet_changed_since(client: Client, scene: Scene, link: str):
    InitiativePage.objects.get(pk=scene.sheet.pk).get_latest_revision().publish()
    old = client.get(link)
    assert old.status_code == 410
    assert "n’a plus d’objet" in old.content.decode()


def test_a_reminder_s_link_and_the_first_one_are_both_good(client: Client, scene: Scene, link: str):
    actions(timezone.now() + timedelta(days=31))
    reminder = link_in(mails(to="anne@adil.example")[1], under="/confirmer/")
    assert reminder != link
    assert client.get(link).status_code == 200
    client.post(reminder, {"answer": "vrai"})
    assert client.get(link).status_code == 410


def test_a_link_expires(client: Client, scene: Scene):
    token = confirmation_token(dossier=scene.dossier, user=scene.anne, now=timezone.now() - timedelta(days=121))
    gone = client.post(reverse("sheet-confirm-by-link", args=[token]), {"answer": "vrai"})
    assert gone.status_code == 410
    assert "a expiré" in gone.content.decode()
    assert scene.dossier.confirmed_at is None


def test_a_forged_link_is_nobody_s(client: Client, scene: Scene, link: str):
    other = InitiativePageFactory(title="Autre")
    stolen = confirmation_token(dossier=Dossier.objects.create(page=other), user=scene.anne, now=timezone.now())
    for forged in (link[:-5] + "AAAA/", "/confirmer/n-importe-quoi/", "/confirmer/:::/", "/confirmer/%00/"):
        answer = client.post(forged, {"answer": "vrai"})
        assert answer.status_code == 404, forged
        assert "n’est pas valable" in answer.content.decode()
    assert client.get(reverse("part-answer", args=[link.split("/")[2]])).status_code == 404
    assert client.get(reverse("sheet-confirm-by-link", args=[stolen])).status_code == 403


def test_whoever_left_the_structure_cannot_answer_for_it(client: Client, scene: Scene, link: str):
    Membership.objects.all().delete()
    refused = client.post(link, {"answer": "a-archiver"})
    assert refused.status_code == 403
    assert InitiativePage.objects.get(pk=scene.sheet.pk).live


def test_an_answer_that_is_none_is_asked_again(client: Client, scene: Scene, link: str):
    for posted in ({}, {"answer": "peut-être"}, {"answer": "vrai\x00"}):
        again = client.post(link, posted)
        assert again.status_code == 422
        assert "<title>Erreur :" in again.content.decode()
    assert scene.dossier.confirmed_at is None


def test_to_update_leads_to_the_space_and_gives_time(client: Client, scene: Scene, link: str):
    answer = client.post(link, {"answer": "a-mettre-a-jour"})
    assert answer.url == reverse("sheet", args=[scene.sheet.pk])
    assert scene.dossier.confirmed_at is None
    assert actions(timezone.now() + timedelta(days=29)) == []
    assert client.get(link).status_code == 200


def test_to_archive_takes_the_sheet_off_the_site_and_tells_everybody(client: Client, scene: Scene, link: str):
    zoe = MembershipFactory(user=UserFactory(email="zoe@adil.example"), organisation=scene.steward).user
    assert "est archivée" in words(read_html(client.post(link, {"answer": "a-archiver"})).main)
    assert client.get(scene.sheet.url).status_code == 410
    assert "Anne Martin a archivé" in mails(to=zoe.email)[-1].text
    assert client.get(link).status_code == 410
    assert OutgoingMail.objects.filter(subject__contains="Fiche archivée").count() == 2


# --- in the space ----------------------------------------------------------------------------------------------------


def test_a_member_confirms_and_the_public_sheet_says_so(client: Client, scene: Scene):
    client.force_login(scene.anne)
    client.post(reverse("sheet-confirm", args=[scene.sheet.pk]))
    assert scene.dossier.confirmed_by == "Anne Martin"
    client.logout()
    text = words(read_html(client.get(scene.sheet.url)).main)
    assert f"Confirmée en {date_format(timezone.localdate(), 'F Y')}" in text


def test_a_publication_is_no_confirmation_for_the_reader(client: Client, scene: Scene):
    InitiativePage.objects.get(pk=scene.sheet.pk).get_latest_revision().publish()
    assert "Confirmée en" not in words(read_html(client.get(scene.sheet.url)).main)


def test_a_member_archives_after_a_confirmation_and_brings_back(client: Client, scene: Scene):
    client.force_login(scene.anne)
    address = reverse("sheet-archive", args=[scene.sheet.pk])
    assert "Rien n’en sera effacé" in words(read_html(client.get(address)).main)
    assert InitiativePage.objects.get(pk=scene.sheet.pk).live
    client.post(address)
    sheet = InitiativePage.objects.get(pk=scene.sheet.pk)
    assert state_of(sheet=sheet) == SheetState.ARCHIVED
    assert ExchangeKind.UNPUBLISHED not in kinds(scene)
    client.post(reverse("sheet-bring-back", args=[scene.sheet.pk]))
    sheet = InitiativePage.objects.get(pk=scene.sheet.pk)
    assert state_of(sheet=sheet) == SheetState.RETIRED
    assert not sheet.live


def test_an_archived_sheet_sent_for_review_has_left_the_archives(scene: Scene):
    archive(sheet=scene.sheet, user=scene.anne, now=timezone.now())
    submit(scene)
    assert state_of(sheet=InitiativePage.objects.get(pk=scene.sheet.pk)) == SheetState.IN_REVIEW


def test_a_sheet_in_review_is_not_archived_nor_one_that_is_there_already(scene: Scene):
    with pytest.raises(Refused, match="n’est pas archivée"):
        bring_back(sheet=scene.sheet, user=scene.anne, now=timezone.now())
    submit(scene)
    with pytest.raises(Refused, match="en relecture"):
        archive(sheet=scene.sheet, user=scene.anne, now=timezone.now())
    assert InitiativePage.objects.get(pk=scene.sheet.pk).live


@pytest.mark.parametrize("name", ["sheet-confirm", "sheet-archive", "sheet-bring-back", "sheet-parts"])
def test_nobody_else_acts_on_the_sheet(client: Client, scene: Scene, name: str):
    address = reverse(name, args=[scene.sheet.pk])
    assert client.post(address).status_code == 302
    client.force_login(MembershipFactory().user)
    for method in (client.get, client.post):
        response = method(address)
        assert response.status_code in {404, 405}
        assert "colocation" not in response.content.decode()
    assert InitiativePage.objects.get(pk=scene.sheet.pk).live
    assert scene.dossier.confirmed_at is None


# --- in the administration -------------------------------------------------------------------------------------------


def test_a_reviewer_sees_what_is_to_be_confirmed_and_confirms_by_hand(client: Client, scene: Scene):
    client.force_login(scene.dihal)
    report = client.get(reverse("sheets-to-confirm"))
    assert report.status_code == 200
    assert "Une colocation à Bourg" in report.content.decode()
    assert "ADIL de l’Ain" in report.content.decode()
    client.post(reverse("sheet-confirm-by-hand", args=[scene.dossier.pk]))
    assert scene.dossier.confirmed_by == "Denis Dihal"
    assert Exchange.objects.get(page=scene.sheet, kind=ExchangeKind.CONFIRMED).is_from_dihal


def test_a_reviewer_gives_a_sheet_to_a_structure(client: Client, scene: Scene):
    orphan = InitiativePageFactory(title="Sans structure")
    client.force_login(scene.dihal)
    assert client.get(reverse("sheet_dossiers:index")).status_code == 200
    added = client.post(
        reverse("sheet_dossiers:add"), {"page": orphan.pk, "steward": scene.steward.pk, "external_id": ""}
    )
    assert added.status_code == 302
    dossier = Dossier.objects.get(page=orphan)
    assert dossier.steward == scene.steward
    assert client.get(reverse("sheet_dossiers:edit", args=[dossier.pk])).status_code == 200


@pytest.mark.parametrize("group", ["Relecture Dihal", "Moderators", "Editors"])
def test_the_groups_of_dihal_may(scene: Scene, group: str):
    editor = UserFactory()
    editor.groups.add(Group.objects.get(name=group))
    assert editor.has_perms(["initiatives.change_dossier", "initiatives.change_errorreport"])


def test_a_partner_does_not_enter(client: Client, scene: Scene):
    client.force_login(scene.anne)
    for name in ("sheets-to-confirm", "sheet_dossiers:index", "error_reports:index"):
        assert client.get(reverse(name)).status_code in {302, 403}
    client.post(reverse("sheet-confirm-by-hand", args=[scene.dossier.pk]))
    assert scene.dossier.confirmed_at is None


def test_confirming_twice_at_once_is_no_harm(scene: Scene):
    for _ in range(2):
        confirm(sheet=scene.sheet, user=scene.anne, now=timezone.now())
    assert scene.dossier.confirmed_at is not None
