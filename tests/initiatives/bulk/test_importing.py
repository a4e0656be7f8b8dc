"""A file becomes sheets: once, whole line by whole line, and never over what somebody wrote."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hub.vocabulary.models import Organisation
from initiatives.drafts import create_draft, locked, save_text, text_of
from initiatives.enums import ImportOutcome, PartnershipRole, SheetState
from initiatives.models import Dossier, InitiativePage
from initiatives.states import state_of
from tests.factories import MembershipFactory, OrganisationFactory, UserFactory
from tests.initiatives.bulk.conftest import READY, sheet
from tests.initiatives.space.step_pages import Writer

pytestmark = pytest.mark.django_db


def outcomes(results) -> list[str]:
    return [result.outcome for result in results]


def only_text() -> InitiativePage:
    return text_of(sheet=InitiativePage.objects.get())


def test_every_column_reaches_the_sheet(bring, adil):
    line = {
        **sheet(1, chapô="Trois jeunes, un logement."),
        "structure": "adil 01",
        "état d’avancement": "pérennisée",
        "année de début": "2021",
        "année de fin": "2024",
        "publics": "jeunes",
        "territoires": "departement-01 ; Ain ; 01034",
        "axes": "sante ; Logement",
        "dispositifs": "avdl",
        "mots-clés": "Colocation ; colocation ; parrainage",
        "contexte": "Un besoin.\n\n- un\n- deux\n\nVoir [le site](https://exemple.fr).",
        "partenaires": "ADIL de l’Ain (porteur) : coordination ; CCAS de Belley (financeur)",
        "chiffres clés": "plus de 1 200,5 | M€ | budget | 2023 | rapport ; 12 | | jeunes logés",
        "pour aller plus loin": "## Et après\n\nLa suite.",
        "courriel du contact": "contact@adil.example",
        "publié à l’origine le": "03/02/2022",
    }
    totals, results = bring([line], organisation=None)
    assert outcomes(results) == [ImportOutcome.CREATED], results
    text = only_text()
    assert (text.title, text.live, text.status) == ("Fiche numéro 1", False, "perennisee")
    assert (text.start_year, text.end_year, text.original_published_on) == (2021, 2024, date(2022, 2, 3))
    assert [territory.code for territory in text.territories.all()] == ["departement-01", "commune-01034"]
    assert sorted(axis.label for axis in text.axes.all()) == ["Logement", "Santé"]
    assert [scheme.acronym for scheme in text.schemes.all()] == ["AVDL"]
    assert sorted(tag.name for tag in text.tags.all()) == ["Colocation", "parrainage"]
    assert "<ul><li>un</li><li>deux</li></ul>" in text.context
    assert '<a href="https://exemple.fr">le site</a>' in text.context
    first, second = text.partnerships.all()
    assert (first.organisation, first.role, first.contribution) == (adil, PartnershipRole.LEAD, "coordination")
    assert (second.organisation.name, second.organisation.is_proposed) == ("CCAS de Belley", True)
    figures = [(f.qualifier, f.value, f.unit, f.label, f.year) for f in text.key_figures.all()]
    assert figures == [("plus-de", Decimal("1200.5"), "M€", "budget", 2023), ("", 12, "", "jeunes logés", None)]
    assert [block.block_type for block in text.body] == ["heading", "text"]
    assert text.contact_email == "contact@adil.example"
    dossier = Dossier.objects.get()
    assert (dossier.steward, dossier.external_id) == (adil, "F-1")
    assert str(totals) == "1 ligne(s) : 1 créée(s)."


MARKED = "**Gras**, _italique_, m^(2), [ici](https://exemple.fr).\n\n### Titre\n1. un\n  - dedans\n2. deux\n• trois"


def blocks_of(text: InitiativePage) -> list[tuple[str, object]]:
    return [(child.block_type, child.block.get_prep_value(child.value)) for child in text.body]


@pytest.mark.parametrize(
    "body",
    [
        MARKED,
        f"Avant.\n## 1. Un **titre**\nSous le titre.\n\n{MARKED}",
        "> À _retenir_\n> **Tôt**.\n>\n> - un\n> - deux\n\nAprès.",
        "> À retenir\nLa ligne d’en dessous en fait partie.\n\n> Seul",
    ],
)
def test_an_imported_text_is_what_the_form_makes_of_it_and_is_edited_there(bring, adil, client, body):
    user = MembershipFactory(user=UserFactory(), organisation=adil).user
    client.force_login(user)
    typed = Writer(client=client, user=user, sheet=create_draft(user=user, organisation=adil, title="Écrite"))
    assert typed.save("recit", context=MARKED).status_code == 302
    assert typed.save("documents", body=body).status_code == 302
    bring([sheet(1, **{"contexte": MARKED, "pour aller plus loin": body})])
    imported = Writer(client=client, user=user, sheet=InitiativePage.objects.get(dossier__external_id="F-1"))
    before = imported.text()
    assert (before.context, blocks_of(before)) == (typed.text().context, blocks_of(typed.text()))
    [shown] = imported.open("documents")["body"]
    assert imported.save("documents", body=f"{shown}\n\nUn mot de plus.").status_code == 302
    after = "".join(map(str, blocks_of(imported.text())))
    assert "Un mot de plus." in after
    assert [kind for kind, _value in blocks_of(before) if kind == "callout"] == [
        kind for kind, _value in blocks_of(imported.text()) if kind == "callout"
    ]


def test_the_same_file_again_changes_nothing(bring):
    bring([sheet(1), sheet(2)])
    before = list(InitiativePage.objects.order_by("pk").values())
    _totals, results = bring([sheet(1), sheet(2)])
    assert outcomes(results) == [ImportOutcome.UNCHANGED] * 2
    assert list(InitiativePage.objects.order_by("pk").values()) == before


def test_a_changed_line_updates_its_draft_and_leaves_other_columns_alone(bring):
    bring([sheet(1, chapô="Avant", contexte="Le besoin.")])
    _totals, results = bring([sheet(1, chapô="Après")])
    assert outcomes(results) == [ImportOutcome.UPDATED]
    assert (only_text().summary, only_text().context) == ("Après", "<p>Le besoin.</p>")
    bring([sheet(1, chapô="Après", contexte="")])
    assert only_text().context == ""


@pytest.mark.parametrize("is_same_person", [True, False])
def test_what_somebody_wrote_since_is_never_replaced(bring, is_same_person):
    user = UserFactory()
    bring([sheet(1, chapô="Avant")], user=user)
    page = InitiativePage.objects.get()
    text = text_of(sheet=locked(pk=page.pk))
    text.summary = "Écrit à la main"
    # The same person, within minutes: it is the same version of the history.
    save_text(text=text, user=user if is_same_person else UserFactory())
    _totals, results = bring([sheet(1, chapô="Après")], user=user)
    assert outcomes(results) == [ImportOutcome.REFUSED]
    assert "modifiée depuis le dernier import" in results[0].reasons
    assert only_text().summary == "Écrit à la main"
    _totals, results = bring([sheet(1, chapô="Avant")], user=user)
    assert outcomes(results) == [ImportOutcome.UNCHANGED]


def test_a_published_sheet_stays_as_it_is_until_its_new_text_is_approved(bring):
    bring([sheet(1, chapô="Avant")])
    InitiativePage.objects.get().get_latest_revision().publish()
    _totals, results = bring([sheet(1, chapô="Après")])
    assert outcomes(results) == [ImportOutcome.UPDATED]
    page = InitiativePage.objects.get()
    assert (page.live, page.summary, only_text().summary) == (True, "Avant", "Après")
    assert state_of(sheet=page) is SheetState.ONLINE_CHANGING


def test_a_ready_line_goes_straight_to_the_review_and_an_incomplete_one_is_not_written(bring):
    ready = {**sheet(1), **READY}
    _totals, results = bring([ready, sheet(2)], is_to_submit=True)
    assert outcomes(results) == [ImportOutcome.CREATED, ImportOutcome.REFUSED], results
    assert state_of(sheet=InitiativePage.objects.get()) is SheetState.IN_REVIEW
    assert any("chap" in problem.heading.lower() for problem in results[1].problems)
    _totals, results = bring([ready], is_to_submit=True)
    assert outcomes(results) == [ImportOutcome.UNCHANGED]
    _totals, results = bring([{**ready, "chapô": "Autre"}])
    assert "en relecture" in results[0].reasons


def test_drafts_of_an_earlier_import_can_be_sent_to_the_review(bring):
    bring([{**sheet(1), **READY}])
    _totals, results = bring([{**sheet(1), **READY}], is_to_submit=True)
    assert outcomes(results) == [ImportOutcome.SUBMITTED]
    assert state_of(sheet=InitiativePage.objects.get()) is SheetState.IN_REVIEW
    _totals, results = bring([{**sheet(1), **READY}], is_to_submit=True)
    assert outcomes(results) == [ImportOutcome.UNCHANGED]


def test_a_dry_run_says_the_same_and_writes_nothing(bring):
    lines = [{**sheet(1), **READY, "partenaires": "CCAS de Belley"}, sheet(2, publics="Inconnus"), sheet(1)]
    _totals, foretold = bring(lines, is_dry_run=True)
    assert not InitiativePage.objects.exists()
    assert not Organisation.objects.filter(is_proposed=True).exists()
    _totals, results = bring(lines)
    assert [(r.number, r.outcome, r.problems) for r in foretold] == [(r.number, r.outcome, r.problems) for r in results]


def test_a_structure_proposed_by_two_lines_is_proposed_once(bring):
    bring([sheet(1, partenaires="CCAS de Belley"), sheet(2, partenaires="CCAS de Belley ; CCAS de Belley (financeur)")])
    assert Organisation.objects.filter(name="CCAS de Belley", is_proposed=True).count() == 1


def test_every_reason_of_a_refusal_is_given_with_its_line_column_and_value(bring):
    wrong = {
        **sheet(7),
        "publics": "Jeunes ; Martiens",
        "territoires": "Atlantide",
        "année de début": "l’an 2000",
        "état d’avancement": "peut-être",
        "partenaires": "ADIL de l’Ain (chef)",
        "chiffres clés": "beaucoup | € | budget",
        "courriel du contact": "pas une adresse",
        "chapô": "x" * 601,
        "structure": "Structure inconnue",
        "publié à l’origine le": "hier",
    }
    totals, (result,) = bring([wrong])
    assert (result.number, result.external_id, totals.refused) == (2, "F-7", 1)
    told = {problem.heading: problem for problem in result.problems}
    assert set(told) == set(wrong) - {"identifiant", "titre"}
    assert told["publics"].text == "Martiens"
    assert "Atlantide" in told["territoires"].reason
    assert "Porteur" in told["partenaires"].reason
    assert "au plus 600 caractères" in told["chapô"].reason
    assert not InitiativePage.objects.exists()


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"identifiant": ""}, "obligatoire"),
        ({"titre": "  "}, "obligatoire"),
        ({"titre": "x" * 256}, "255"),
        ({"identifiant": "x" * 121}, "120"),
        ({"contexte": "a\x00b"}, "nul"),
        ({"année de début": "2024", "année de fin": "2020"}, "avant d’avoir commencé"),
        ({"année de début": "1"}, "1980"),
        ({"chiffres clés": "99999999999999999 | € | budget"}, "chiffres"),
        ({"chiffres clés": "12 | € | budget | demain"}, "année"),
        ({"partenaires": "(porteur)"}, "nom"),
        ({"mots-clés": "x" * 101}, "100"),
    ],
)
def test_a_line_that_cannot_be_kept_is_refused_with_the_reason(bring, cells, reason):
    _totals, (result,) = bring([{**sheet(1), **cells}])
    assert result.outcome is ImportOutcome.REFUSED
    assert reason in result.reasons


def test_a_line_twice_in_a_file_is_refused_the_second_time(bring):
    _totals, results = bring([sheet(1), sheet(1, chapô="Autre")])
    assert outcomes(results) == [ImportOutcome.CREATED, ImportOutcome.REFUSED]
    assert "déjà à la ligne 2" in results[1].reasons


def test_one_identifier_of_two_structures_is_two_sheets(bring):
    OrganisationFactory(name="Udaf de l’Ain")
    _totals, results = bring([sheet(1), {**sheet(1), "structure": "Udaf de l’Ain"}])
    assert outcomes(results) == [ImportOutcome.CREATED] * 2


def test_a_sheet_that_no_import_wrote_is_left_alone(bring, adil):
    by_hand = create_draft(user=None, organisation=adil, title="À la main")
    Dossier.objects.filter(page=by_hand).update(external_id="F-1")
    _totals, results = bring([sheet(1)])
    assert outcomes(results) == [ImportOutcome.REFUSED]
    assert "cet import n’a pas écrite" in results[0].reasons


def test_formulas_are_texts(bring):
    bring([{**sheet(1), "titre": "=1+1", "contexte": "- un\n- deux", "nom du contact": "+33 Camille"}])
    text = only_text()
    assert (text.title, text.contact_name) == ("=1+1", "+33 Camille")
    assert text.context == "<ul><li>un</li><li>deux</li></ul>"


def test_the_number_of_queries_does_not_grow_with_the_file(bring):
    counts = []
    for first, size in ((0, 5), (100, 5), (200, 25)):
        lines = [{**sheet(first + number), **READY, "mots-clés": "a ; b"} for number in range(size)]
        with CaptureQueriesContext(
            connection,
        ) as queries:
            bring(lines)
        counts.append(len(queries) / size)
    assert counts[2] <= counts[1]
    assert counts[2] < 200
