"""Two texts written at once, and fields nobody offers: on every step."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone
from wagtail.models import Page

from hub.accounts.models import User
from initiatives.models import Dossier, InitiativePage
from initiatives.space.forms import FORMS
from tests.factories import AudienceFactory, MembershipFactory, OrganisationFactory, UserFactory
from tests.initiatives.space.malformed import ENDLESS, MEGABYTE, NUL, SCRIPT
from tests.initiatives.space.step_pages import Sent, Writer, complaints, conflict, row, sent_by, typed
from tests.support.html import words

pytestmark = pytest.mark.django_db

CONFLICT, LOCKED = 409, 423
# A field of each step, as it is named in the form.
FIELDS = {
    "essentiel": "summary",
    "recit": "context",
    "partenaires": "partnerships-0-contribution",
    "territoires": "audiences",
    "resultats": "means",
    "documents": "contact_name",
}
each_step = pytest.mark.parametrize("step", list(FORMS))


@pytest.fixture
def change(writer) -> Callable[..., Sent]:
    """Something to write in a step: ``change(step)``, and ``change(step, again=True)`` for something else."""
    labels = {False: "Le mien.", True: "Autre chose."}
    publics = {again: AudienceFactory(label=label) for again, label in labels.items()}

    def changed(step: str, *, again: bool = False) -> Sent:
        return {FIELDS[step]: [str(publics[again].pk) if step == "territoires" else labels[again]]}

    return changed


@pytest.fixture
def boris(writer, adil, client_of) -> Writer:
    """A colleague of Awa's, with a browser of his own."""
    user = MembershipFactory(user=UserFactory(email="boris@adil.example", first_name="Boris"), organisation=adil).user
    return Writer(client=client_of(user), user=user, sheet=writer.sheet)


def choices(response: Any) -> dict[str, list[str]]:
    """The fields of which two texts are shown, with both."""
    found = BeautifulSoup(response.content, "lxml").find_all("fieldset", class_="hub-space-conflict")
    return {
        str(asked["name"]).removeprefix("keep-"): [words(text) for text in one.find_all("p")]
        for one in found
        if (asked := one.find("input", type="radio"))
    }


def summaries(writer: Writer) -> str:
    return str(writer.text().summary)


# --- two texts --------------------------------------------------------------------------------------------------------


def test_a_text_saved_meanwhile_is_not_overwritten_and_both_are_shown(writer, boris):
    mine = typed(writer.open("essentiel"), summary="Le mien.", title="Un bail glissant")
    boris.save("essentiel", summary="Le sien.")
    response = writer.send("essentiel", mine)
    assert response.status_code == CONFLICT
    assert "Boris a enregistré un autre texte" in conflict(response)
    assert choices(response) == {"summary": ["Le mien.", "Le sien."]}
    assert summaries(writer) == "Le sien."
    assert sent_by(response)["summary"] == ["Le mien."]


@pytest.mark.parametrize(("choice", "kept"), [("mine", "Le mien."), ("theirs", "Le sien.")])
def test_the_person_keeps_one_or_the_other(writer, boris, choice, kept):
    mine = typed(writer.open("essentiel"), summary="Le mien.", start_year="2021")
    boris.save("essentiel", summary="Le sien.")
    form = sent_by(writer.send("essentiel", mine))
    assert "keep-summary" not in form  # nothing is chosen for anybody
    for unsaid in ({}, {"keep-summary": ""}, {"keep-summary": "other"}):
        assert writer.send("essentiel", typed(form, **unsaid)).status_code == CONFLICT
        assert (summaries(writer), writer.text().start_year) == ("Le sien.", None)
    assert writer.send("essentiel", typed(form, **{"keep-summary": choice})).status_code == 302
    assert (summaries(writer), writer.text().start_year) == (kept, 2021)


def test_rows_are_kept_or_given_up_whole(writer, boris):
    OrganisationFactory(name="Soliha Ain")
    mine = typed(writer.open("partenaires"), **{"partnerships-0-contribution": "Le mien."})
    theirs = {**boris.open("partenaires"), **row("partnerships", "5", organisation="Soliha Ain", role="financeur")}
    assert boris.send("partenaires", theirs).status_code == 302
    form = sent_by(writer.send("partenaires", mine))
    assert writer.send("partenaires", typed(form, **{"keep-partnerships": "theirs"})).status_code == 302
    assert [part.organisation.name for part in writer.text().partnerships.all()] == ["ADIL de l’Ain", "Soliha Ain"]


@each_step
def test_a_mark_that_is_missing_or_made_up_never_overwrites(writer, change, step):
    assert writer.save(step, **change(step)).status_code == 302
    stored, form = writer.versions(), writer.open(step)
    changed = typed(form, **change(step, again=True))
    for forged in ("", "0", "x" * 32, form["seen"][0].upper(), NUL, ENDLESS, MEGABYTE, SCRIPT):
        response = writer.send(step, {**changed, "seen": [forged]})
        assert response.status_code == CONFLICT, forged[:20]
        assert SCRIPT not in response.content.decode()
        assert re.fullmatch(r"[\w-]{,64}", sent_by(response)["seen"][0])
    del changed["seen"]
    assert writer.send(step, changed).status_code == CONFLICT
    assert writer.versions() == stored


def test_another_step_saved_meanwhile_is_no_conflict(writer, boris):
    mine = typed(writer.open("recit"), context="Le mien.")
    boris.save("essentiel", summary="Le sien.")
    assert writer.send("recit", mine).status_code == 302
    assert "Le mien." in writer.text().context
    assert summaries(writer) == "Le sien."


@pytest.mark.parametrize("forged", ["keep-owner", "keep-live", "keep-dossier", "keep-", "keep-essentiel"])
def test_a_choice_about_a_field_nobody_shows_does_nothing(writer, forged):
    assert writer.save("essentiel", summary="Le mien.", **{forged: "theirs"}).status_code == 302
    assert summaries(writer) == "Le mien."


def test_a_wrong_text_in_a_conflict_is_given_back_as_it_was_typed(writer, boris):
    mine = typed(writer.open("essentiel"), summary="Le mien.", start_year="vers 2020")
    boris.save("essentiel", summary="Le sien.", start_year="2019")
    response = writer.send("essentiel", mine)
    assert response.status_code == CONFLICT
    assert choices(response)["start_year"] == ["vers 2020", "2019"]
    form = sent_by(response)
    response = writer.send("essentiel", typed(form, **{"keep-start_year": "mine"}))
    assert "quatre chiffres" in complaints(response)


# --- fields nobody offers ---------------------------------------------------------------------------------------------


# What a saving changes of the row of a page.
_OF_A_SAVING = {"latest_revision_id", "latest_revision_created_at", "has_unpublished_changes", "draft_title"}


def unsaid(writer: Writer) -> dict[str, Any]:
    """Everything a form of the space must never write."""
    page = InitiativePage.objects.get(pk=writer.sheet.pk)
    columns = [field.attname for field in Page._meta.concrete_fields if field.attname not in _OF_A_SAVING]
    return {
        "row": [(name, getattr(page, name)) for name in columns],
        "text": [(name, getattr(writer.text(), name)) for name in columns],
        "dossier": list(Dossier.objects.filter(page=page).values("pk", *_OF_THE_DOSSIER)),
        "workflow": list(page.workflow_states.values()),
        "person": list(User.objects.filter(pk=writer.user.pk).values("is_staff", "is_superuser", "email")),
        "memberships": list(writer.user.memberships.values()),
        "sheets": list(InitiativePage.objects.values_list("pk", flat=True)),
    }


_OF_THE_DOSSIER = ("page", "steward", "external_id", "archived_at", "confirmed_at", "confirmed_by")
FORGED = {
    **dict.fromkeys(["live", "locked", "has_unpublished_changes", "expired", "is_staff", "is_superuser"], "1"),
    **dict.fromkeys(["owner", "owner_id", "locked_by", "user", "alias_of", "content_type", "locale"], "1"),
    **dict.fromkeys(["latest_revision", "live_revision", "latest_revision_id", "live_revision_id"], "1"),
    **dict.fromkeys(["go_live_at", "expire_at", "first_published_at", "last_published_at"], "2020-01-01T00:00"),
    **dict.fromkeys(["latest_revision_created_at", "archived_at", "confirmed_at"], "2020-01-01T00:00"),
    **dict.fromkeys(["path", "url_path"], "00010001"),
    **dict.fromkeys(["pk", "id", "page_ptr", "page_ptr_id", "depth", "numchild"], "1"),
    **dict.fromkeys(["slug", "seo_title", "search_description", "draft_title", "translation_key"], "forge"),
    **dict.fromkeys(["organisation", "steward", "dossier", "dossier-steward", "external_id", "role"], "1"),
    **dict.fromkeys(["action-publish", "action-submit", "publish", "is_background", "is_read_only"], "1"),
    **dict.fromkeys(["show_in_menus", "displayed_at", "confirmed_by", "exchanges", "uploads", "revisions"], "1"),
}


@each_step
@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_fields_nobody_offers_are_not_listened_to(writer, change, step, accept):
    before, stored = unsaid(writer), writer.versions()
    forged = {name: [value] for name, value in FORGED.items()}
    sent = {**forged, **typed(writer.open(step), **change(step)), "do": ["save"]}
    response = writer.client.post(writer.address(step), sent, headers={"Accept": accept})
    assert response.status_code == (302 if accept == "text/html" else 200)
    assert unsaid(writer) == before
    # What is offered was written: otherwise a view that does nothing would pass.
    assert writer.versions() != stored


@each_step
def test_the_fields_of_another_step_are_not_listened_to(writer, change, step):
    other = "recit" if step == "essentiel" else "essentiel"
    stored = writer.text()
    assert writer.send(step, {**writer.open(step), **change(other)}).status_code == 302
    assert getattr(writer.text(), FIELDS[other]) == getattr(stored, FIELDS[other]) == ""


@each_step
def test_a_sheet_dihal_locked_is_not_written_and_what_was_typed_is_shown(writer, change, step):
    form = typed(writer.open(step), **change(step))
    InitiativePage.objects.filter(pk=writer.sheet.pk).update(locked=True, locked_at=timezone.now())
    before = writer.versions()
    response = writer.send(step, form)
    assert response.status_code == LOCKED
    assert writer.versions() == before
    assert "Votre texte n’est pas enregistré" in conflict(response)
    assert list(choices(response)) == []  # nothing to choose: it cannot be saved
    assert "Le mien." in words(BeautifulSoup(response.content, "lxml").find(class_="hub-space-conflict"))
    background = writer.client.post(writer.address(step), form, headers={"Accept": "application/json"})
    assert (background.status_code, background.json()["locked"]) == (LOCKED, True)
