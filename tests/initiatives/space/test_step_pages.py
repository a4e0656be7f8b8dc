"""What a step says: where the sheet stands, what is asked, what is wrong and where."""

import pytest

from initiatives.drafts import create_draft, save_text, text_of
from initiatives.models import InitiativePage
from tests.factories import OrganisationFactory
from tests.initiatives.space.writing_scene import Window

pytestmark = pytest.mark.django_db

UNCHANGED_ONLINE = "La version en ligne ne change pas tant que la Dihal n’a pas relu."
NEEDED = "Indispensable pour envoyer la fiche"


@pytest.fixture
def sheet(awa, adil) -> InitiativePage:
    return create_draft(user=awa, organisation=adil, title="Colocation")


def stored(sheet: InitiativePage) -> InitiativePage:
    return text_of(sheet=InitiativePage.objects.get(pk=sheet.pk))


def summary(window: Window):
    return window.page.find(id="erreurs")


def test_the_title_of_a_step_is_followed_by_the_state_of_the_sheet(awa, sheet):
    for step in ("essentiel", "envoi"):
        page = Window.reading(user=awa, sheet=sheet, step=step)
        assert page.select_one("h1 + p").get_text(" ", strip=True) == "Brouillon Pas encore envoyée."
    revision = save_text(text=stored(sheet), user=awa)
    revision.publish()
    mine = Window(user=awa, sheet=sheet)
    assert mine.page.select_one("h1 + p").get_text(" ", strip=True) == f"En ligne {UNCHANGED_ONLINE}"
    mine.save(summary="Un chapô.")
    assert "mise à jour en préparation" in mine.page.select_one("h1 + p").get_text()


@pytest.mark.parametrize(
    ("step", "names"),
    [
        ("essentiel", ["title", "summary"]),
        ("recit", ["context", "operation"]),
        ("territoires", ["territories", "audiences"]),
        ("documents", ["contact_email"]),
    ],
)
def test_a_field_says_that_a_sheet_is_not_sent_without_it(awa, sheet, step: str, names: list[str]):
    page = Window(user=awa, sheet=sheet, step=step).page
    hints = [hint["id"] for hint in page.select(".fr-hint-text[id]") if NEEDED in hint.get_text()]
    assert hints == [f"id_{name}_hint" for name in names]
    assert not page.select("form.hub-space-form [required]")


def test_the_list_of_partners_says_it_too(awa, sheet):
    assert "indispensable pour envoyer la fiche" in Window(user=awa, sheet=sheet, step="partenaires").words()


def test_a_new_partner_is_a_partner_and_is_not_wrong_before_anything_is_typed(awa, sheet):
    mine = Window(user=awa, sheet=sheet, step="partenaires")
    assert mine.save(do="partnerships:add").status_code == 200
    assert mine.fields["partnerships-0-role"] == ["porteur"]
    assert mine.fields["partnerships-1-role"] == ["partenaire"]
    assert not mine.page.select("[class*=error]")
    # An empty row is not there; one that says something is checked.
    assert mine.save().status_code == 302
    mine.save(do="partnerships:add")
    assert mine.save(**{"partnerships-1-contribution": "Les travaux."}).status_code == 422


def test_each_wrong_row_of_a_list_is_linked_to_its_field_and_the_others_stay_neutral(awa, sheet):
    mine = Window(user=awa, sheet=sheet, step="resultats")
    for _row in range(3):
        mine.save(do="key_figures:add")
    good = {"key_figures-1-value": "12", "key_figures-1-label": "Jeunes logés"}
    wrong = {
        "key_figures-0-value": "beaucoup",
        "key_figures-0-label": "Logements",
        "key_figures-2-year": "l’an dernier",
    }
    assert mine.save(**good, **wrong, means="Deux emplois").status_code == 422
    assert summary(mine).h2.get_text() == "2 lignes à corriger"
    assert "Le reste de l’étape est enregistré." in summary(mine).get_text()
    assert {link["href"] for link in summary(mine).find_all("a")} == {
        "#champ-key_figures-0-value",
        "#champ-key_figures-2-value",
        "#champ-key_figures-2-label",
        "#champ-key_figures-2-year",
    }
    for link in summary(mine).find_all("a"):
        assert mine.page.find(id=link["href"][1:])
    assert "les 2 lignes signalées" in mine.words()
    row = mine.page.find("input", {"name": "key_figures-1-value"}).find_parent("fieldset")
    assert not row.select("[class*=error]")
    assert not [parent for parent in row.parents if "fr-fieldset--error" in parent.get("class", [])]


def test_a_step_that_is_only_a_list_is_not_said_to_be_saved_nor_complete(awa, sheet):
    OrganisationFactory(name="Alfa3a")
    mine = Window(user=awa, sheet=sheet, step="partenaires")
    mine.save()  # the structure that keeps the sheet: the step is complete
    current = "[aria-current=step] + .fr-badge"
    assert mine.page.select_one(current).get_text() == "Complète"
    mine.save(do="partnerships:add")
    assert mine.save(**{"partnerships-1-organisation": "Inconnue au bataillon"}).status_code == 422
    assert summary(mine).h2.get_text() == "1 ligne à corriger"
    assert "Le reste" not in summary(mine).get_text()
    assert mine.page.select_one(current).get_text() == "À corriger"


@pytest.mark.parametrize(("step", "name"), [("essentiel", "summary"), ("recit", "context"), ("partenaires", None)])
def test_a_browser_cuts_nothing_of_what_is_pasted(awa, sheet, step: str, name: str | None):
    page = Window(user=awa, sheet=sheet, step=step).page
    assert not page.select("form.hub-space-form [maxlength]")
    control = page.find(attrs={"name": name or "partnerships-0-contribution"})
    assert control["data-limit"] == {"essentiel": "600", "recit": "20000", "partenaires": "300"}[step]


def test_a_text_that_is_too_long_is_kept_in_the_form_and_told_of(awa, sheet):
    mine = Window(user=awa, sheet=sheet)
    assert mine.save(summary="é" * 605).status_code == 422
    assert mine.fields["summary"] == ["é" * 605]
    # A line break counts for one, however a browser sends it.
    assert mine.save(summary="\r\n".join(["é" * 299, "é" * 300])).status_code == 302
    assert stored(sheet).summary == "\n".join(["é" * 299, "é" * 300])


def test_two_signs_make_an_intertitle_as_three_do(awa, sheet):
    mine = Window(user=awa, sheet=sheet, step="recit")
    mine.save(context="## Un constat\nDes jeunes sans logement.")
    assert stored(sheet).context == "<h3>Un constat</h3><p>Des jeunes sans logement.</p>"
    assert mine.fields["context"] == ["### Un constat\n\nDes jeunes sans logement."]
