"""« L’essentiel », field by field, as a form without JavaScript sends it."""

import pytest

from initiatives.drafts import UNTITLED
from initiatives.enums import InitiativeStatus
from tests.initiatives.space.malformed import (
    ENDLESS,
    HALF_CHARACTER,
    HUGE,
    JUST_TOO_LARGE,
    MEGABYTE,
    NUL,
    SCRIPT,
)
from tests.initiatives.space.step_pages import complaints, sent_by, typed

pytestmark = pytest.mark.django_db

STEP = "essentiel"
YEAR = "Écrivez l’année en quatre chiffres"


def test_every_field_is_kept_as_it_was_typed(writer):
    response = writer.save(
        STEP,
        title="  Colocation   à Gex ",
        summary="Trois jeunes.\r\nUn logement.",
        status=InitiativeStatus.ENDED,
        start_year="2021",
        end_year="2023",
        tags="colocation, Logement d’abord,colocation",
    )
    assert response["Location"] == writer.address(STEP)
    text = writer.text()
    assert text.title == "Colocation à Gex"
    assert text.summary.splitlines() == ["Trois jeunes.", "Un logement."]
    assert (text.status, text.start_year, text.end_year) == (InitiativeStatus.ENDED, 2021, 2023)
    assert sorted(tag.name for tag in text.tags.all()) == ["Logement d’abord", "colocation"]
    shown = writer.open(STEP)
    assert shown["title"] == ["Colocation à Gex"]
    assert shown["start_year"] == ["2021"]


def test_every_field_can_be_emptied(writer):
    writer.save(STEP, summary="Un chapô", start_year="2021", end_year="2022", tags="un, deux")
    assert writer.save(STEP, title="", summary="", start_year="", end_year="", tags="").status_code == 302
    text = writer.text()
    assert (text.title, text.summary, text.start_year, text.end_year) == (UNTITLED, "", None, None)
    assert list(text.tags.all()) == []


def test_a_form_sent_back_unchanged_makes_no_version(writer):
    before = writer.versions()
    assert writer.send(STEP, writer.open(STEP)).status_code == 302
    assert writer.versions() == before


@pytest.mark.parametrize(
    ("field", "wrong", "said"),
    [
        ("title", NUL, "Le caractère nul n’est pas autorisé"),
        ("title", MEGABYTE, "au plus 255 caractères"),
        ("title", "é" * 256, "au plus 255 caractères"),
        ("summary", NUL, "Le caractère nul"),
        ("summary", MEGABYTE, "au plus 600 caractères"),
        ("status", "", "Choisissez dans la liste."),
        ("status", MEGABYTE, "Choisissez dans la liste."),
        ("status", SCRIPT, "Choisissez dans la liste."),
        ("status", NUL, "Choisissez dans la liste."),
        ("start_year", NUL, YEAR),
        ("start_year", MEGABYTE, YEAR),
        ("start_year", "-1", "à partir de 1980"),
        ("start_year", "0", "à partir de 1980"),
        ("start_year", "1979", "à partir de 1980"),
        ("start_year", "2101", "avant 2101"),
        ("start_year", HUGE, "avant 2101"),
        ("start_year", JUST_TOO_LARGE, "avant 2101"),
        ("start_year", ENDLESS, YEAR),
        ("end_year", "vers 2020", YEAR),
        ("end_year", "2020-2021", YEAR),
        ("end_year", "1e400", YEAR),
        ("end_year", "NaN", YEAR),
        ("tags", NUL, "Le caractère nul"),
        ("tags", MEGABYTE, "au plus 2000 caractères"),
        ("tags", "é" * 101, "Un mot-clé compte au plus"),
        ("tags", ",".join(f"mot {number}" for number in range(21)), "Pas plus de 20 mots-clés"),
    ],
)
def test_what_cannot_be_kept_is_said_and_shown_again_and_the_rest_is_saved(writer, field, wrong, said):
    other = "summary" if field == "title" else "title"
    response = writer.save(STEP, **{other: "Gardé quand même", field: wrong})
    assert response.status_code == 422
    assert said in complaints(response)
    assert len(complaints(response)) < 500
    assert getattr(writer.text(), other) == "Gardé quand même"
    # A list shows nothing that is not in it; a page cannot hold the character nul.
    if field != "status" and "\0" not in wrong:
        assert sent_by(response)[field] == [wrong]


def test_an_end_before_the_beginning_is_said(writer):
    response = writer.save(STEP, start_year="2021", end_year="2019")
    assert "ne peut pas finir avant d’avoir commencé" in complaints(response)
    assert (writer.text().start_year, writer.text().end_year) == (2021, None)


@pytest.mark.parametrize("field", ["title", "summary", "tags"])
def test_half_a_character_is_no_failure(writer, field):
    response = writer.send(STEP, {**writer.open(STEP), field: [HALF_CHARACTER]})
    assert response.status_code == 302
    assert "�" in writer.open(STEP)[field][0]


def test_markup_is_text(writer):
    writer.save(STEP, title=SCRIPT, summary=SCRIPT, tags=SCRIPT)
    page = writer.client.get(writer.address(STEP)).content.decode()
    assert SCRIPT not in page
    assert writer.open(STEP)["title"] == [SCRIPT]


def test_a_field_that_is_not_sent_stays_as_it_is(writer):
    writer.save(STEP, summary="Un chapô", tags="un")
    form = typed(writer.open(STEP), title="Autre titre")
    assert writer.send(STEP, {name: form[name] for name in ("title", "seen", "person")}).status_code == 422
    text = writer.text()
    assert (text.title, text.summary, [tag.name for tag in text.tags.all()]) == ("Autre titre", "Un chapô", ["un"])
