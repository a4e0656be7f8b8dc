"""The starter vocabulary: complete, loaded again without harm, and respectful of what editors wrote."""

from datetime import date

import pytest
from django.core.management import call_command

from hub.vocabulary.loading import VOCABULARIES, load_vocabulary, read_entries
from hub.vocabulary.models import (
    Audience,
    Axis,
    Government,
    GovernmentTitle,
    Organisation,
    OrganisationKind,
    Scheme,
    past_government_of,
)

pytestmark = pytest.mark.django_db


def test_an_empty_database_receives_every_entry_without_a_problem():
    reports = load_vocabulary()
    assert [report.problems for report in reports] == [[]] * len(VOCABULARIES)
    for vocabulary in VOCABULARIES:
        assert vocabulary.model.objects.count() == len(read_entries(file_name=vocabulary.file_name))
    assert Audience.objects.count() >= 25
    assert Scheme.objects.count() >= 30


def test_loading_again_changes_nothing(vocabulary):
    before = [list(vocabulary.model.objects.values()) for vocabulary in VOCABULARIES]
    reports = load_vocabulary()
    assert [report.created for report in reports] == [[]] * len(VOCABULARIES)
    assert before == [list(vocabulary.model.objects.values()) for vocabulary in VOCABULARIES]


def test_what_editors_changed_is_kept_and_gets_no_twin(vocabulary):
    Audience.objects.filter(slug="jeunes").update(label="Jeunes de moins de 30 ans", definition="À nous.")
    Axis.objects.filter(slug="sante").update(slug="sante-et-soins", aliases="")
    Scheme.objects.filter(slug="avdl").update(slug="accompagnement", expansion="Accompagnement renforcé")
    Organisation.objects.filter(slug="dihal").update(website="https://exemple.example.org/")
    load_vocabulary()
    young = Audience.objects.get(slug="jeunes")
    assert (young.label, young.definition) == ("Jeunes de moins de 30 ans", "À nous.")
    assert list(Axis.objects.filter(label="Santé").values_list("slug", "aliases")) == [("sante-et-soins", "")]
    assert Scheme.objects.get(acronym="AVDL").expansion == "Accompagnement renforcé"
    assert Organisation.objects.get(slug="dihal").website == "https://exemple.example.org/"


def test_an_entry_editors_wrote_first_is_recognised_by_its_label_whatever_its_case():
    Audience.objects.create(label="GENS DU VOYAGE", slug="gdv")
    Scheme.objects.create(acronym="avdl", expansion="Accompagnement de chez nous", slug="avdl-local")
    load_vocabulary()
    assert Audience.objects.get(label__iexact="gens du voyage").slug == "gdv"
    assert Scheme.objects.get(acronym__iexact="avdl").slug == "avdl-local"


def test_children_follow_a_parent_editors_renamed_and_never_make_a_third_level(vocabulary):
    Audience.objects.filter(parent__slug="jeunes").delete()
    Audience.objects.filter(slug="jeunes").update(parent=Audience.objects.get(slug="menages-modestes"))
    load_vocabulary()
    assert Audience.objects.get(slug="etudiants").parent.slug == "menages-modestes"
    assert not Audience.objects.filter(parent__parent__isnull=False).exists()


def test_an_entry_that_contradicts_editors_is_reported_and_the_others_loaded():
    Government.objects.create(name="Quelqu’un", title=GovernmentTitle.PREMIER_MINISTRE, started_on=date(2026, 1, 1))
    reports = {report.label: report for report in load_vocabulary()}
    assert any("Sébastien Lecornu" in problem for problem in reports["gouvernements"].problems)
    assert Government.objects.filter(name="Élisabeth Borne").exists()


def test_a_dry_run_says_what_it_would_add_and_adds_nothing(capsys):
    call_command("load_vocabulary", "--dry-run")
    assert not Axis.objects.exists()
    output = capsys.readouterr().out
    assert "Publics : 35 à ajouter" in output
    assert "+ AVDL – Accompagnement vers et dans le logement" in output


def test_every_kind_public_axis_and_scheme_a_recap_of_the_field_names_is_there(vocabulary):
    assert set(Audience.objects.values_list("slug", flat=True)) >= {
        "tous-publics", "jeunes", "jeunes-sortant-ase", "menaces-expulsion", "troubles-psychiques"
    }  # fmt: skip
    assert set(Axis.objects.values_list("slug", flat=True)) >= {
        "logement", "ressources", "sante", "emploi", "insertion"
    }  # fmt: skip
    assert set(Scheme.objects.values_list("acronym", flat=True)) >= {"AVDL", "ASLL", "FNAVDL", "SIAO"}
    assert Scheme.objects.filter(acronym="", expansion="Logement d’abord").exists()
    assert set(OrganisationKind.objects.values_list("slug", flat=True)) >= {
        "administration-centrale", "service-etat", "ush-ar-hlm", "bailleur-social", "action-logement",
        "conseil-departemental", "epci", "commune", "adil", "udaf", "siao", "association",
    }  # fmt: skip


def test_no_two_publics_answer_to_the_same_words():
    seen: dict[str, str] = {}
    for entry in read_entries(file_name="audiences.toml"):
        names = (*entry.get("aliases", ()), *entry.get("loose_aliases", ()))
        for words in {entry["label"].casefold(), *(alias.casefold() for alias in names)}:
            assert seen.setdefault(words, entry["slug"]) == entry["slug"]


@pytest.mark.parametrize(
    ("day", "notice"),
    [
        (date(2022, 12, 15), "de la Première ministre, Élisabeth Borne."),
        (date(2014, 6, 1), "du Premier ministre, Manuel Valls."),
        (date(2024, 9, 5), "du Premier ministre, Gabriel Attal."),
    ],
)
def test_the_notice_names_the_government_of_the_day(vocabulary, day, notice):
    assert past_government_of(published_on=day).notice.endswith(notice)


def test_there_is_no_notice_under_the_government_in_office(vocabulary):
    assert past_government_of(published_on=date(2026, 1, 1)) is None
