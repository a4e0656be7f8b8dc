"""Importing in the administration, as an editor does it, and as nobody else can."""

import csv
import io

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from initiatives.bulk import admin
from initiatives.bulk.reading import read_lines
from initiatives.models import BulkImport, InitiativePage
from tests.factories import UserFactory
from tests.initiatives.bulk.conftest import csv_bytes, sheet

pytestmark = pytest.mark.django_db
FORM = "/gestion/fiches/importer/"
RIGHTS = ("access_admin", "add_bulkimport")


def editor(email: str, *, rights: tuple[str, ...] = RIGHTS) -> Client:
    group = Group.objects.create(name=f"Groupe de {email}")
    group.permissions.set(Permission.objects.filter(codename__in=rights))
    user = UserFactory(email=email, is_staff=True)
    user.groups.add(group)
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def claire(site) -> Client:
    return editor("claire@dihal.example")


def send(client: Client, lines=None, *, content: bytes | None = None, **fields):
    content = csv_bytes(lines) if content is None else content
    return client.post(FORM, {"file": SimpleUploadedFile("fiches.csv", content), **fields})


def go_on(client: Client, address: str) -> None:
    while client.post(address, {"action": "advance"}, headers={"accept": "application/json"}).json()["isOver"] is False:
        pass


def said(response) -> str:
    return " ".join(response.content.decode().split())


def test_from_the_file_to_the_sheets(claire, adil):
    page = said(claire.get(FORM))
    assert "Modèle XLSX" in page
    sent = send(claire, [sheet(1), sheet(2, publics="Martiens")], organisation=adil.name)
    address = sent["Location"]
    assert "Vérification en cours" in said(claire.get(address))
    go_on(claire, address)
    checked = said(claire.get(address))
    assert "Rien n’est encore écrit. Importer 1 ligne ?" in checked
    assert "publics « Martiens » : inconnu de la liste" in checked
    assert not InitiativePage.objects.exists()
    claire.post(address, {"action": "confirm"})
    go_on(claire, address)
    done = said(claire.get(address))
    written = InitiativePage.objects.get()
    assert "Terminé" in done
    assert f'<a href="{reverse("wagtailadmin_pages:edit", args=[written.pk])}">Fiche numéro 1</a>' in done
    assert written.dossier.steward == adil
    assert "fiches.csv" in said(claire.get(FORM))


def test_without_javascript_the_button_goes_on(claire, monkeypatch):
    monkeypatch.setattr(admin, "SECONDS_A_REQUEST", 0)
    address = send(claire, [sheet(1), sheet(2)])["Location"]
    assert claire.post(address, {"action": "advance"})["Location"] == address
    assert "1 sur 2" in said(claire.get(address))
    for _ in range(2):
        claire.post(address, {"action": "advance"})
    assert "Importer 2 lignes ?" in said(claire.get(address))


def test_the_report_is_a_table_that_computes_nothing(claire):
    address = send(claire, [sheet(1, titre="=HYPERLINK(1)"), sheet(2, publics="Martiens ; Vénusiens")])["Location"]
    go_on(claire, address)
    answer = claire.get(f"{address}rapport.csv")
    text = b"".join(answer).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert rows[0][:4] == ["ligne", "identifiant", "titre", "résultat"]
    assert rows[1][2] == "'=HYPERLINK(1)"
    assert rows[2][:7] == ["3", "F-2", "Fiche numéro 2", "refusée", "publics", "Martiens", rows[2][6]]
    assert "attachment" in answer["Content-Disposition"]


def test_only_some_results_can_be_shown(claire):
    address = send(claire, [sheet(1), sheet(2, publics="Martiens")])["Location"]
    go_on(claire, address)
    refused = said(claire.get(f"{address}?resultat=refused"))
    assert "Fiche numéro 2" in refused
    assert "Fiche numéro 1" not in refused
    assert claire.get(f"{address}?resultat=n’importe&page=99999999999").status_code == 200


@pytest.mark.parametrize("name", ["modele.csv", "modele.xlsx"])
def test_the_templates_are_read_back(claire, name):
    answer = claire.get(f"{FORM}{name}")
    assert list(read_lines(stream=io.BytesIO(answer.content))) == []
    assert name.partition(".")[2] in answer["Content-Disposition"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "Le fichier est vide."),
        (b"bonjour\n", "aucun en-tête connu"),
        (b"identifiant;titre\n", "que des en-têtes"),
        (b"PK\x03\x04 abc", "CSV"),
        (b"\x00\x01\x02", "ni un CSV ni un classeur"),
    ],
)
def test_a_bad_file_is_refused_beside_the_field(claire, content, reason):
    answer = send(claire, content=content, is_to_submit="on")
    assert answer.status_code == 422
    assert reason in said(answer)
    assert "<title>Erreur : " in said(answer)
    assert 'name="is_to_submit" ' in said(answer)
    assert not BulkImport.objects.exists()


def test_a_missing_file_an_unknown_structure_and_a_heavy_file_are_said(claire, monkeypatch):
    assert "Choisissez un fichier." in said(claire.post(FORM, {"organisation": "Inconnue"}))
    assert "Inconnue" in said(send(claire, [sheet(1)], organisation="Inconnue"))
    monkeypatch.setattr(admin, "MAX_BYTES", 10)
    assert "trop lourd" in said(send(claire, [sheet(1)]))


def test_an_unknown_action_and_a_confirmation_too_early_do_nothing(claire):
    address = send(claire, [sheet(1)])["Location"]
    for action in ("confirm", "n’importe", ""):
        assert "Rien n’a été fait" in said(claire.post(address, {"action": action}, follow=True))
    assert not InitiativePage.objects.exists()


def test_an_import_can_be_forgotten(claire):
    address = send(claire, [sheet(1)])["Location"]
    assert "oublié" in said(claire.post(address, {"action": "forget"}, follow=True))
    assert claire.get(address).status_code == 404
    assert claire.post(address, {"action": "advance"}).status_code == 404


def test_nobody_sees_or_moves_the_import_of_somebody_else(claire):
    address = send(claire, [sheet(1, titre="Secret")])["Location"]
    other = editor("paul@dihal.example")
    for answer in (
        other.get(address),
        other.get(f"{address}rapport.csv"),
        other.post(address, {"action": "advance"}),
        other.post(address, {"action": "forget"}),
    ):
        assert answer.status_code == 404
        assert "Secret" not in answer.content.decode()
    assert "fiches.csv" not in said(other.get(FORM))
    assert BulkImport.objects.exists()


@pytest.mark.parametrize("rights", [(), ("access_admin",)], ids=["a partner", "an editor without the right"])
def test_without_the_right_nothing_answers(claire, rights):
    address = send(claire, [sheet(1, titre="Secret")])["Location"]
    other = editor("lea@asso.example", rights=rights)
    for path in (FORM, f"{FORM}modele.csv", f"{FORM}modele.xlsx", address, f"{address}rapport.csv"):
        for answer in (other.get(path), other.post(path, {"action": "advance"}), Client().get(path)):
            assert answer.status_code in {302, 403, 405}, path
            assert "Secret" not in answer.content.decode()
    assert "Importer des fiches" not in said(other.get("/gestion/", follow=True))


def test_reading_a_page_changes_nothing(claire):
    address = send(claire, [sheet(1)])["Location"]
    before = list(BulkImport.objects.values())
    for path in (FORM, address, f"{address}?action=advance", f"{address}rapport.csv"):
        claire.get(path)
    assert list(BulkImport.objects.values()) == before
