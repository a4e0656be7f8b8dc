"""One table of the fields of a sheet: a field added there is known everywhere."""

import pytest

from hub.vocabulary.models import Organisation
from initiatives.bulk.columns import columns
from initiatives.comparing import differences, filled_fields
from initiatives.completeness import completeness_of
from initiatives.drafts import text_of
from initiatives.enums import ExchangeKind
from initiatives.fields import FIELDS, STEPS, Cell, Kind, SheetField
from initiatives.models import InitiativePage
from initiatives.review.actions import return_for_changes
from initiatives.review.forms import ReturnForm
from initiatives.review.readiness import ReviewRefused
from initiatives.space.duplicating import duplicate
from initiatives.space.forms import FORMS
from initiatives.space.questions import as_text, questions
from initiatives.thread import record, remarked_fields
from tests.initiatives.bulk.conftest import bring, sample_territories, sheet, site
from tests.initiatives.space.conftest import adil, awa, writer
from tests.initiatives.space.step_pages import Writer
from tests.initiatives.space.writing_scene import Window
from tests.support.html import read_html

__all__ = ["adil", "awa", "bring", "sample_territories", "site", "writer"]

pytestmark = pytest.mark.django_db

# Two columns every page has, and no sheet uses: the declaration and the migration of the new fields are done already.
NEW = (
    SheetField(
        name="seo_title",
        label="Surnom",
        step="recit",
        asked="Un surnom",
        why="On s’en souvient mieux.",
        cell=Cell(explanation="255 caractères.", example="La coloc"),
    ),
    SheetField(
        name="search_description",
        label="Coulisses",
        step="resultats",
        kind=Kind.RICH,
        cell=Cell(explanation="Un texte."),
    ),
)
NAMES = [field.name for field in NEW]


@pytest.fixture(autouse=True)
def _new_fields(monkeypatch: pytest.MonkeyPatch) -> None:
    for field in NEW:
        monkeypatch.setitem(FIELDS, field.name, field)


@pytest.fixture
def filled(writer: Writer) -> Writer:
    """A sheet whose new fields were typed in the form."""
    writer.save("recit", seo_title="La coloc")
    writer.save("resultats", search_description="Avec **eux**.")
    return writer


def test_it_is_typed_in_its_step_and_saved(filled):
    assert (filled.open("recit")["seo_title"], filled.text().seo_title) == (["La coloc"], "La coloc")
    assert filled.open("resultats")["search_description"] == ["Avec **eux**."]
    assert filled.text().search_description == "<p>Avec <b>eux</b>.</p>"
    page = read_html(filled.client.get(filled.address("recit")))
    assert "Surnom" in page.select_one("#champ-seo_title").get_text()


def test_it_counts_in_what_is_lacking(filled):
    before, after = (
        {item.field: item for item in completeness_of(text=text).items} for text in (InitiativePage(), filled.text())
    )
    assert (before["seo_title"].label, before["seo_title"].why) == ("Un surnom", "On s’en souvient mieux.")
    assert (before["seo_title"].is_filled, after["seo_title"].is_filled) == (False, True)
    assert after["seo_title"].url(sheet=filled.sheet) == f"{filled.address('recit')}#champ-seo_title"
    assert "search_description" not in after


def test_it_is_read_and_compared(filled):
    text, other = filled.text(), filled.text()
    other.seo_title, other.search_description = "Le toit", "<p>Sans <b>eux</b>.</p>"
    found = differences(before=text, after=other)
    assert [(difference.name, difference.label) for difference in found] == [
        ("seo_title", "Surnom"),
        ("search_description", "Coulisses"),
    ]
    assert "La coloc" in found[0].before
    assert {field.label for field in filled_fields(text=text)} >= {"Surnom", "Coulisses"}
    assert ("search_description", "Coulisses", text.search_description) in text.sections()


@pytest.mark.parametrize(
    ("step", "name", "label"), [("recit", "seo_title", "Surnom"), ("resultats", "search_description", "Coulisses")]
)
def test_two_windows_are_asked_which_text_to_keep_and_an_untouched_one_is_kept(awa, filled, step, name, label):
    mine, untouched = (Window(user=awa, sheet=filled.sheet, step=step) for _ in range(2))
    Window(user=awa, sheet=filled.sheet, step=step).save(**{name: "Un autre"})
    assert mine.save(**{name: "Le mien"}).status_code == 409
    assert f"{label} : deux textes" in mine.words()
    assert "Un autre" in mine.words()
    assert untouched.save().status_code == 302
    assert f"a été gardé aussi ({label})" in untouched.words()
    assert "Un autre" in getattr(filled.text(), name)


def test_it_is_copied_with_the_sheet(filled, awa, adil: Organisation):
    copy = duplicate(model=filled.text(), user=awa, organisation=adil, with_contact=False)
    text = text_of(sheet=InitiativePage.objects.get(pk=copy.pk))
    assert (text.seo_title, text.search_description) == ("La coloc", "<p>Avec <b>eux</b>.</p>")


def test_it_has_its_column(bring, adil):
    assert [columns()[name].heading for name in NAMES] == ["surnom", "coulisses"]
    _totals, results = bring([{**sheet(1), "surnom": "La coloc", "coulisses": "- un\n- deux"}])
    assert [result.problems for result in results] == [()]
    text = text_of(sheet=InitiativePage.objects.get())
    assert (text.seo_title, text.search_description) == ("La coloc", "<ul><li>un</li><li>deux</li></ul>")
    _totals, results = bring([{**sheet(2), "surnom": "x" * 256}])
    assert [problem.heading for problem in results[0].problems] == ["surnom"]


def test_it_may_be_remarked_upon_and_asked_about(filled, awa):
    assert ReturnForm().fields["remark-seo_title"].label == "Surnom"
    with pytest.raises(ReviewRefused, match="Champ inconnu : slug"):
        return_for_changes(sheet=filled.sheet, user=awa, text="", remarks={"slug": "Non."})
    record(sheet=filled.sheet, kind=ExchangeKind.REMARK, text="Plus court.", field="seo_title")
    remarked = remarked_fields(sheet=filled.sheet)
    assert [(field.label, field.address) for field in remarked] == [
        ("Surnom", f"{filled.address('recit')}#champ-seo_title")
    ]
    assert "Surnom" in as_text(asked=questions())


def test_every_field_of_the_table_is_in_the_model_the_form_and_the_editors_own(home):
    text = InitiativePage()
    for step in STEPS:
        if step.slug in FORMS:
            form = FORMS[step.slug](text=text, user=None)
            assert set(form.base_fields) <= set(step.fields)
            assert {*form.fields, *form.rows} == set(step.fields)
    edited = InitiativePage.get_edit_handler().get_form_class()
    known = {*edited.base_fields, *edited.formsets}
    assert set(FIELDS) - set(NAMES) <= known
