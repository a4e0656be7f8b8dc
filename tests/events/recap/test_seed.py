"""The recap that was given as the model of what Dihal publishes, when it is at hand next to the repository."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings

from events.recap.parsing import parse_recap
from events.recap.read.reading import read_recap
from events.recap.report import coverage
from hub.pages.enums import FigureQualifier
from tests.events.recap.conftest import guessed, keys, sure

SEED = Path(settings.BASE_DIR).parent / "shared" / "seeds" / "atelier-86.txt"

pytestmark = pytest.mark.skipif(
    not SEED.exists(), reason="../shared/seeds/atelier-86.txt is not next to the repository"
)


@pytest.fixture(scope="module")
def text():
    return read_recap(data=SEED.read_bytes(), filename=SEED.name)


@pytest.fixture(scope="module")
def parsed(text, words):
    return parse_recap(text=text, vocabulary=words)


def test_what_workshop_it_is(parsed):
    assert parsed.number.value == 86
    assert parsed.subject.value.startswith("l’Accompagnement Vers et Dans le Logement (AVDL), un outil")
    assert parsed.subject.value.endswith("du Logement d’Abord")
    assert parsed.days.value == (date(2022, 11, 24),)
    assert parsed.published_on.value == parsed.modified_on.value == date(2022, 12, 15)
    assert (parsed.government.name, parsed.government.title) == ("Élisabeth Borne", "Première ministre")


def test_who_held_it_and_who_came(parsed):
    assert keys(parsed.organisers) == ["dihal"]
    assert keys(parsed.partners) == ["ush"]
    assert (parsed.participants.count, parsed.participants.is_minimum) == (500, True)
    assert len(parsed.structures) == 8
    assert [key for structure in parsed.structures for key in structure.keys] == [
        "administration-centrale",
        "service-etat",
        "ush-ar-hlm",
        "bailleur-social",
        "action-logement",
        "conseil-departemental",
        "epci",
        "commune",
        "adil",
        "udaf",
        "siao",
        "association",
    ]


def test_its_three_sequences_each_have_their_text(parsed):
    assert parsed.announced_sequences.value == 3
    assert [sequence.title.split()[0] for sequence in parsed.sequences] == ["Présenter", "Partager", "Échanger"]
    assert [len(sequence.paragraphs) for sequence in parsed.sequences] == [1, 1, 1]
    assert [sequence.paragraphs[0].text.split()[0] for sequence in parsed.sequences] == ["L’AVDL,", "Cet", "Cet"]
    assert not any(sequence.provenance.is_guess for sequence in parsed.sequences)
    assert parsed.warnings == ()


def test_its_key_figures(parsed):
    money, households = parsed.key_figures
    assert (money.value, money.unit, money.year, money.qualifier) == (Decimal(52), "M€", 2021, FigureQualifier.EXACT)
    assert (households.value, households.unit, households.year) == (Decimal(21000), "ménages", 2021)
    assert households.qualifier is FigureQualifier.MORE_THAN


def test_what_it_is_found_by(parsed):
    assert {"jeunes", "menaces-expulsion", "troubles-psychiques"} <= sure(parsed.audiences)
    assert "menages-modestes" in guessed(parsed.audiences)
    assert keys(parsed.schemes) == ["avdl", "logement-d-abord", "fnavdl", "asll"]
    assert keys(parsed.axes) == ["logement", "ressources", "sante", "emploi", "insertion"]
    assert keys(parsed.territories) == ["departement-01"]


def test_its_replay_is_to_be_filled_in(parsed):
    assert parsed.replay is not None
    assert parsed.replay.url == ""


def test_none_of_its_sentences_is_lost_nor_left_over(text, parsed):
    assert not coverage(text=text, parsed=parsed).missing
    assert parsed.leftovers == ()
