"""Who registered, for the editors of the workshop and for nobody else."""

import io

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook
from pytest_django.asserts import assertContains, assertRedirects
from wagtail.models import GroupPagePermission, PageLogEntry

from events.models import WorkshopPage
from events.registrations.models import Registration
from hub.accounts.personal_data import delete_account, personal_data
from tests.events.registrations.conftest import sign_up, state_of, subjects
from tests.factories import UserFactory, WorkshopPageFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def everybody(workshop, kind):
    sign_up(workshop, "awa", kind=kind, question="=HYPERLINK(1)")
    sign_up(workshop, "boris", structure="+33")
    sign_up(workshop, "chloe")


def person(*, page=None) -> Client:
    """Somebody who enters the administration, and edits ``page`` alone, if one is given."""
    user = UserFactory(is_staff=True)
    group = Group.objects.create(name=user.email)
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    if page is not None:
        permission = Permission.objects.get(codename="change_page")
        GroupPagePermission.objects.create(group=group, page=page, permission=permission)
    user.groups.add(group)
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def editor(workshop) -> Client:
    return person(page=workshop)


def address(workshop, end="/"):
    return f"/gestion/ateliers/{workshop.pk}/inscriptions{end}"


def test_the_editor_of_the_workshop_sees_who_comes(editor, workshop, everybody):
    assertContains(editor.get("/gestion/ateliers/inscriptions/"), "90e atelier")
    page = editor.get(address(workshop))
    for words in ("awa@adil.example", "Inscrit : 2", "Liste d’attente : 1", "Places libres : 0 sur 2"):
        assertContains(page, words)
    assertContains(editor.get(f"/gestion/pages/{workshop.pk}/edit/"), address(workshop))


def test_nobody_else_does_from_any_address(editor, workshop, everybody):
    other = WorkshopPageFactory()
    one = Registration.objects.get(email="awa@adil.example")
    ends = ("/", ".csv", ".xlsx", "/presences/", f"/{one.pk}/")
    strangers = (Client(), person(), person(page=other))
    for stranger in strangers:
        for end in ends:
            for answer in (
                stranger.get(address(workshop, end)),
                stranger.post(address(workshop, end), {"action": "annuler"}),
            ):
                assert answer.status_code in {302, 403, 405}, (end, answer.status_code)
                assert b"awa@" not in answer.content
    # Nor by the address of one's own workshop, with somebody else's key.
    assert person(page=other).post(address(other, f"/{one.pk}/"), {"action": "annuler"}).status_code == 404
    assert state_of("awa") == "inscrit"
    assert not PageLogEntry.objects.filter(action__startswith="events.").exists()


def test_an_editor_cancels_and_gives_a_seat_out_of_turn(editor, workshop, everybody):
    sign_up(workshop, "david")
    david, boris = (Registration.objects.get(email=f"{name}@adil.example") for name in ("david", "boris"))
    assertRedirects(editor.post(address(workshop, f"/{david.pk}/"), {"action": "placer"}), address(workshop))
    assert (state_of("chloe"), state_of("david")) == ("attente", "inscrit")
    editor.post(address(workshop, f"/{boris.pk}/"), {"action": "annuler"})
    assert (state_of("boris"), state_of("chloe")) == ("annule", "attente")  # three had two seats
    assert subjects("boris") == ["Inscription confirmée", "Inscription annulée"]
    editor.post(address(workshop, f"/{boris.pk}/"), {"action": "tout-casser"})
    assert PageLogEntry.objects.filter(page=workshop.pk, action="events.act_on_registration").count() == 2


def test_the_list_is_exported_without_formulas_and_noted(editor, workshop, everybody):
    text = editor.get(address(workshop, ".csv")).content.decode("utf-8-sig")
    assert text.splitlines()[0].startswith("nom;adresse électronique;structure")
    assert "'=HYPERLINK(1)" in text
    assert "'+33" in text
    content = editor.get(address(workshop, ".xlsx")).content
    rows = list(load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True))
    assert len(rows) == 4
    assert {"'=HYPERLINK(1)", "'+33"} <= {cell for row in rows for cell in row}
    entries = PageLogEntry.objects.filter(page=workshop.pk, action="events.export_registrations").order_by("pk")
    assert [entry.data for entry in entries] == [{"format": "csv", "count": 3}, {"format": "xlsx", "count": 3}]


def test_attendance_is_shown_noted_then_offered_to_the_recap(editor, workshop, everybody, kind):
    table = "Name,Email,Duration (Minutes)\nAwa,awa@adil.example,60\nZoé,zoe@x.example,10\n"
    where = address(workshop, "/presences/")
    shown = editor.post(
        where, {"upload": SimpleUploadedFile("presence.csv", table.encode("utf-16")), "action": "noter"}
    )
    assertContains(shown, "n’est pas inscrit")
    assert not Registration.objects.filter(is_present=True).exists()
    noted = editor.post(where, {"content": shown.context["form"].initial["content"], "action": "noter"})
    assert noted["Location"].endswith("?presents=2#compte-rendu")
    assert Registration.objects.get(is_present=True).minutes_present == 60
    assertContains(editor.get(address(workshop, "/?presents=2")), 'value="2"')
    assertRedirects(
        editor.post(address(workshop), {"participants": "2"}),
        f"/gestion/pages/{workshop.pk}/edit/",
        fetch_redirect_response=False,
    )
    page = WorkshopPage.objects.get(pk=workshop.pk)
    assert page.participants_count is None  # nothing is published without the editor
    draft = page.get_latest_revision_as_object()
    assert (draft.participants_count, list(draft.structure_kinds.all())) == (2, [kind])


@pytest.mark.parametrize("data", [{}, {"content": "Bonjour"}, {"upload": SimpleUploadedFile("a.csv", b"%PDF\x00")}])
def test_what_is_no_table_is_told_and_kept(editor, workshop, data):
    refused = editor.post(address(workshop, "/presences/"), data)
    assert refused.status_code == 422
    assertContains(refused, data.get("content", "") if "content" in data else "Erreur", status_code=422)


@pytest.mark.parametrize("count", ["", "0", "-3", "trois", "9" * 30])
def test_a_number_that_is_none_goes_nowhere(editor, workshop, count):
    assertRedirects(editor.post(address(workshop), {"participants": count}), address(workshop))
    assert WorkshopPage.objects.get(pk=workshop.pk).get_latest_revision_as_object().participants_count is None


def test_a_person_has_her_data_and_takes_them_away(workshop, everybody):
    user = UserFactory(email="awa@adil.example")
    assert personal_data(user=user)["inscriptions_aux_ateliers"][0]["question"] == "=HYPERLINK(1)"
    delete_account(user=user)
    assert not Registration.objects.filter(email="awa@adil.example").exists()
    assert state_of("chloe") == "inscrit"
