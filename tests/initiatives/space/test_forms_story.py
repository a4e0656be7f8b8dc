"""« Le récit » and « Résultats et moyens »: long texts, and key figures in rows."""

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from hub.pages.enums import FigureQualifier
from initiatives.drafts import save_text
from initiatives.space.forms.rows import MOST_ROWS
from tests.initiatives.space.malformed import ENDLESS, HALF_CHARACTER, HUGE, JUST_TOO_LARGE, MEGABYTE, NUL, SCRIPT
from tests.initiatives.space.step_pages import complaints, row, rows_of, sent_by, typed
from tests.support.html import read_html

pytestmark = pytest.mark.django_db

TEXTS = {
    "recit": ("context", "objectives", "operation"),
    "resultats": ("governance", "means", "results", "levers", "obstacles", "reproduction"),
}
EVERY_TEXT = [(step, field) for step, fields in TEXTS.items() for field in fields]
NUMBER = "Écrivez un nombre"


def figure(key: str, **changes: str):
    fields = {"qualifier": "", "value": "12", "unit": "", "label": f"Chiffre {key}", "year": "", "source": ""}
    return row("key_figures", key, **{**fields, **changes})


def figures(writer) -> list[tuple[str, str]]:
    """The figures of the latest text, in order."""
    return [(str(one.value.normalize()), one.label) for one in writer.text().key_figures.all()]


@pytest.fixture
def three(writer):
    """A sheet with three figures."""
    writer.send("resultats", {**writer.open("resultats"), **figure("0"), **figure("1"), **figure("2")})
    return writer


# --- texts ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("step", "field"), EVERY_TEXT)
def test_a_text_is_kept_refused_and_shown_again_field_by_field(writer, step, field):
    assert writer.save(step, **{field: "Un **besoin**.\r\n\r\n- un\r\n- deux"}).status_code == 302
    kept = getattr(writer.text(), field)
    assert "<b>besoin</b>" in kept or "<strong>besoin</strong>" in kept
    assert "<li" in kept
    for wrong, said in ((NUL, "Le caractère nul"), (MEGABYTE, "au plus 20000 caractères")):
        response = writer.save(step, **{field: wrong})
        assert response.status_code == 422
        assert said in complaints(response)
        assert getattr(writer.text(), field) == kept
    assert sent_by(response)[field] == [MEGABYTE]
    assert writer.save(step, **{field: ""}).status_code == 302
    assert getattr(writer.text(), field) == ""


PASTED = "Ce qui est fait :\r\n• un logement\r\n·\tun lien\r\n\uf0b7 du temps\r\n▪ un lieu\r\n\r\nPuis 3 · 4 et « o »."
LISTED = "<ul><li>un logement</li><li>un lien</li><li>du temps<ul><li>un lieu</li></ul></li></ul>"


def test_a_list_pasted_from_word_is_a_list(writer):
    """Without a script too. What was already there, and is not touched, is not changed behind anybody's back."""
    writer.save("recit", context=PASTED)
    assert writer.text().context == f"<p>Ce qui est fait :</p>{LISTED}<p>Puis 3 · 4 et « o ».</p>"
    text = writer.text()
    text.objectives = "<p>• écrit autrefois</p>"
    save_text(text=text, user=writer.user)
    writer.save("recit", context="Autre chose.")
    assert writer.text().objectives == "<p>• écrit autrefois</p>"
    writer.save("documents", body=f"## Un titre\r\n\r\n{PASTED}")
    title, block = writer.text().body
    assert title.value == "Un titre"
    assert LISTED in block.value.source


def test_the_field_says_how_its_text_looks_and_keeps_its_marks(writer):
    """What the visual editor shows is what is stored; without it, the marks are there."""
    writer.save("recit", context="Un **besoin**.\r\n\r\n- un\r\n- deux")
    page = read_html(writer.client.get(writer.address("recit")))
    area = page.find("textarea", {"name": "context"})
    assert area["data-html"] == writer.text().context
    assert area.get_text().strip() == "Un **besoin**.\n\n- un\n- deux"
    page = read_html(writer.client.get(writer.address("documents")))
    assert page.find("textarea", {"name": "body"})["data-html"] == ""
    answer = writer.client.post(reverse("text-formatted"), {"text": "## Titre\n\n<b>x</b> **y**", "titles": "1"})
    assert answer.json() == {"html": "<h2>Titre</h2><p>&lt;b&gt;x&lt;/b&gt; <b>y</b></p>"}
    assert Client().post(reverse("text-formatted"), {"text": "x"}).status_code == 302


def test_neither_markup_nor_a_dangerous_link_goes_through_a_text(writer):
    writer.save(
        "recit", context=f"{SCRIPT} [ici](javascript:alert(1)) [là](data:text/html,x) [bien](https://x.example/)"
    )
    html = writer.text().context
    assert "<script" not in html
    assert 'href="javascript' not in html
    assert 'href="data' not in html
    assert 'href="https://x.example/"' in html


def test_half_a_character_in_a_text_is_no_failure(writer):
    assert writer.send("recit", {**writer.open("recit"), "context": [HALF_CHARACTER]}).status_code == 302


# --- key figures ------------------------------------------------------------------------------------------------------


def test_a_figure_is_added_filled_changed_and_removed_by_the_buttons(writer):
    response = writer.send("resultats", writer.open("resultats"), do="key_figures:add")
    assert response.status_code == 200
    form = sent_by(response)
    assert rows_of(form, "key_figures") == ["0"]
    filled = {
        **form,
        **figure("0", value="21 000,5", label="Ménages logés", unit="ménages", year="2023", source="Bilan",
                 qualifier=FigureQualifier.values[1]),
    }  # fmt: skip
    assert writer.send("resultats", filled).status_code == 302
    only = writer.text().key_figures.get()
    assert (only.value, only.label, only.unit, only.year, only.source) == (
        Decimal("21000.5"), "Ménages logés", "ménages", 2023, "Bilan",
    )  # fmt: skip
    shown = writer.open("resultats")
    assert shown["key_figures-0-value"] == ["21000,5"]
    assert writer.save("resultats", **{"key_figures-0-value": "3"}).status_code == 302
    assert figures(writer) == [("3", "Ménages logés")]
    writer.send("resultats", writer.open("resultats"), do="key_figures:remove:0")
    assert figures(writer) == []


@pytest.mark.parametrize(
    ("button", "order"),
    [
        ("up:2", "0 2 1"),
        ("up:0", "0 1 2"),
        ("down:0", "1 0 2"),
        ("down:2", "0 1 2"),
        ("remove:1", "0 2"),
        ("up:9", "0 1 2"),
        ("tourne:1", "0 1 2"),
        ("remove:", "0 1 2"),
        (f"remove:{ENDLESS}", "0 1 2"),
    ],
)
def test_rows_are_moved_and_removed_by_the_buttons_and_an_unknown_one_changes_nothing(three, button, order):
    response = three.send("resultats", three.open("resultats"), do=f"key_figures:{button}")
    assert response.status_code == 200
    assert [label for _value, label in figures(three)] == [f"Chiffre {key}" for key in order.split()]


def test_the_order_is_the_order_the_rows_are_sent_in_whatever_they_are_called(three):
    form = {name: value for name, value in three.open("resultats").items() if not name.startswith("key_figures-")}
    sent = {**form, "key_figures-sent": ["1"], **figure("7"), **figure("b"), **figure("0")}
    assert three.send("resultats", sent).status_code == 302
    assert [label for _value, label in figures(three)] == ["Chiffre 7", "Chiffre b", "Chiffre 0"]


def test_a_figure_that_moves_or_changes_stays_the_same_row(three):
    before = {one.label: one.pk for one in three.text().key_figures.all()}
    three.send("resultats", three.open("resultats"), do="key_figures:up:2")
    assert {one.label: one.pk for one in three.text().key_figures.all()} == before


@pytest.mark.parametrize(
    ("field", "wrong", "said"),
    [
        ("value", "", "Indiquez la valeur."),
        ("value", "douze", NUMBER),
        ("value", NUL, "Le caractère nul"),
        ("value", HUGE, NUMBER),
        ("value", ENDLESS, NUMBER),
        ("value", "1e5", NUMBER),
        ("value", "NaN", NUMBER),
        ("value", "Infinity", NUMBER),
        ("value", "1,234", NUMBER),
        ("value", "٣", NUMBER),
        ("value", "12 %", NUMBER),
        ("unit", "é" * 41, "au plus 40 caractères"),
        ("label", "", "Dites ce que le chiffre compte."),
        ("label", MEGABYTE, "au plus 200 caractères"),
        ("label", NUL, "Le caractère nul"),
        ("year", "1979", "à partir de 1980"),
        ("year", "-2020", "à partir de 1980"),
        ("year", JUST_TOO_LARGE, "avant 2101"),
        ("year", ENDLESS, "quatre chiffres"),
        ("source", NUL, "Le caractère nul"),
        ("source", MEGABYTE, "au plus 200 caractères"),
        ("qualifier", SCRIPT, "Choisissez dans la liste."),
        ("qualifier", NUL, "Choisissez dans la liste."),
    ],
)
def test_a_wrong_figure_is_said_in_its_row_and_the_list_is_left_as_it_was(three, field, wrong, said):
    before = figures(three)
    response = three.save("resultats", **{f"key_figures-1-{field}": wrong, "means": "Deux postes."})
    assert response.status_code == 422
    assert said in complaints(response)
    assert "1 ligne à corriger" in complaints(response)
    assert figures(three) == before
    assert "Deux postes." in three.text().means
    if field != "qualifier" and "\0" not in wrong:
        assert sent_by(response)[f"key_figures-1-{field}"] == [wrong]


@pytest.mark.parametrize("number", ["-5", "\N{MINUS SIGN}5", "0", "999999999999,99"])
def test_a_number_may_be_negative_null_or_very_large(writer, number):
    writer.send("resultats", {**writer.open("resultats"), **figure("0", value=number)})
    (value, _label) = figures(writer)[0]
    assert Decimal(value) == Decimal(number.replace(",", ".").replace("\N{MINUS SIGN}", "-"))


def test_an_empty_row_is_not_there(three):
    assert three.send("resultats", {**three.open("resultats"), **figure("9", value=" ", label="")}).status_code == 302
    assert len(figures(three)) == 3


def test_rows_past_the_limit_are_refused_with_the_reason_and_none_is_lost_from_the_page(three):
    before = figures(three)
    many = {**three.open("resultats")}
    for number in range(10, 10 + MOST_ROWS):
        many |= figure(str(number))
    response = three.send("resultats", many)
    assert response.status_code == 422
    assert f"{MOST_ROWS} lignes au plus" in complaints(response)
    assert len(rows_of(sent_by(response), "key_figures")) == MOST_ROWS + 3
    assert figures(three) == before
    # Nothing is added past the limit, and removing what is too many mends it.
    form = sent_by(three.send("resultats", sent_by(response), do="key_figures:add"))
    assert len(rows_of(form, "key_figures")) == MOST_ROWS + 3
    kept = typed({name: value for name, value in form.items() if name.split("-")[1:2] not in (["0"], ["1"], ["2"])})
    assert three.send("resultats", kept).status_code == 302
    assert len(figures(three)) == MOST_ROWS


@pytest.mark.parametrize("total", [None, "", "-1", "1000000000", HUGE, "x", NUL])
def test_a_management_form_of_django_is_not_listened_to(three, total):
    before = figures(three)
    forged = {f"key_figures-{name}_FORMS": [total] for name in ("TOTAL", "INITIAL", "MAX_NUM") if total is not None}
    assert three.send("resultats", {**three.open("resultats"), **forged}).status_code == 302
    assert figures(three) == before
    emptied = {name: value for name, value in three.open("resultats").items() if not name.startswith("key_figures-")}
    assert three.send("resultats", {**emptied, **forged}).status_code == 302
    assert figures(three) == before
