import pytest

from hub.territories.enums import TerritoryKind
from hub.territories.names import lookup_texts, lookup_words, normalise_name


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("Ambérieu-en-Bugey", "amberieu en bugey"),
        ("AMBERIEU EN BUGEY", "amberieu en bugey"),
        ("L’Haÿ-les-Roses", "l hay les roses"),
        ("l'hay les roses", "l hay les roses"),
        ("Œuilly", "oeuilly"),
        ("St-Étienne", "saint etienne"),
        ("Ste Foy-lès-Lyon", "sainte foy les lyon"),
        ("Paris 12ème", "paris 12e"),
        ("Lyon 3ième", "lyon 3e"),
        ("  2A ", "2a"),
        ("Me\u0301tropole", "metropole"),
        ("", ""),
        ("\x00\ud800 —’", ""),
        ("北京", ""),
    ],
)
def test_a_name_has_one_form_however_it_is_typed(typed, expected):
    assert normalise_name(typed) == expected


def texts(**arguments):
    return dict(lookup_texts(**arguments))


def test_a_commune_is_found_from_each_word_that_counts_its_postcodes_and_its_code():
    assert texts(kind=TerritoryKind.COMMUNE, name="Ambérieu-en-Bugey", official_code="01004", postcodes=["01500"]) == {
        "amberieu en bugey": True,
        "bugey": False,
        "01004": True,
        "01500": True,
    }


def test_a_leading_article_may_be_left_out():
    assert texts(kind=TerritoryKind.COMMUNE, name="La Rochelle") == {"la rochelle": True, "rochelle": True}


def test_an_article_in_capitals_begins_the_name_of_a_place():
    found = texts(kind=TerritoryKind.EPCI, name="CA de La Rochelle")
    assert found["la rochelle"] is False
    assert "de la rochelle" not in found


def test_the_nature_of_an_epci_may_be_said_in_full():
    assert texts(kind=TerritoryKind.EPCI, name="CC du Pays de Gex")["communaute de communes du pays de gex"] is True


def test_the_number_of_a_region_yields_to_that_of_a_departement():
    assert texts(kind=TerritoryKind.REGION, name="Auvergne-Rhône-Alpes", official_code="84")["84"] is False
    assert texts(kind=TerritoryKind.DEPARTEMENT, name="Vaucluse", official_code="84")["84"] is True


def test_words_of_a_name_and_words_of_its_areas_are_told_apart():
    words = lookup_words(names=["Saint-Denis", "93066"], areas=["Seine-Saint-Denis", "93", "Île-de-France"])
    assert words == " saint denis 93066 =seine =saint =denis =93 =ile =france "


def test_a_very_long_name_still_fits_its_column():
    assert max(len(text) for text in texts(kind=TerritoryKind.EPCI, name="CC " + "Bresse " * 60)) == 210
