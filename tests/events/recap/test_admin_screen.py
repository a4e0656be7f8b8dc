"""The screen of the admin: paste or upload, read what was understood, create the draft."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from wagtail.models import GroupPagePermission
from wagtail.test.utils.form_data import nested_form_data, querydict_from_html, streamfield

from events.models import Replay, WorkshopIndexPage, WorkshopPage
from events.recap.screens import MAX_FORM_BYTES
from hub.accounts.models import User
from tests.events.recap.conftest import SAMPLES
from tests.factories import WorkshopPageFactory

pytestmark = pytest.mark.django_db

URL = "/gestion/ateliers/importer/"
TEXT = (
    "Retour sur le 12e atelier de la Dihal « Le bail glissant » du 3 mars 2022\n\nOrganisé par la Dihal et "
    "le Club du bail, "
    "l’atelier a réuni 90 participants.\n\nLa Gironde a témoigné.\n\nContact : club@exemple.fr\n"
)


def person(name, *, may_add):
    user = User.objects.create_user(name, password="a")
    group = Group.objects.create(name=f"Groupe de {name}")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    if may_add:
        GroupPagePermission.objects.create(group=group, page=WorkshopIndexPage.objects.get(), permission_type="add")
    user.groups.add(group)
    return user


@pytest.fixture
def editor(client, stocked):
    client.force_login(person("editrice", may_add=True))
    return client


def test_the_screen_asks_to_sign_in(client, home):
    for response in (client.get(URL), client.post(URL, {"content": TEXT, "action": "create"})):
        assert response.status_code == 302
        assert response["Location"].startswith("/compte/connexion/")
    assert not WorkshopPage.objects.exists()


def test_somebody_who_may_not_add_a_workshop_is_refused_and_sees_no_menu(client, home):
    client.force_login(person("visiteuse", may_add=False))
    for response in (client.get(URL), client.post(URL, {"content": TEXT, "action": "create"})):
        assert response.status_code == 302
        assert response["Location"] == reverse("wagtailadmin_home")
    assert not WorkshopPage.objects.exists()
    assert "Importer un atelier" not in client.get("/gestion/").content.decode()


def test_the_menu_leads_to_the_form(editor):
    assert URL in editor.get("/gestion/").content.decode()
    page = editor.get(URL).content.decode()
    assert "Importer un compte rendu" in page
    assert "Créer le brouillon" not in page


def test_a_request_from_elsewhere_is_refused(stocked):
    client = Client(enforce_csrf_checks=True)
    client.force_login(person("editrice", may_add=True))
    assert client.post(URL, {"content": TEXT, "action": "create"}).status_code == 403
    assert not WorkshopPage.objects.exists()


def test_checking_shows_what_was_understood_and_writes_nothing(editor):
    page = editor.post(URL, {"content": TEXT, "action": "check"}).content.decode()
    assert "Un brouillon sera créé." in page
    assert "Le bail glissant" in page
    assert "Gironde" in page
    assert "Club du bail" in page
    assert "Contact : club@exemple.fr" in page
    assert "Créer le brouillon" in page
    assert not WorkshopPage.objects.exists()


def test_creating_leads_to_the_editor_of_the_draft_with_its_report(editor):
    response = editor.post(URL, {"content": TEXT, "action": "create"})
    page = WorkshopPage.objects.get()
    assert not page.live
    assert page.owner.username == "editrice"
    assert response["Location"] == reverse("wagtailadmin_pages:edit", args=[page.pk])
    editing = editor.get(response["Location"]).content.decode()
    assert "Ce que l’import a compris" in editing
    assert "Club du bail" in editing


def test_a_page_that_was_not_imported_has_no_report(editor):
    page = WorkshopPage(title="Un atelier", number=5, live=False, owner=User.objects.get(username="editrice"))
    WorkshopIndexPage.objects.get().add_child(instance=page)
    editing = editor.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    assert "Ce que l’import a compris" not in editing


def test_the_draft_passes_the_checks_of_the_editing_form(editor):
    editor.post(URL, {"content": (SAMPLES / "texte-infinitifs.txt").read_text(encoding="utf-8"), "action": "create"})
    page = WorkshopPage.objects.get()
    url = reverse("wagtailadmin_pages:edit", args=[page.pk])
    sent = querydict_from_html(editor.get(url).content.decode(), form_id="page-edit-form")
    # The browser builds the fields of the free content; sent empty here.
    for name, value in nested_form_data({"programme": streamfield([]), "body": streamfield([])}).items():
        sent[name] = value
    sent["participants_count"] = "301"
    response = editor.post(url, sent)
    assert response.status_code == 302, response.context["form"].errors
    saved = WorkshopPage.objects.get()
    assert (saved.participants_count, saved.number, saved.sequences.count()) == (301, 91, 4)
    assert saved.import_report == page.import_report


@pytest.mark.parametrize("name", ["texte-infinitifs.txt", "page-drupal.html"])
def test_an_uploaded_file_is_shown_as_text_then_created_from_it(editor, name):
    upload = SimpleUploadedFile(name, (SAMPLES / name).read_bytes())
    checked = editor.post(URL, {"upload": upload, "action": "check"})
    form = checked.context["form"]
    assert "Créer le brouillon" in checked.content.decode()
    assert form["filename"].value() == name
    editor.post(URL, {"content": form["content"].value(), "filename": name, "action": "create"})
    page = WorkshopPage.objects.get()
    assert page.import_report["source"]["filename"] == name
    assert page.sequences.exists()


def test_an_old_encoding_survives_the_two_steps(editor):
    data = TEXT.replace("’", "'").encode("latin-1")
    form = editor.post(URL, {"upload": SimpleUploadedFile("a.txt", data), "action": "check"}).context["form"]
    editor.post(URL, {"content": form["content"].value(), "action": "create"})
    assert WorkshopPage.objects.get().summary.startswith("Organisé par la Dihal et le Club du bail, l'atelier a réuni")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, "Collez le texte d’un compte rendu"),
        ({"content": "   \n"}, "Collez le texte d’un compte rendu"),
        ({"content": "Une liste de courses."}, "ni numéro ni sujet"),
        ({"content": "Une liste\x00 de courses."}, "nul"),
        ({"upload": SimpleUploadedFile("a.pdf", b"%PDF-1.7 ...")}, "PDF"),
        ({"upload": SimpleUploadedFile("a.txt", b"")}, "vide"),
        ({"upload": SimpleUploadedFile("a.txt", b"a" * (MAX_FORM_BYTES + 1))}, "limite : 2 Mo"),
        ({"content": TEXT, "upload": SimpleUploadedFile("a.txt", TEXT.encode())}, "pas les deux"),
    ],
)
@pytest.mark.parametrize("action", ["check", "create"])
def test_bad_input_is_explained_and_what_was_typed_is_kept(editor, data, said, action):
    for value in data.values():
        if not isinstance(value, str):
            value.seek(0)
    response = editor.post(URL, {**data, "action": action})
    assert response.status_code == 200
    page = response.content.decode()
    assert said in page
    if "\x00" not in data.get("content", ""):
        assert response.context["form"]["content"].value() in {data.get("content"), None}
    assert not WorkshopPage.objects.exists()


def test_a_paste_too_long_for_a_recap_is_told_and_kept(editor):
    typed = "Une phrase. " * 250_000
    response = editor.post(URL, {"content": typed, "action": "check"})
    assert "trop long pour un compte rendu" in response.content.decode()
    assert response.context["form"]["content"].value() == typed


def test_a_paste_larger_than_the_site_accepts_is_refused_without_an_error_of_ours(editor):
    assert editor.post(URL, {"content": "a" * 12_000_000, "action": "check"}).status_code == 400


def test_a_page_of_another_is_not_overwritten_and_the_text_is_kept(editor):
    page = WorkshopPage(title="Un atelier", number=12, live=False)
    WorkshopIndexPage.objects.get().add_child(instance=page)
    response = editor.post(URL, {"content": TEXT, "action": "create"})
    assert "pas le droit de modifier" in response.content.decode()
    assert response.context["form"]["content"].value() == TEXT
    assert WorkshopPage.objects.get().title == "Un atelier"


def test_a_page_online_is_announced_as_unchanged(editor):
    page = WorkshopPage(title="Un atelier", number=12, live=True, starts_on="2022-03-03")
    WorkshopIndexPage.objects.get().add_child(instance=page)
    assert "elle ne changera pas" in editor.post(URL, {"content": TEXT, "action": "check"}).content.decode()


def test_markup_in_a_recap_is_shown_as_text_never_run(editor):
    hostile = TEXT.replace("le Club du bail", "le Club <script>alert(1)</script> & Cie")
    page = editor.post(URL, {"content": hostile, "action": "check"}).content.decode()
    assert "<script>alert(1)</script>" not in page
    editor.post(URL, {"content": hostile, "action": "create"})
    editing = editor.get(reverse("wagtailadmin_pages:edit", args=[WorkshopPage.objects.get().pk])).content.decode()
    assert "<script>alert(1)</script>" not in editing


def test_the_report_no_longer_asks_for_a_replay_once_it_is_given(client, home, admin_user):
    client.force_login(admin_user)
    warning = "Replay à renseigner : le compte rendu l’annonce sans son adresse."
    report = {"warnings": [warning, "Aucune date n’est mentionnée."], "sentences": 2, "source": {"filename": ""}}
    page = WorkshopPageFactory(import_report=report)
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    assert warning in client.get(address).content.decode()
    page.replays = [Replay(url="https://www.youtube.com/watch?v=abcdefghijk")]
    page.save_revision()
    shown = client.get(address).content.decode()
    assert warning not in shown
    assert "Aucune date n’est mentionnée." in shown
