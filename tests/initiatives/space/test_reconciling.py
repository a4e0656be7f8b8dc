"""Two people, or two windows, write the same step: nothing one wrote is undone by what the other did not touch."""

import pytest

from hub.accounts.models import User
from initiatives.drafts import create_draft, save_text, text_of
from initiatives.models import InitiativePage
from tests.factories import MembershipFactory, OrganisationFactory, UserFactory
from tests.initiatives.space.writing_scene import Window

pytestmark = pytest.mark.django_db


@pytest.fixture
def karim(adil) -> User:
    user = UserFactory(email="karim@adil.example", first_name="Karim", last_name="Haddad")
    return MembershipFactory(user=user, organisation=adil).user


@pytest.fixture(params=["draft", "online"])
def sheet(request, awa, adil) -> InitiativePage:
    sheet = create_draft(user=awa, organisation=adil, title="Colocation")
    text = text_of(sheet=sheet)
    text.summary, text.context = "L’ancien chapô.", "<p>L’ancien <b>contexte</b>.</p>"
    revision = save_text(text=text, user=awa)
    if request.param == "online":
        revision.publish()
    return InitiativePage.objects.get(pk=sheet.pk)


def stored(sheet: InitiativePage) -> InitiativePage:
    return text_of(sheet=InitiativePage.objects.get(pk=sheet.pk))


def summaries(sheet: InitiativePage) -> list[str]:
    """The summary of every version that the history lists, the latest first."""
    return [revision.as_object().summary for revision in sheet.revisions.order_by("-created_at", "-pk")]


def test_a_field_left_untouched_keeps_what_a_colleague_wrote_in_it(awa, karim, sheet):
    mine = Window(user=awa, sheet=sheet)
    Window(user=karim, sheet=sheet).save(summary="Le chapô de Karim.")
    response = mine.save(title="Colocation à Bourg")
    assert response.status_code == 302
    assert (stored(sheet).title, stored(sheet).summary) == ("Colocation à Bourg", "Le chapô de Karim.")
    assert "Les changements faits par Karim Haddad ont été gardés aussi (Chapô)." in mine.words()
    assert mine.fields["summary"] == ["Le chapô de Karim."]


def test_a_text_saved_by_itself_keeps_a_colleagues_as_long_as_the_page_is_open(awa, karim, sheet):
    mine = Window(user=awa, sheet=sheet)
    Window(user=karim, sheet=sheet).save(summary="Le chapô de Karim.")
    for title in ("Colocation à", "Colocation à Bourg"):
        answer = mine.save_by_itself(title=title)
        assert answer.status_code == 200
        assert answer.json()["merged"] == "Les changements faits par Karim Haddad ont été gardés aussi (Chapô)."
    assert (stored(sheet).title, stored(sheet).summary) == ("Colocation à Bourg", "Le chapô de Karim.")
    # The page still shows the former text: changing it is a choice to make.
    answer = mine.save_by_itself(summary="Le chapô d’Awa.")
    assert answer.status_code == 409
    assert "Karim Haddad a enregistré un autre texte à" in answer.json()["words"]
    assert stored(sheet).summary == "Le chapô de Karim."


def test_only_the_fields_changed_on_both_sides_are_asked_about_and_nothing_is_chosen_beforehand(awa, karim, sheet):
    mine = Window(user=awa, sheet=sheet)
    Window(user=karim, sheet=sheet).save(summary="Le chapô de Karim.", start_year="2020")
    response = mine.save(summary="Le chapô d’Awa.", title="Colocation à Bourg")
    assert response.status_code == 409
    choices = mine.page.select("input[type=radio]")
    assert [choice["name"] for choice in choices] == ["keep-summary", "keep-summary"]
    assert not any(choice.has_attr("checked") for choice in choices)
    assert mine.fields["start_year"] == ["2020"]
    # Saving without a choice asks again, however often.
    assert mine.save().status_code == 409
    assert stored(sheet).summary == "Le chapô de Karim."


@pytest.mark.parametrize("choice", ["mine", "theirs"])
@pytest.mark.parametrize("is_alone", [True, False], ids=["two windows of one person", "two people"])
def test_the_text_that_is_not_kept_stays_in_the_versions(awa, karim, sheet, choice: str, is_alone: bool):
    mine = Window(user=awa, sheet=sheet)
    Window(user=awa if is_alone else karim, sheet=sheet).save(summary="Le texte enregistré.")
    assert mine.save(summary="Le mien.", start_year="2021").status_code == 409
    assert mine.save(**{"keep-summary": choice}).status_code == 302
    kept, left = ("Le mien.", "Le texte enregistré.") if choice == "mine" else ("Le texte enregistré.", "Le mien.")
    assert (stored(sheet).summary, stored(sheet).start_year) == (kept, 2021)
    assert left in summaries(sheet)[1:]


def test_a_text_saved_after_the_choice_was_shown_is_asked_about_again(awa, karim, sheet):
    mine, theirs = Window(user=awa, sheet=sheet), Window(user=karim, sheet=sheet)
    theirs.save(summary="Le chapô de Karim.")
    mine.save(summary="Le chapô d’Awa.")
    theirs.save(summary="Le second chapô de Karim.")
    assert mine.save(**{"keep-summary": "mine"}).status_code == 409
    assert "Le second chapô de Karim." in mine.words()
    assert stored(sheet).summary == "Le second chapô de Karim."


def test_a_choice_made_for_one_field_waits_for_the_other(awa, karim, sheet):
    mine = Window(user=awa, sheet=sheet)
    Window(user=karim, sheet=sheet).save(summary="Le chapô de Karim.", start_year="2020")
    mine.save(summary="Le chapô d’Awa.", start_year="2021")
    assert mine.save(**{"keep-summary": "theirs"}).status_code == 409
    assert mine.fields["keep-summary"] == ["theirs"]
    assert mine.save(**{"keep-start_year": "mine"}).status_code == 302
    assert (stored(sheet).summary, stored(sheet).start_year) == ("Le chapô de Karim.", 2021)
    assert "Le chapô d’Awa." in summaries(sheet)


def test_rich_texts_and_lists_are_merged_as_one_field_each(awa, karim, sheet):
    mine, theirs = Window(user=awa, sheet=sheet, step="resultats"), Window(user=karim, sheet=sheet, step="resultats")
    theirs.save(do="key_figures:add")
    figure = {"key_figures-0-value": "12", "key_figures-0-label": "Jeunes logés"}
    assert theirs.save(**figure, results="### Un bilan\n\n- **douze** jeunes").status_code == 302
    assert mine.save(means="Deux emplois").status_code == 302
    text = stored(sheet)
    assert [figure.label for figure in text.key_figures.all()] == ["Jeunes logés"]
    assert "<b>douze</b>" in text.results
    assert "Deux emplois" in text.means


def test_partners_a_colleague_entered_outlive_the_row_a_form_begins_with(awa, karim, sheet):
    OrganisationFactory(name="Alfa3a")
    mine, theirs = (Window(user=user, sheet=sheet, step="partenaires") for user in (awa, karim))
    assert theirs.save(**{"partnerships-0-organisation": "Alfa3a"}).status_code == 302
    assert mine.save().status_code == 302
    assert [row.organisation.name for row in stored(sheet).partnerships.all()] == ["Alfa3a"]


def test_what_is_wrong_here_and_changed_there_is_asked_about(awa, karim, sheet):
    mine = Window(user=awa, sheet=sheet)
    Window(user=karim, sheet=sheet).save(start_year="2020")
    assert mine.save(start_year="l’an dernier").status_code == 409
    assert "l’an dernier" in mine.words()
    assert stored(sheet).start_year == 2020


@pytest.mark.parametrize("seen", ["", "0" * 32, "é" * 48, "0" * 48, "-" * 48, "\x00"])
def test_a_form_that_does_not_say_what_it_was_loaded_with_overwrites_nothing(awa, sheet, seen: str):
    mine = Window(user=awa, sheet=sheet)
    assert mine.save(seen=seen, summary="Sans savoir.").status_code == 409
    assert stored(sheet).summary == "L’ancien chapô."


def test_the_same_change_on_both_sides_is_no_conflict(awa, karim, sheet):
    mine = Window(user=awa, sheet=sheet)
    Window(user=karim, sheet=sheet).save(summary="Le même chapô.")
    assert mine.save(summary="Le même chapô.").status_code == 302


def test_what_is_saved_in_another_window_is_said_in_proper_french(awa, sheet):
    first, second = Window(user=awa, sheet=sheet), Window(user=awa, sheet=sheet)
    second.save(summary="Dans l’autre fenêtre.")
    answer = first.save_by_itself(title="Colocation à Bourg").json()
    assert answer["merged"] == "Ce que vous avez enregistré dans une autre fenêtre a été gardé aussi (Chapô)."
    first.save(summary="Ici.")
    assert "Vous avez enregistré un autre texte à " in first.words()
    assert ", dans une autre fenêtre." in first.words()
