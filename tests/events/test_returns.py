"""« Retour sur l’atelier »: an editor reads what is missing, each with the way to its field."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.utils import timezone
from wagtail.models import GroupPagePermission

from events.models import Replay, Sequence, SequenceInitiative, WorkshopIndexPage, WorkshopPage
from events.returns import PER_PAGE, incomplete_returns, parts_of
from hub.accounts.models import User
from tests.factories import InitiativePageFactory, MembershipFactory, OrganisationKindFactory, WorkshopPageFactory
from tests.support.html import link, read_html, words

pytestmark = pytest.mark.django_db

LIST = "/gestion/ateliers/retours/"


def screen(page: WorkshopPage) -> str:
    return f"/gestion/ateliers/{page.pk}/retour/"


def person(name: str, *, rights: tuple[str, ...] = ("change",)) -> User:
    user = User.objects.create_user(name, password="a")
    group = Group.objects.create(name=f"Groupe de {name}")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    for right in rights:
        GroupPagePermission.objects.create(group=group, page=WorkshopIndexPage.objects.get(), permission_type=right)
    user.groups.add(group)
    return user


@pytest.fixture
def editor(client: Client, home) -> Client:
    client.force_login(person("editrice"))
    return client


def complete(**values) -> WorkshopPage:
    sheet = InitiativePageFactory()
    return WorkshopPageFactory(
        participants_count=40,
        structure_kinds=[OrganisationKindFactory()],
        body=[("text", "<p>Ce qui s’est dit.</p>")],
        sequences=[
            Sequence(title="Ouverture", replay_start=timedelta(0), presentations=[SequenceInitiative(initiative=sheet)])
        ],
        replays=[
            Replay(
                url="https://youtu.be/abcdefghijk",
                duration=timedelta(hours=1),
                transcript="0:01 Bonjour à tous.",
                transcript_status="relue",
            )
        ],
        **values,
    )


def lacking(page: WorkshopPage) -> dict[str, str]:
    parts = parts_of(page=page, is_transcribed=bool(page.replay and page.replay.transcript))
    return {part.label: " ".join((*part.missing, *part.doubts)) for part in parts if part.missing or part.doubts}


def test_a_bare_workshop_lacks_everything_a_complete_one_nothing(home):
    assert list(lacking(WorkshopPageFactory())) == [
        "Compte rendu",
        "Participants",
        "Séquences",
        "Initiatives présentées",
        "Replay",
        "Transcription",
    ]
    assert lacking(complete()) == {}


def test_what_is_half_there_is_named(home):
    draft = InitiativePageFactory(title="Une fiche à venir", live=False)
    page = WorkshopPageFactory(
        participants_count=3,
        body=[("text", "<p>x</p>"), ("to_sort", {"text": "Où ranger cela ?"})],
        programme=[("image", {"image": None, "alternative_text": " "})],
        sequences=[
            Sequence(
                title=f"Temps {number}",
                replay_start=None if number else timedelta(0),
                presentations=[SequenceInitiative(initiative=draft)],
            )
            for number in range(8)
        ],
        replays=[Replay(url="https://youtu.be/abcdefghijk", transcript="0:01 Bonjour.", transcript_status="relue")],
    )
    assert lacking(page) == {
        "Compte rendu": "1 bloc « À classer » : à ranger, ou à supprimer.",
        "Participants": "Les types de structures présentes ne sont pas dits.",
        "Initiatives présentées": "Pas encore en ligne, donc pas montré : « Une fiche à venir ».",
        "Replay": "La durée du replay n’est pas dite.",
        "Débuts des séquences dans le replay": (
            "Sans début : « Temps 1 », « Temps 2 », « Temps 3 », « Temps 4 », « Temps 5 » et 2 de plus."
        ),
        "Textes alternatifs des images": "1 image sans texte alternatif : juste seulement si elle décore.",
    }


def test_each_part_leads_to_its_field_in_the_editor(editor: Client):
    page = WorkshopPageFactory()
    anchors = [anchor["href"].split("#") for anchor in read_html(editor.get(screen(page))).select("th[scope=row] a")]
    response = editor.get(anchors[0][0])
    form = read_html(response)
    assert len(anchors) == 8
    assert [anchor for _, anchor in anchors if not form.find(id=anchor)] == []
    assert link(form, "Retour sur l’atelier") == screen(page)
    assert LIST in response.content.decode()


def test_without_sequences_the_way_leads_to_the_initiatives_of_the_page(editor: Client):
    page = WorkshopPageFactory()
    address = link(read_html(editor.get(screen(page))), "Initiatives présentées")
    assert read_html(editor.get(address.partition("#")[0])).find(id=address.partition("#")[2])


def test_the_list_holds_the_incomplete_ones_that_took_place(editor: Client):
    WorkshopPageFactory(title="Ancien incomplet", starts_on=date(2022, 1, 1))
    WorkshopPageFactory(title="Récent incomplet", starts_on=date(2023, 1, 1), live=False)
    complete(title="Complet")
    WorkshopPageFactory(title="Annulé", fate="annule")
    WorkshopPageFactory(title="Demain", starts_on=timezone.localdate() + timedelta(days=1))
    table = read_html(editor.get(LIST)).find("table", class_="listing")
    assert [words(row) for row in table.select("tbody th")] == ["Récent incomplet (brouillon)", "Ancien incomplet"]


def test_what_a_draft_already_says_is_not_missing_any_more(editor: Client):
    page = WorkshopPageFactory(title="En cours")
    draft = page.get_latest_revision_as_object()
    draft.participants_count = 12
    draft.structure_kinds = [OrganisationKindFactory()]
    draft.save_revision()
    ((_, parts),) = incomplete_returns(user=User.objects.get(username="editrice"))
    assert "Participants" not in [part.label for part in parts]
    row = read_html(editor.get(screen(page))).find("a", string="Participants").find_parent("tr")
    assert "Complet" in words(row)


def test_the_list_costs_the_same_however_long_it_is(home, django_assert_max_num_queries):
    user = person("editrice")
    for number in range(4):
        WorkshopPageFactory(sequences=[Sequence(title=f"Temps {number}")])
    with django_assert_max_num_queries(14):
        assert len(incomplete_returns(user=user)) == 4
    assert PER_PAGE >= 20


@pytest.mark.parametrize(("days", "fate", "said"), [(9, "", "pas encore eu lieu"), (-9, "annule", "est annulé")])
def test_a_workshop_without_return_says_why_and_offers_no_button(editor: Client, days, fate, said):
    page = WorkshopPageFactory(starts_on=timezone.localdate() + timedelta(days=days), fate=fate)
    assert said in words(read_html(editor.get(screen(page))).main)
    form = read_html(editor.get(f"/gestion/pages/{page.pk}/edit/"))
    assert not form.find("a", href=screen(page))


def test_nobody_else_reads_it(client: Client, home):
    page = WorkshopPageFactory(title="Réservé")
    for path in (LIST, screen(page)):
        assert client.get(path)["Location"].startswith("/compte/connexion/")
    client.force_login(MembershipFactory().user)
    for path in (LIST, screen(page)):
        response = client.get(path)
        assert response.status_code in {302, 403}
        assert "Réservé" not in response.content.decode()
    client.force_login(person("relectrice", rights=()))
    for path in (LIST, screen(page)):
        assert client.get(path)["Location"] == "/gestion/"
    assert "Retours sur les ateliers" not in client.get("/gestion/").content.decode()


def test_a_number_that_is_nobodys_is_not_found(editor: Client, home):
    assert editor.get(f"/gestion/ateliers/{home.pk}/retour/").status_code == 404
    assert editor.get(f"/gestion/ateliers/{'9' * 30}/retour/").status_code == 404
    assert editor.get(LIST, {"p": "x"}).status_code == 200
