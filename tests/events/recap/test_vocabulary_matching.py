"""Publics, schemes, axes and territories are matched to the vocabularies, and everyday words are not taken for them."""

import pytest

from tests.events.recap.conftest import guessed, keys, sure

HEAD = "12e atelier de la Dihal « Un sujet »\n\n"


@pytest.mark.parametrize(
    ("phrase", "code"),
    [
        ("Le département de l’Ain a présenté son modèle.", "departement-01"),
        ("LE DÉPARTEMENT DE L'AIN a présenté son modèle.", "departement-01"),
        ("Le conseil départemental du Nord finance.", "departement-59"),
        ("Les préfets de la Loire et de la Haute-Loire.", "departement-42 departement-43"),
        ("Les départements de l’Ain, du Rhône et des Landes.", "departement-01 departement-69 departement-40"),
        ("L’ADIL de la Manche renseigne.", "departement-50"),
        ("dans le Rhône, à Lyon", "departement-69"),
        ("en Ille-et-Vilaine", "departement-35"),
        ("Dans les Bouches-du-Rhône", "departement-13"),
        ("à La Réunion et à Mayotte", "departement-974 departement-976"),
        ("En Nouvelle-Calédonie", "collectivite-988"),
        ("la région Guadeloupe", "region-01"),
        ("la Métropole de Lyon", "epci-200046977"),
        ("la métropole de Lille", "epci-200093201"),
        ("Nantes Métropole", "epci-244400404"),
        ("l’Eurométropole de Strasbourg", "epci-246700488"),
        ("la communauté d'agglomération du Bassin de Bourg-en-Bresse", "epci-200071751"),
        ("la ville de Lyon", "commune-69123"),
        ("la ville du Havre", "commune-76351"),
        ("le CCAS de La Rochelle", "commune-17300"),
        ("Les villes de Mâcon, Villeurbanne et Besançon.", "commune-71270 commune-69266 commune-25056"),
        ("la Bretagne et l’Occitanie", "region-53 region-76"),
        ("en Auvergne-Rhône-Alpes", "region-84"),
    ],
)
def test_territories_are_recognised_by_the_phrases_that_name_them(understand, phrase, code):
    assert keys(understand(f"{HEAD}{phrase}").territories) == code.split()


@pytest.mark.parametrize(
    "phrase",
    [
        "La réunion du 3 mars a permis d’avancer.",
        "Réunion d’ouverture de l’atelier.",
        "dans le nord et le lot de bailleurs",
        "dans le Nord de la France",
        "Une somme, la manche, à l’aube, les landes.",
        "Jean Cher et Paul Var ont parlé.",
        "la Manche sépare deux pays",
        "Bar-sur-Aube et Isle-sur-Marne",
        "la ville de demain",
        "les communes de plus de 3 500 habitants",
        "Saint-Martin a parlé ; Lyon aussi",
        "Le département. Nord et sud se parlent.",
        "Nous sommes à Paris.",
    ],
)
def test_everyday_words_are_no_territories(understand, phrase):
    assert keys(understand(f"{HEAD}{phrase}").territories) == []


def test_an_article_alone_or_a_homonym_makes_a_guess(understand):
    parsed = understand(f"{HEAD}La Gironde a témoigné. La commune de Seyssel aussi. Le département du Gard enfin.")
    assert sure(parsed.territories) == {"departement-30"}
    assert "departement-33" in guessed(parsed.territories)
    assert len(guessed(parsed.territories)) == 2


def test_a_territory_named_twice_is_kept_once_as_sure_as_can_be(understand):
    parsed = understand(f"{HEAD}La Gironde a témoigné. Le département de la Gironde finance.")
    assert keys(parsed.territories) == ["departement-33"]
    assert sure(parsed.territories) == {"departement-33"}


def test_audiences_are_sure_by_their_name_and_guessed_by_another(understand):
    parsed = understand(f"{HEAD}Pour les jeunes, les personnes menacées d'expulsions et les publics précaires.")
    assert sure(parsed.audiences) == {"jeunes", "menaces-expulsion"}
    assert guessed(parsed.audiences) == {"menages-modestes"}
    assert parsed.audiences[1].label == "personnes menacées d'expulsions"


def test_the_longest_name_wins(understand):
    parsed = understand(f"{HEAD}Pour les jeunes sortant de l'ASE.")
    assert keys(parsed.audiences) == ["jeunes-sortant-ase"]


def test_a_word_inside_the_name_of_a_scheme_is_no_public(understand):
    parsed = understand(f"{HEAD}Les pensions de famille se développent.")
    assert keys(parsed.audiences) == []
    assert "pension-de-famille" in keys(parsed.schemes)


def test_schemes_are_found_by_acronym_or_expansion_and_acronyms_keep_their_capitals(understand):
    parsed = understand(f"{HEAD}L’ASLL et l’AVDL/FSL, le logement d'abord ; il faut agir, la fac, des dalo.")
    assert keys(parsed.schemes) == ["asll", "avdl", "fsl", "logement-d-abord"]
    assert keys(understand(f"{HEAD}L’accompagnement social lié au logement.").schemes) == ["asll"]


def test_a_structure_that_attended_is_not_a_scheme_that_was_discussed(understand):
    parsed = understand(f"{HEAD}Il a réuni 50 participants de plusieurs structures (ADIL, UDAF, SIAO, associations…).")
    assert "siao" not in keys(parsed.schemes)
    again = understand(f"{HEAD}Il a réuni 50 participants (ADIL, UDAF, SIAO…). Le SIAO oriente les ménages.")
    assert "siao" in keys(again.schemes)


def test_listed_axes_are_sure_and_the_only_ones(understand):
    parsed = understand(
        f"{HEAD}Sur l’ensemble des axes (logement, ressources, santé, emploi, insertion). Mobilité, mobilité, mobilité."
    )
    assert keys(parsed.axes) == ["logement", "ressources", "sante", "emploi", "insertion"]
    assert guessed(parsed.axes) == set()


def test_without_a_list_an_axis_is_guessed_from_the_titles_or_from_insistence(understand):
    parsed = understand(
        "12e atelier de la Dihal « Santé et précarité »\n\nUne fois l’emploi. Mobilité, mobilité ; la mobilité."
    )
    assert sure(parsed.axes) == set()
    assert guessed(parsed.axes) == {"mobilite"}
    titled = understand("12e atelier de la Dihal « Santé et précarité »\n\nLa santé est un droit.")
    assert guessed(titled.axes) == {"sante"}
