"""Names of before and initials in a recap: read as everywhere else, a doubtful one never taken as sure."""

import pytest

from events.recap.parsing import parse_recap
from events.recap.read.reading import read_recap
from events.recap.vocabulary import build_vocabulary
from tests.events.recap.conftest import guessed, sure
from tests.territories.whole_country import whole_country

__all__ = ["whole_country"]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.once,
    pytest.mark.django_db,
    pytest.mark.usefixtures("whole_country", "db"),
]


def test_the_name_of_a_merged_commune_is_a_guess_where_another_bears_it_and_initials_are_known():
    text = (
        "12e atelier de la Dihal « Un sujet »\n\nLa ville d’Évry, la ville de Sceaux, en PACA, ont témoigné ensemble."
    )
    parsed = parse_recap(text=read_recap(data=text), vocabulary=build_vocabulary())
    assert guessed(parsed.territories) == {"commune-91228"}
    assert sure(parsed.territories) == {"commune-92071", "region-93"}
