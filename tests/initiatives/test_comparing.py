"""What changed between two texts of a sheet, as a partner or a reviewer is shown it."""

import time
from decimal import Decimal

import pytest
from django.utils.safestring import SafeString

from hub.pages.models import HomePage
from initiatives.comparing import FieldDifference, differences, filled_fields, marked_words
from initiatives.drafts import text_of
from initiatives.enums import PartnershipRole
from initiatives.models import InitiativeKeyFigure, InitiativePage, Partnership
from tests.factories import AudienceFactory, InitiativePageFactory, OrganisationFactory
from tests.support.growth import assert_linear

pytestmark = pytest.mark.django_db

DELETED = (
    '<del><span class="fr-sr-only w-sr-only">[supprimé : </span>{}<span class="fr-sr-only w-sr-only">]</span></del>'
)
INSERTED = (
    '<ins><span class="fr-sr-only w-sr-only">[ajouté : </span>{}<span class="fr-sr-only w-sr-only">]</span></ins>'
)


@pytest.fixture
def sheet(home: HomePage) -> InitiativePage:
    return InitiativePageFactory(
        title="Une colocation à Bourg",
        context="<p>Douze jeunes <b>sans</b> logement.</p><p>Un bailleur prêt.</p>",
        audiences=[AudienceFactory(label="Jeunes"), AudienceFactory(label="Familles")],
        leads=[OrganisationFactory(name="ADIL")],
        body=[("text", "<p>Une semaine type.</p>"), ("quote", {"text": "Enfin chez moi.", "author": "Un jeune"})],
    )


def changed(sheet: InitiativePage, **values: object) -> list[FieldDifference]:
    before, after = (text_of(sheet=InitiativePage.objects.get(pk=sheet.pk)) for _ in range(2))
    for name, value in values.items():
        setattr(after, name, value)
    return differences(before=before, after=after)


def only(found: list[FieldDifference]) -> FieldDifference:
    assert len(found) == 1, found
    return found[0]


def test_the_same_text_has_no_difference(sheet: InitiativePage):
    assert changed(sheet) == []
    assert differences(before=sheet, after=text_of(sheet=sheet)) == []


def test_the_words_that_left_and_those_that_came_are_marked_and_said(sheet: InitiativePage):
    title = only(changed(sheet, title="Une grande colocation à Belley"))
    assert (title.name, title.label) == ("title", "Titre")
    assert title.before == "Une colocation à " + DELETED.format("Bourg")
    assert title.after == "Une " + INSERTED.format("grande") + " colocation à " + INSERTED.format("Belley")


def test_rich_text_is_compared_by_its_words_not_its_markup(sheet: InitiativePage):
    context = only(changed(sheet, context="<p>Quinze jeunes <b>sans</b> logement.</p><p>Un bailleur prêt.</p>"))
    assert context.label == "Contexte"
    assert context.before == DELETED.format("Douze") + " jeunes sans logement.<br>Un bailleur prêt."
    assert context.after.startswith(INSERTED.format("Quinze"))


def test_a_link_that_leads_elsewhere_is_a_change(sheet: InitiativePage):
    sheet.results = '<p>Voir <a href="https://un.example/">le bilan</a>.</p>'
    sheet.save_revision()
    results = only(changed(sheet, results='<p>Voir <a href="https://deux.example/">le bilan</a>.</p>'))
    assert "deux.example" in results.after
    assert "<a" not in results.after


def test_a_change_that_words_do_not_show_is_said(sheet: InitiativePage):
    bold = only(changed(sheet, context="<p>Douze jeunes sans logement.</p><p>Un bailleur <b>prêt</b>.</p>"))
    assert "mise en forme" in bold.note
    assert bold.before == bold.after
    joined = only(changed(sheet, context="<p>Douze jeunes sans logement. Un bailleur prêt.</p>"))
    assert "mise en forme" in joined.note


def test_lists_are_compared_as_sets_whatever_their_order(sheet: InitiativePage):
    young, families = sorted(sheet.audiences.all(), key=lambda audience: audience.label, reverse=True)
    assert changed(sheet, audiences=[families, young]) == []
    audiences = only(changed(sheet, audiences=[young, AudienceFactory(label="Sortants")]))
    assert audiences.label == "Publics"
    assert audiences.before.count("<li>") == audiences.after.count("<li>") == 2
    assert DELETED.format("Familles") in audiences.before
    assert INSERTED.format("Sortants") in audiences.after


def test_partners_and_figures_are_told_whole(sheet: InitiativePage):
    organisation = OrganisationFactory(name="ADIL")
    found = changed(
        sheet,
        partnerships=[Partnership(organisation=organisation, role=PartnershipRole.FUNDER, contribution="Loue")],
        key_figures=[InitiativeKeyFigure(value=Decimal(12), unit="ménages", label="logés", year=2024, source="bilan")],
    )
    assert [difference.label for difference in found] == ["Partenaires et rôles", "Chiffres clés"]
    assert DELETED.format("ADIL – Porteur") in found[0].before
    assert INSERTED.format("ADIL – Financeur : Loue") in found[0].after
    assert INSERTED.format("12 ménages logés (2024, source : bilan)") in found[1].after


def test_free_content_is_compared_by_what_is_read(sheet: InitiativePage):
    body = only(
        changed(sheet, body=[("text", "<p>Une semaine ordinaire.</p>"), ("quote", {"text": "Enfin chez moi."})])
    )
    assert "[Texte]<br>Une semaine " + DELETED.format("type.") in body.before
    assert "Un jeune" in body.before
    assert "Un jeune" not in body.after


def test_a_new_sheet_is_told_whole(sheet: InitiativePage):
    found = {said.name for said in filled_fields(text=sheet)}
    assert {"title", "context", "audiences", "partnerships", "body"} <= found
    assert "results" not in found


def test_nothing_a_partner_writes_becomes_markup(sheet: InitiativePage):
    title = only(changed(sheet, title="<script>alert(1)</script> & {} colocation"))
    assert isinstance(title.after, SafeString)
    assert "<script" not in title.after
    assert "&lt;script&gt;" in title.after


def test_very_long_texts_are_compared_in_a_moment():
    before = "\n".join(f"ligne {number} de la fiche" for number in range(20_000))
    started = time.process_time()
    left, right = marked_words(before=before, after=before.replace("ligne 7000 ", "ligne sept mille "))
    assert time.process_time() - started < 5
    assert left.count("<del>") == right.count("<ins>") == 1
    assert "ligne sept mille de la fiche" in right


@pytest.mark.parametrize(
    ("before", "after"), [("x a ", "y a "), ("a b ", "b a "), ("x\n", "y\n"), ("mot ", "autre "), ("é ", "e\u0301 ")]
)
def test_texts_that_repeat_the_same_words_are_compared_as_fast_as_others(before: str, after: str):
    assert_linear(
        lambda size: (before * (size // len(before)), after * (size // len(after))),
        lambda texts: marked_words(before=texts[0], after=texts[1]),
    )


def test_texts_too_different_to_be_compared_are_shown_whole_and_it_is_said(sheet: InitiativePage):
    before, after = ("".join(f"<p>{word} {number}</p>" for number in range(7_000)) for word in ("un", "deux"))
    sheet.context = before
    sheet.save_revision()
    context = only(changed(sheet, context=after))
    assert "trop différents" in context.note
    assert context.before.count("<del>") == context.after.count("<ins>") == 1
    assert "un 6999" in context.before
    assert "deux 6999" in context.after


def test_what_both_ends_have_in_common_is_left_unmarked():
    left, right = marked_words(before="un deux trois trois quatre", after="un deux trois quatre")
    assert left == "un deux trois " + DELETED.format("trois") + " quatre"
    assert right == "un deux trois quatre"
    assert marked_words(before="un un", after="un") == ("un " + DELETED.format("un"), "un")
