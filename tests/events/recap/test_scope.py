"""Where a workshop is found: everywhere, unless its recap says that it is for one place."""

import pytest
from django.urls import reverse

from events.models import WorkshopIndexPage, WorkshopPage
from events.recap.importing import check_recap
from events.recap.vocabulary import build_vocabulary
from tests.events.recap.conftest import keys, sure
from tests.territories.sample import sample_territories

__all__ = ["sample_territories"]

HEAD = "Retour sur le 12e atelier de la Dihal « Le bail glissant » du 3 mars 2022\n\n"
PASSING = f"{HEAD}L’atelier a réuni 90 participants.\n\nLe département de l’Ain a présenté sa plateforme.\n"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("Cet atelier départemental, organisé dans le Rhône par la Dihal, a réuni 90 personnes.", "departement-69"),
        ("Cet atelier régional de la région Bretagne a réuni 90 personnes.", "region-53"),
        ("Cet atelier départemental du Rhône a réuni 90 personnes.", "departement-69"),
        ("L’atelier régional de Bretagne a réuni 90 personnes.", "region-53"),
        ("Territoire : Gironde\n\nL’atelier a réuni 90 personnes.", "departement-33"),
    ],
)
def test_a_workshop_may_say_that_it_is_for_one_place(understand, said, code):
    parsed = understand(f"{HEAD}{said}\n\nLe département de l’Ain a présenté sa plateforme.")
    assert keys(parsed.scope) == [code]
    assert "departement-01" in keys(parsed.territories)


@pytest.mark.parametrize(
    "said",
    [
        "Le département de l’Ain a présenté sa plateforme.",
        "L’atelier a réuni les services de la région Bretagne et la ville de Brest.",
        "Les ateliers locaux se multiplient. La région Bretagne en compte dix.",
        "L’atelier a réuni des directions départementales, dont celle du Rhône.",
    ],
)
def test_a_place_named_in_passing_is_not_where_the_workshop_is(understand, said):
    assert understand(f"{HEAD}L’atelier a réuni 90 participants.\n\n{said}").scope == ()


@pytest.mark.django_db
def test_the_draft_is_for_the_whole_country_and_the_place_it_names_is_a_guess(draft):
    draft(PASSING)
    page = WorkshopPage.objects.get()
    assert [territory.code for territory in page.territories.all()] == ["pays-FR"]
    guesses = {(item["label"], item["value"]) for item in page.import_report["guessed"]}
    assert {("Territoire", "France entière (par défaut)"), ("Territoire cité, non repris", "Ain")} <= guesses


@pytest.mark.django_db
def test_a_figure_that_is_only_supposed_is_said_to_be_left_out_and_is(draft):
    draft(f"{HEAD}L’atelier a réuni 90 participants.\n\nL’équipe a relogé 1 410 chaudronniers en 2025.\n")
    page = WorkshopPage.objects.get()
    said = {item["label"] for item in page.import_report["guessed"]}
    assert "Chiffre cité, non repris" in said
    assert "Chiffre clé" not in said
    assert not page.key_figures.all()


@pytest.mark.django_db
def test_the_title_of_a_sequence_begins_with_a_capital(draft):
    draft(
        f"{HEAD}L’atelier a réuni 90 participants.\n\nSéquence 1 : constituer une réserve\n\nLe récit.\n\n"
        "Séquence 2 : écouter les gens\n\nLe récit.\n"
    )
    titles = [sequence.title for sequence in WorkshopPage.objects.get().sequences.all()]
    assert titles == ["Constituer une réserve", "Écouter les gens"]


@pytest.mark.django_db
def test_a_territory_an_editor_chose_is_kept(draft):
    draft(PASSING)
    page = WorkshopPage.objects.get()
    page.territories = list(type(page.territories.first()).objects.filter(code="departement-01"))
    page.save_revision()
    draft(PASSING)
    text = WorkshopPage.objects.get().get_latest_revision_as_object()
    assert [territory.code for territory in text.territories.all()] == ["departement-01"]


@pytest.mark.django_db
def test_imported_by_the_screen_and_published_it_is_found_from_another_place(
    client, home, sample_territories, admin_user, django_capture_on_commit_callbacks
):
    client.force_login(admin_user)
    shown = client.post("/gestion/ateliers/importer/", {"content": PASSING, "action": "check"}).content.decode()
    assert "France entière (par défaut)" in shown
    assert "Territoire cité, non repris" in shown
    client.post("/gestion/ateliers/importer/", {"content": PASSING, "action": "create"})
    page = WorkshopPage.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        page.get_latest_revision().publish()
    for code in ("region-84", "departement-69", "departement-01", "pays-FR"):
        found = client.get("/recherche/", {"q": "bail glissant", "territoire": code}).content.decode()
        assert page.slug in found, code  # its title is cut by the marks of what was sought


@pytest.mark.django_db
def test_a_workshop_made_by_hand_begins_with_the_whole_country(client, stocked, admin_user):
    client.force_login(admin_user)
    parent = WorkshopIndexPage.objects.get()
    shown = client.get(reverse("wagtailadmin_pages:add", args=["events", "workshoppage", parent.pk])).content.decode()
    assert "France entière" in shown


@pytest.mark.django_db
def test_a_recap_checked_alone_is_understood_as_among_many_with_a_part_of_the_names(stocked):
    text = f"{HEAD}La ville de Bourg-en-Bresse, la commune du Poizat, en PACA, et la ville d’Oyonnax ont témoigné."
    everything = build_vocabulary()
    alone, among = check_recap(data=text), check_recap(data=text, vocabulary=everything)
    assert keys(alone.parsed.territories) == keys(among.parsed.territories)
    assert sure(alone.parsed.territories) == sure(among.parsed.territories)
    few = build_vocabulary(words=frozenset(["bail"]))
    communes = [term for term in everything.territories if term.kind == "commune"]
    assert communes
    assert not [term for term in few.territories if term.kind == "commune"]


@pytest.mark.django_db
def test_what_takes_long_says_so_and_takes_no_second_press(client, stocked, admin_user):
    client.force_login(admin_user)
    for content in ({}, {"content": PASSING, "action": "check"}):
        url = "/gestion/ateliers/importer/"
        shown = (client.post(url, content) if content else client.get(url)).content.decode()
        assert shown.count('data-action="w-progress#activate"') >= (3 if content else 1)
        assert 'name="action" value="check"' in shown
    for name in ("bulk-import", "thesaurus-import"):
        assert 'data-action="w-progress#activate"' in client.get(reverse(name)).content.decode()
