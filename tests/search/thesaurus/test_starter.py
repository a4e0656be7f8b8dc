"""The starter thesaurus: complete, offered once, and the editors' from then on."""

import pytest
from django.core.management import call_command

from search import analysis
from search.enums import ThesaurusKind
from search.synonyms import SynonymTable
from search.thesaurus.exchange import load_thesaurus, read_starter
from search.thesaurus.models import ThesaurusEntry

pytestmark = pytest.mark.django_db


def test_an_empty_hub_receives_every_entry_without_a_problem():
    report = load_thesaurus()
    assert report.problems == []
    assert ThesaurusEntry.objects.count() == len(read_starter()) >= 150
    assert ThesaurusEntry.objects.filter(kind=ThesaurusKind.FAMILY).count() >= 80


def test_keys_are_unique():
    keys = [entry.key for entry in read_starter()]
    assert len(set(keys)) == len(keys)


def test_what_editors_did_is_never_undone_by_another_load():
    load_thesaurus()
    changed, deleted, suspended = ThesaurusEntry.objects.order_by("pk")[:3]
    changed.wordings = "à nous\nà vous deux"
    changed.save()
    suspended.is_active = False
    suspended.save()
    deleted.delete()
    before = list(ThesaurusEntry.objects.order_by("pk").values())
    assert load_thesaurus().created == []
    assert list(ThesaurusEntry.objects.order_by("pk").values()) == before


def test_a_dry_run_says_what_it_would_add_and_adds_nothing(capsys):
    call_command("load_thesaurus", "--dry-run")
    assert not ThesaurusEntry.objects.exists()
    assert "+ cabane, baraque, tente → bidonville" in capsys.readouterr().out
    assert load_thesaurus().created


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("mamie", "personnes âgées"), ("toxico", "addiction"), ("cabanes", "bidonville"),
        ("papiers", "titre de séjour"),
        ("taudis", "habitat indigne"), ("taulard", "détention"), ("seniors", "personnes âgées"),
        ("tuteur", "protection juridique des majeurs"), ("HLM", "logement social"),
        ("DOM", "outre-mer"), ("loyers en retard", "impayés"), ("ne paie plus son loyer", "impayés"),
    ],
)  # fmt: skip
def test_how_people_speak_means_what_the_trade_writes(typed, meant):
    load_thesaurus()
    table = SynonymTable(equivalences=ThesaurusEntry.objects.active().equivalences())
    assert meant in [synonym.label for synonym in table.alternatives(surfaces=content_words(typed))]


def content_words(text):
    return tuple(word.surface for word in analysis.words(text) if word.term)


def test_no_acronym_is_searched_that_another_word_is_cut_down_to():
    """« outre-mer » meant DOM, which is also what is left of « Dôme »."""
    places = "Dôme Puy Lot Orne Marne Gard Ain Cher Var Eure Aude Tarn Oise Loire Nord Corse Jura Meuse Savoie Alpes"
    stems = {analysis.stemmed_term(place) for place in places.split()}
    for entry in read_starter():
        searched = entry.meanings or entry.wordings
        assert not stems & {analysis.plain_term(text) for text in searched if analysis.is_written_as_acronym(text)}


def test_a_narrow_word_does_not_widen_the_wide_one():
    load_thesaurus()
    table = SynonymTable(equivalences=ThesaurusEntry.objects.active().equivalences())
    assert "cabane" not in [synonym.label for synonym in table.alternatives(surfaces=("bidonville",))]
