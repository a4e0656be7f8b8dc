"""Editors keep the thesaurus in the administration; nobody else may."""

import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from hub.accounts.models import User
from hub.pages.starter import grant_vocabulary_permissions
from search.enums import ThesaurusKind
from search.rebuild import rebuild
from search.thesaurus.models import ThesaurusEntry
from tests.factories import InitiativePageFactory, SchemeFactory, build_home
from tests.support.engines import search_engine
from tests.support.html import read_html, words

pytestmark = pytest.mark.django_db

LIST, ADD = "wagtailsnippets_search_thesaurusentry:list", "wagtailsnippets_search_thesaurusentry:add"
OWN_SCREENS = ["thesaurus-import", "thesaurus-export", "thesaurus-trial"]


def member_of(group):
    grant_vocabulary_permissions()
    user = User.objects.create_user("dihal", "dihal@exemple.example.org", "x")
    user.groups.add(Group.objects.get(name=group))
    return user


@pytest.fixture
def editor(client):
    client.force_login(member_of("Editors"))
    return client


def fields(**values):
    return {"kind": ThesaurusKind.ONE_WAY, "wordings": "", "meanings": "", "note": "", "is_active": "on", **values}


def test_an_editor_adds_an_entry_and_finds_it_in_the_list(editor):
    response = editor.post(reverse(ADD), fields(wordings="cabane", meanings="bidonville"))
    assert response.status_code == 302
    page = editor.get(reverse(LIST), {"q": "bidon"}).content.decode()
    assert "cabane → bidonville" in page
    assert reverse("thesaurus-import") in page


@pytest.mark.parametrize(
    ("wordings", "meanings", "told"),
    [
        ("de la", "rue", "mots trop courants"),
        ("comment", "rue", "mot de question"),
        ("SIAO", "accueil", "sigle du dispositif"),
        ("!!!", "rue", "ne contient aucun mot"),
        ("cabane", "", "Indiquez ce que ces mots veulent dire aussi"),
        ("cabane", "Cabanes", "Déjà à gauche"),
        ("un deux trois quatre cinq six sept huit neuf dix", "rue", "trop de mots"),
    ],
)
def test_what_a_search_could_not_use_is_told_and_what_was_typed_is_kept(editor, wordings, meanings, told):
    SchemeFactory(acronym="SIAO", expansion="Service intégré")
    page = editor.post(reverse(ADD), fields(wordings=wordings, meanings=meanings)).content.decode()
    assert told in page
    assert wordings in page
    assert not ThesaurusEntry.objects.exists()


@pytest.mark.parametrize("name", OWN_SCREENS)
def test_others_are_refused(client, name):
    grant_vocabulary_permissions()
    assert client.get(reverse(name)).status_code == 302
    stranger = User.objects.create_user("autre", "autre@exemple.example.org", "x")
    client.force_login(stranger)
    assert client.get(reverse(name)).status_code in (302, 403)
    assert client.post(reverse(name)).status_code in (302, 403, 405)


def test_a_file_is_looked_at_then_taken(editor):
    def send(**options):
        file = SimpleUploadedFile("t.csv", b"mots;veulent dire aussi\ncabane;bidonville\n")
        return editor.post(reverse("thesaurus-import"), {"file": file, **options}).content.decode()

    assert "Ce que ferait ce fichier" in send(dry_run="on")
    assert not ThesaurusEntry.objects.exists()
    assert "Ajoutée : 1" in send()
    assert "cabane" in editor.get(reverse("thesaurus-export")).content.decode()
    wrong = SimpleUploadedFile("t.csv", b"\x00")
    assert "n’est pas un CSV" in editor.post(reverse("thesaurus-import"), {"file": wrong}).content.decode()


def test_an_entry_is_tried_before_it_is_saved(editor, site):
    page = editor.post(
        reverse("thesaurus-trial"),
        {"text": "cabane", "kind": ThesaurusKind.ONE_WAY, "wordings": "cabane", "meanings": "bidonville"},
    ).content.decode()
    assert "Sans cette entrée" in page
    assert "Avec cette entrée" in page
    assert "« bidonville » : 0 contenu" in page
    assert not ThesaurusEntry.objects.exists()


@pytest.mark.parametrize("known", ["", "abc", "0", "99999999999999999999", "²"])
def test_the_trial_of_an_unknown_entry_is_an_empty_form(editor, known):
    assert editor.get(reverse("thesaurus-trial"), {"entree": known}).status_code == 200


def test_the_trial_of_an_entry_starts_from_it(editor):
    entry = ThesaurusEntry.objects.create(kind=ThesaurusKind.ONE_WAY, wordings="cabane", meanings="bidonville")
    assert "bidonville" in editor.get(reverse("thesaurus-trial"), {"entree": entry.pk}).content.decode()


def test_the_trial_shows_what_an_entry_brings_and_the_next_search_has_it_once_it_is_saved(editor):
    build_home()
    InitiativePageFactory(title="Sortir du bidonville")
    InitiativePageFactory(title="Pension de famille")
    rebuild(engine=search_engine())

    def found():
        return words(read_html(editor.get("/recherche/", {"q": "cabane"})).main)

    assert "Sortir du bidonville" not in found()
    entry = fields(wordings="cabane", meanings="bidonville")
    tried = read_html(editor.post(reverse("thesaurus-trial"), {"text": "cabane", **entry})).main
    assert [words(head) for head in tried.select("table th")] == ["Sans cette entrée (0)", "Avec cette entrée (1)"]
    without, with_entry = (words(cell) for cell in tried.select("table td"))
    assert without == "Aucun résultat."
    assert with_entry == "Sortir du bidonville"
    assert editor.post(reverse(ADD), entry).status_code == 302
    assert "Sortir du bidonville" in found()
    saved = ThesaurusEntry.objects.get()
    edit = read_html(editor.get(reverse("wagtailsnippets_search_thesaurusentry:edit", args=[saved.pk])))
    trial = f"{reverse('thesaurus-trial')}?entree={saved.pk}"
    assert trial in {anchor["href"] for anchor in edit.find_all("a", href=True)}
    assert "bidonville" in editor.get(trial).content.decode()
