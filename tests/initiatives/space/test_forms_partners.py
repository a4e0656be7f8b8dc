"""« Partenaires et rôles »: known structures, new ones, in rows, as a form without JavaScript sends them."""

import pytest

from hub.vocabulary.models import Organisation
from hub.vocabulary.suggestions import code_of
from initiatives.enums import PartnershipRole
from tests.factories import OrganisationFactory, OrganisationKindFactory
from tests.initiatives.space.malformed import ENDLESS, HALF_CHARACTER, HUGE, JUST_TOO_LARGE, MEGABYTE, NUL, SCRIPT
from tests.initiatives.space.step_pages import complaints, row, rows_of, sent_by, typed

pytestmark = pytest.mark.django_db

STEP = "partenaires"


def partner(key: str, organisation: str, **changes: str):
    fields = {"kind": "", "role": PartnershipRole.PARTNER.value, "contribution": ""}
    return row("partnerships", key, **{"organisation": organisation, **fields, **changes})


def partners(writer) -> list[tuple[str, str, str]]:
    """The partners of the latest text, in order."""
    rows = writer.text().partnerships.all()
    return [(part.organisation.name, part.role, part.contribution) for part in rows]


@pytest.fixture
def soliha(db) -> Organisation:
    return OrganisationFactory(name="Soliha Ain", aliases="PACT 01")


@pytest.fixture
def two(writer, soliha):
    """A sheet with two partners."""
    rows = {**partner("0", "ADIL de l’Ain", role="porteur"), **partner("1", "Soliha Ain", contribution="Les travaux.")}
    assert writer.send(STEP, {**writer.open(STEP), **rows}).status_code == 302
    return writer


def test_a_sheet_begins_with_the_structure_that_keeps_it(writer, adil):
    shown = writer.open(STEP)
    assert shown["partnerships-0-organisation"] == ["ADIL de l’Ain"]
    assert shown["partnerships-0-role"] == ["porteur"]
    assert writer.send(STEP, shown).status_code == 302
    assert partners(writer) == [("ADIL de l’Ain", "porteur", "")]


@pytest.mark.parametrize("said", ["Soliha Ain", "soliha  ain", "PACT 01", "the code"])
def test_a_known_structure_is_recognised_by_its_names_and_by_what_a_suggestion_sends(writer, soliha, said):
    text = code_of(soliha.pk) if said == "the code" else said
    assert writer.send(STEP, {**writer.open(STEP), **partner("0", text)}).status_code == 302
    assert partners(writer) == [("Soliha Ain", "partenaire", "")]
    assert Organisation.objects.filter(is_proposed=True).count() == 0


def test_a_partner_is_added_changed_moved_and_removed_by_the_buttons(two):
    form = sent_by(two.send(STEP, two.open(STEP), do="partnerships:add"))
    assert rows_of(form, "partnerships") == ["0", "1", "2"]
    OrganisationFactory(name="CAF")
    sent = typed(form, **{"partnerships-2-organisation": "CAF", "partnerships-2-role": "financeur"})
    assert two.send(STEP, sent).status_code == 302
    assert [name for name, *_rest in partners(two)] == ["ADIL de l’Ain", "Soliha Ain", "CAF"]
    two.send(STEP, two.open(STEP), do="partnerships:up:2")
    two.send(STEP, two.open(STEP), do="partnerships:remove:0")
    assert partners(two) == [("CAF", "financeur", ""), ("Soliha Ain", "partenaire", "Les travaux.")]
    two.save(STEP, **{"partnerships-1-contribution": "Le diagnostic."})
    assert partners(two)[1] == ("Soliha Ain", "partenaire", "Le diagnostic.")


def test_a_partner_that_moves_stays_the_same_row(two):
    before = {part.organisation_id: part.pk for part in two.text().partnerships.all()}
    two.send(STEP, two.open(STEP), do="partnerships:down:0")
    assert {part.organisation_id: part.pk for part in two.text().partnerships.all()} == before


def test_every_partner_can_be_removed(two):
    emptied = {name: value for name, value in two.open(STEP).items() if not name.startswith("partnerships-")}
    assert two.send(STEP, emptied).status_code == 302
    assert len(partners(two)) == 2  # not sent: left alone
    assert two.send(STEP, {**emptied, "partnerships-sent": ["1"]}).status_code == 302
    assert partners(two) == []


def test_an_unknown_structure_needs_its_kind_then_is_proposed_once(writer):
    kind = OrganisationKindFactory(label="Association")
    response = writer.send(STEP, {**writer.open(STEP), **partner("0", "Les Toits du Gessien")})
    assert response.status_code == 422
    assert "choisissez son type pour la proposer" in complaints(response)
    assert sent_by(response)["partnerships-0-organisation"] == ["Les Toits du Gessien"]
    assert not Organisation.objects.filter(name="Les Toits du Gessien").exists()
    new = {
        **partner("0", "Les Toits du Gessien", kind=str(kind.pk)),
        **partner("1", "les toits du gessien", kind=str(kind.pk), role="financeur"),
    }
    assert writer.send(STEP, {**writer.open(STEP), **new}).status_code == 302
    assert Organisation.objects.get(name="Les Toits du Gessien").is_proposed
    assert [role for _name, role, _said in partners(writer)] == ["partenaire", "financeur"]


def test_a_background_saving_proposes_nothing_while_the_name_is_being_typed(writer):
    kind = OrganisationKindFactory(label="Association")
    sent = {**writer.open(STEP), **partner("0", "Les Toits", kind=str(kind.pk))}
    answer = writer.client.post(writer.address(STEP), sent, headers={"Accept": "application/json"}).json()
    assert "sera proposée à la Dihal" in str(answer["errors"])
    assert not Organisation.objects.filter(is_proposed=True).exists()


def test_the_same_structure_twice_in_one_role_is_said(two):
    response = two.save(STEP, **{"partnerships-1-organisation": "ADIL de l’Ain", "partnerships-1-role": "porteur"})
    assert response.status_code == 422
    assert "a déjà une ligne pour ce rôle" in complaints(response)
    assert len({name for name, *_rest in partners(two)}) == 2


@pytest.mark.parametrize(
    ("field", "wrong", "said"),
    [
        ("organisation", "", "Indiquez la structure."),
        ("organisation", NUL, "Le caractère nul"),
        ("organisation", MEGABYTE, "au plus 200 caractères"),
        ("organisation", "???", "n’est pas le nom d’une structure"),
        ("organisation", "-1", "n’est pas le nom d’une structure"),
        ("organisation", HUGE, "n’est pas le nom d’une structure"),
        ("organisation", "structure-999999999999999999", "n’est pas connue du site"),
        ("organisation", f"structure-{JUST_TOO_LARGE}", "n’est pas connue du site"),
        ("organisation", "structure-0", "n’est pas connue du site"),
        ("kind", "0", "Choisissez dans la liste."),
        ("kind", HUGE, "Choisissez dans la liste."),
        ("kind", ENDLESS, "Choisissez dans la liste."),
        ("kind", JUST_TOO_LARGE, "Choisissez dans la liste."),
        ("kind", NUL, "Le caractère nul"),
        ("kind", MEGABYTE, "Choisissez dans la liste."),
        ("role", "propriétaire", "Choisissez dans la liste."),
        ("role", NUL, "Choisissez dans la liste."),
        ("role", MEGABYTE, "Choisissez dans la liste."),
        ("contribution", NUL, "Le caractère nul"),
        ("contribution", MEGABYTE, "au plus 300 caractères"),
    ],
)
def test_a_wrong_row_is_said_shown_again_and_leaves_the_list_as_it_was(two, field, wrong, said):
    before = partners(two)
    response = two.save(STEP, **{f"partnerships-1-{field}": wrong})
    assert response.status_code == 422
    assert said in complaints(response)
    assert len(complaints(response)) < 500
    assert partners(two) == before
    if field in {"organisation", "contribution"} and "\0" not in wrong:
        assert sent_by(response)[f"partnerships-1-{field}"] == [wrong]


def test_the_code_of_a_structure_somebody_else_proposed_tells_nothing_of_it(writer):
    hidden = OrganisationFactory(name="Projet zygomorphe", is_proposed=True)
    response = writer.send(STEP, {**writer.open(STEP), **partner("0", code_of(hidden.pk))})
    assert response.status_code == 422
    assert "zygomorphe" not in response.content.decode()


@pytest.mark.parametrize("text", [HALF_CHARACTER, SCRIPT])
def test_odd_characters_in_a_new_name_are_no_failure_and_no_markup(writer, text):
    kind = OrganisationKindFactory(label="Association")
    sent = {**writer.open(STEP), **partner("0", "x", kind=str(kind.pk)), "partnerships-0-contribution": [text]}
    assert writer.send(STEP, sent).status_code in {302, 422}
    assert SCRIPT not in writer.client.get(writer.address(STEP)).content.decode()


def test_rows_whose_names_are_forged_are_not_there(two):
    forged = {
        **row("partnerships", "x" * 9, organisation="Soliha Ain", role="porteur"),
        **row("partnerships", "-1", organisation="Soliha Ain", role="porteur"),
        **row("partnerships", "É", organisation="Soliha Ain", role="porteur"),
        "partnerships-0-organisation-id": ["1"],
        "partnerships-0-page": ["1"],
        "partnerships-0-id": ["1"],
        "partnerships-0-sort_order": ["9"],
    }
    before = partners(two)
    assert two.send(STEP, {**two.open(STEP), **forged}).status_code == 302
    assert partners(two) == before


@pytest.mark.parametrize("total", ["", "-1", "1000000000", HUGE, "x", NUL])
def test_a_management_form_of_django_is_not_listened_to(two, total):
    before = partners(two)
    forged = {f"partnerships-{name}_FORMS": [total] for name in ("TOTAL", "INITIAL", "MAX_NUM")}
    assert two.send(STEP, {**two.open(STEP), **forged}).status_code == 302
    assert partners(two) == before


def test_one_wrong_line_keeps_none_of_the_others_from_being_saved(two):
    """It stays as it was typed, with its message; what it said before stays in the sheet."""
    form = two.open(STEP)
    form["partnerships-0-contribution"] = ["Autre chose."]
    form["partnerships-1-organisation"] = ["Une structure inconnue"]
    form |= partner("9", "Encore une")
    response = two.send(STEP, form)
    assert response.status_code == 422
    assert "2 lignes à corriger" in complaints(response)
    assert "les 2 lignes signalées" in response.content.decode()
    shown = sent_by(response)
    assert shown["partnerships-1-organisation"] == ["Une structure inconnue"]
    assert shown["partnerships-9-organisation"] == ["Encore une"]
    assert partners(two) == [
        ("ADIL de l’Ain", "porteur", "Autre chose."),
        ("Soliha Ain", "partenaire", "Les travaux."),
    ]
    # Corrected, sent again: the list is whole.
    shown["partnerships-1-organisation"] = ["PACT 01"]
    del shown["partnerships-9-organisation"]
    two.send(STEP, shown)
    assert [name for name, _role, _does in partners(two)] == ["ADIL de l’Ain", "Soliha Ain"]
