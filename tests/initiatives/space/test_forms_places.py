"""« Territoires et publics »: what was ticked, what was typed, and what nobody offered."""

from typing import Any

import pytest

from initiatives.models import InitiativePage
from tests.factories import AudienceFactory, AxisFactory, SchemeFactory
from tests.initiatives.space.malformed import HALF_CHARACTER, HUGE, MEGABYTE, NOT_A_KEY, NUL, SCRIPT
from tests.initiatives.space.step_pages import complaints, sent_by
from tests.support.html import read_html, words
from tests.territories.sample import sample_territories

__all__ = ["sample_territories"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sample_territories")]

STEP = "territoires"


@pytest.fixture
def choices(db) -> dict[str, list[Any]]:
    """Two of each."""
    makers = {"audiences": AudienceFactory, "axes": AxisFactory, "schemes": SchemeFactory}
    return {name: [maker(), maker()] for name, maker in makers.items()}


def chosen(text: InitiativePage, name: str) -> list[int]:
    return sorted(one.pk for one in getattr(text, name).all())


def codes(text: InitiativePage) -> list[str]:
    return sorted(territory.code for territory in text.territories.all())


def test_boxes_are_in_the_order_of_a_french_dictionary(writer):
    for label in ("Zone", "Écoute", "Droit", "École", "Ensemble"):
        AxisFactory(label=label)
    boxes = read_html(writer.client.get(writer.address(STEP))).find(id="champ-axes").find_all("label")
    assert [words(box) for box in boxes] == ["Droit", "École", "Écoute", "Ensemble", "Zone"]


@pytest.mark.parametrize("name", ["audiences", "axes", "schemes"])
def test_boxes_are_ticked_and_unticked(writer, choices, name):
    first, second = choices[name]
    writer.save(STEP, **{name: [str(first.pk), str(second.pk)]})
    assert chosen(writer.text(), name) == [first.pk, second.pk]
    assert sorted(writer.open(STEP)[name]) == sorted([str(first.pk), str(second.pk)])
    writer.save(STEP, **{name: [str(second.pk)]})
    assert chosen(writer.text(), name) == [second.pk]
    form = writer.open(STEP)
    del form[name]  # every box unticked sends nothing
    writer.send(STEP, form)
    assert chosen(writer.text(), name) == []


@pytest.mark.parametrize("name", ["audiences", "axes", "schemes"])
def test_a_choice_nobody_offered_is_refused_and_the_others_stay(writer, choices, name):
    first, second = choices[name]
    writer.save(STEP, **{name: [str(first.pk)]})
    form = {**writer.open(STEP), "territories": ["Gex"]}
    for wrong in (*NOT_A_KEY, MEGABYTE):
        response = writer.send(STEP, {**form, name: [str(second.pk), wrong]})
        form["seen"] = sent_by(response)["seen"]
        assert response.status_code == 422, wrong[:20]
        assert "Un des choix n’existe plus. Vérifiez les cases cochées." in complaints(response)
        assert len(complaints(response)) < 300
        assert sent_by(response)[name] == [str(second.pk)]
    assert chosen(writer.text(), name) == [first.pk]
    assert codes(writer.text()) == ["commune-01173"]


def test_several_huge_numbers_at_once_are_refused_too(writer, choices):
    response = writer.save(STEP, audiences=[HUGE] * 3, axes=[str(2**63), str(2**64)], schemes=["9" * 19])
    assert response.status_code == 422
    assert complaints(response).count("n’existe plus") == 3


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Gex", ["commune-01173"]),
        ("Gex ; Ain\nAuvergne-Rhône-Alpes", ["commune-01173", "departement-01", "region-84"]),
        ("departement-01", ["departement-01"]),
        ("France entière", ["pays-FR"]),
        ("Gex;Gex;commune-01173", ["commune-01173"]),
        ("", []),
    ],
)
def test_territories_are_typed_by_name_or_code(writer, said, meant):
    writer.save(STEP, territories="Belley")
    assert writer.save(STEP, territories=said).status_code == 302
    assert codes(writer.text()) == meant


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("Atlantide", "n’est pas un territoire connu"),
        (NUL, "n’est pas un territoire connu"),
        (MEGABYTE, "n’est pas un territoire connu"),
        ("commune-99999", "n’est pas un territoire connu"),
        (HUGE, "n’est pas un territoire connu"),
        (SCRIPT.replace(";", ""), "n’est pas un territoire connu"),
        ("Seyssel", "désigne plusieurs territoires"),
        (";".join(f"commune-{number}" for number in range(101)), "Pas plus de 100 territoires"),
    ],
)
def test_a_territory_nobody_knows_is_said_and_shown_again(writer, wrong, said):
    writer.save(STEP, territories="Belley")
    response = writer.save(STEP, territories=["Gex", wrong])
    assert response.status_code == 422
    assert said in complaints(response)
    assert len(complaints(response)) < 500
    assert codes(writer.text()) == ["commune-01034"]
    shown = "; ".join(sent_by(response)["territories"])
    assert "Gex" in shown
    if "\0" not in wrong and len(wrong) < 100:
        assert wrong in shown


@pytest.mark.parametrize("name", ["territories", "audiences"])
def test_half_a_character_is_refused_like_any_unknown_text(writer, name):
    response = writer.send(STEP, {**writer.open(STEP), name: [HALF_CHARACTER]})
    assert response.status_code == 422


def test_choosing_a_region_offers_its_departements_and_obliges_to_none(writer):
    writer.save(STEP, territories="region-84")
    page = writer.client.get(writer.address(STEP)).content.decode()
    assert 'value="departement-01"' in page
    assert codes(writer.text()) == ["region-84"]
    writer.save(STEP, territories=["region-84", "departement-01"])
    assert codes(writer.text()) == ["departement-01", "region-84"]
