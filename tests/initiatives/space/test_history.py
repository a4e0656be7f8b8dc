"""The versions of a sheet: who wrote what and when, what changed, and an older text taken up again."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Revision

from hub.accounts.models import User
from hub.accounts.personal_data import delete_account
from hub.pages.models import HomePage
from hub.refusals import Refused
from initiatives.drafts import create_draft, save_text, text_of
from initiatives.models import InitiativePage
from initiatives.space.history import restore, revisions_of
from tests.factories import MembershipFactory, StandardPageFactory, UserFactory
from tests.initiatives.upkeep_scene import Scene, build_scene
from tests.support.html import headings, read_html, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(home: HomePage) -> Scene:
    return build_scene()


@pytest.fixture
def draft(scene: Scene) -> InitiativePage:
    return create_draft(user=scene.anne, organisation=scene.steward, title="Une pension de famille")


def write(sheet: InitiativePage, *, user, days_ago: int = 0, **values: str) -> Revision:
    text = text_of(sheet=InitiativePage.objects.get(pk=sheet.pk))
    for name, value in values.items():
        setattr(text, name, value)
    revision = save_text(text=text, user=user, is_new_version=True)
    Revision.objects.filter(pk=revision.pk).update(created_at=timezone.now() - timedelta(days=days_ago))
    revision.refresh_from_db()
    return revision


def test_versions_are_told_by_day_and_person_with_what_was_done_with_them(client: Client, scene: Scene):
    zoe = MembershipFactory(user=UserFactory(first_name="Zoé", last_name="Roux"), organisation=scene.steward).user
    Revision.objects.update(created_at=timezone.now() - timedelta(days=9))
    write(scene.sheet, user=scene.anne, days_ago=2, summary="Un")
    write(scene.sheet, user=scene.anne, days_ago=2, summary="Deux")
    write(scene.sheet, user=zoe, days_ago=1, summary="Trois")
    write(scene.sheet, user=scene.dihal, summary="Quatre")
    sheet = InitiativePage.objects.get(pk=scene.sheet.pk)
    sheet.get_workflow().start(sheet, scene.anne)
    client.force_login(scene.anne)
    page = read_html(client.get(reverse("sheet-history", args=[sheet.pk])))
    people = [title.split(", ", 1)[1] for title in headings(page)[1:]]
    assert people == ["la Dihal", "Zoé Roux", "Anne Martin", "import"]
    delete_account(user=User.objects.get(pk=zoe.pk))
    page = read_html(client.get(reverse("sheet-history", args=[sheet.pk])))
    people = [title.split(", ", 1)[1] for title in headings(page)[1:]]
    assert people == ["la Dihal", "Ancien membre", "Anne Martin", "import"]
    sections = page.find_all("section", class_="hub-versions")
    assert "Envoyée en relecture" in words(sections[0])
    assert "Texte actuel" in words(sections[0])
    assert "1 version intermédiaire" in words(sections[2])
    assert "En ligne" in words(sections[3])


def test_two_versions_are_read_side_by_side(client: Client, scene: Scene, draft: InitiativePage):
    before = write(draft, user=scene.anne, summary="Douze logements à Bourg.")
    after = write(draft, user=scene.anne, summary="Quinze logements à Bourg.")
    client.force_login(scene.anne)
    page = read_html(client.get(f"/espace/fiches/{draft.pk}/versions/{before.pk}..{after.pk}/"))
    difference = page.find("section", class_="hub-difference")
    assert words(difference.h2) == "Chapô"
    assert words(difference.find("del")) == "[supprimé : Douze ]"
    assert words(difference.find("ins")) == "[ajouté : Quinze ]"
    same = read_html(client.get(reverse("sheet-compare", args=[draft.pk, after.pk, after.pk])))
    assert "disent la même chose" in words(same.main)


def test_an_old_version_is_read_as_it_would_be_published(client: Client, scene: Scene, draft: InitiativePage):
    old = write(draft, user=scene.anne, context="<p>Ancien contexte.</p>")
    write(draft, user=scene.anne, context="<p>Nouveau contexte.</p>")
    client.force_login(scene.anne)
    page = read_html(client.get(reverse("sheet-version", args=[draft.pk, old.pk])))
    assert "Ancien contexte." in words(page.main)
    assert "Version du" in words(page.body)
    assert "Signaler une erreur" not in words(page.main)


def test_an_older_text_is_taken_up_again_and_nothing_is_lost(client: Client, scene: Scene, draft: InitiativePage):
    old = write(draft, user=scene.anne, summary="Le premier chapô")
    late = write(draft, user=scene.anne, summary="Le second chapô")
    client.force_login(scene.anne)
    address = reverse("sheet-restore", args=[draft.pk, old.pk])
    assert client.get(address).status_code == 405
    assert client.post(address).status_code == 302
    sheet = InitiativePage.objects.get(pk=draft.pk)
    assert text_of(sheet=sheet).summary == "Le premier chapô"
    assert sheet.latest_revision_id not in {old.pk, late.pk}
    assert {old.pk, late.pk} < set(revisions_of(sheet=sheet).values_list("pk", flat=True))
    assert Revision.objects.get(pk=late.pk).as_object().summary == "Le second chapô"
    assert not sheet.live


def test_restoring_changes_neither_the_site_nor_the_address(scene: Scene):
    first = scene.sheet.get_latest_revision()
    text = text_of(sheet=InitiativePage.objects.get(pk=scene.sheet.pk))
    text.slug, text.title = "nouvelle-adresse", "Un nouveau titre"
    save_text(text=text, user=scene.anne, is_new_version=True).publish()
    restore(sheet=scene.sheet, revision=first, user=scene.anne)
    sheet = InitiativePage.objects.get(pk=scene.sheet.pk)
    assert (sheet.live, sheet.title, sheet.slug) == (True, "Un nouveau titre", "nouvelle-adresse")
    latest = text_of(sheet=sheet)
    assert (latest.title, latest.slug) == ("Une colocation à Bourg", "nouvelle-adresse")


def test_nothing_is_taken_up_again_during_a_review(client: Client, scene: Scene, draft: InitiativePage):
    old = write(draft, user=scene.anne, summary="Un")
    write(draft, user=scene.anne, summary="Deux")
    sheet = InitiativePage.objects.get(pk=draft.pk)
    sheet.get_workflow().start(sheet, scene.anne)
    with pytest.raises(Refused, match="en relecture"):
        restore(sheet=sheet, revision=old, user=scene.anne)
    client.force_login(scene.anne)
    client.post(reverse("sheet-restore", args=[draft.pk, old.pk]))
    page = client.get(reverse("sheet-history", args=[draft.pk])).content.decode()
    assert "en relecture" in page
    assert "Reprendre<" not in page
    assert text_of(sheet=InitiativePage.objects.get(pk=draft.pk)).summary == "Deux"


def test_a_version_of_another_page_is_not_there(client: Client, scene: Scene, draft: InitiativePage):
    own = draft.get_latest_revision().pk
    foreign = [
        create_draft(user=None, organisation=None, title="Le secret des autres").get_latest_revision().pk,
        StandardPageFactory(title="Le secret des autres").get_latest_revision().pk,
        10**17,
    ]
    client.force_login(scene.anne)
    for pk in foreign:
        addresses = [
            reverse("sheet-compare", args=[draft.pk, own, pk]),
            reverse("sheet-compare", args=[draft.pk, pk, own]),
            reverse("sheet-version", args=[draft.pk, pk]),
        ]
        answers = [client.get(address) for address in addresses]
        answers.append(client.post(reverse("sheet-restore", args=[draft.pk, pk])))
        for answer in answers:
            assert answer.status_code == 404
            assert "secret" not in answer.content.decode()


def test_another_structure_reads_no_version(client: Client, scene: Scene, draft: InitiativePage):
    pk = draft.get_latest_revision().pk
    addresses = [
        reverse("sheet-history", args=[draft.pk]),
        reverse("sheet-compare", args=[draft.pk, pk, pk]),
        reverse("sheet-version", args=[draft.pk, pk]),
    ]
    assert {client.get(address).status_code for address in addresses} == {302}
    client.force_login(MembershipFactory().user)
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 404
        assert "pension" not in answer.content.decode()
    assert client.post(reverse("sheet-restore", args=[draft.pk, pk])).status_code == 404


def test_a_long_history_is_read_page_by_page_at_a_constant_cost(
    client: Client, scene: Scene, draft: InitiativePage, django_assert_max_num_queries
):
    client.force_login(scene.anne)
    address = reverse("sheet-history", args=[draft.pk])
    latest = draft.get_latest_revision()
    for _ in range(110):
        latest.pk = None
        latest.save()
    with django_assert_max_num_queries(30):
        page = read_html(client.get(address))
    assert len(page.find_all("li", class_="hub-versions__row")) == 100
    assert len(read_html(client.get(f"{address}?page=2")).find_all("li", class_="hub-versions__row")) == 11
    for odd in ("0", "-1", "x", "9" * 40, "%00"):
        assert client.get(f"{address}?page={odd}").status_code == 200
