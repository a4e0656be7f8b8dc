"""Which of the dates of a recap is that of the workshop."""

from datetime import date

import pytest

HEAD = "Retour sur le 12e atelier de la Dihal « Le bail glissant »\n\nPublié 02/04/2019|Modifié 02/04/2019\n\n"


@pytest.mark.parametrize(
    "sentence",
    [
        "Trois mois après la loi du 23 novembre 2018, la Dihal a tenu le jeudi 14 mars 2019 son atelier sur le bail.",
        "L’atelier sur le bail glissant, promis par le plan du 11 septembre 2017, s’est tenu le 14 mars 2019 à Paris.",
        "Le 14 mars 2019, la Dihal a réuni 80 participants, cinq ans après le décret du 24 décembre 2014.",
        "Annoncé le 5 février 2019 par le ministre, l’atelier aura lieu le 14 mars 2019.",
        "L’atelier du 14 mars 2019 revenait sur la circulaire du 3 février 2019.",
        "Suivant l’instruction du 4 juin 2018, l’atelier organisé avec l’USH le 14 mars 2019 portait sur le bail.",
    ],
)
def test_the_day_is_the_one_tied_to_the_verb_that_says_the_workshop_was_held(understand, sentence):
    days = understand(f"{HEAD}{sentence}\n\nLe comité du 6 décembre 2018 l’avait demandé.").days
    assert days.value == (date(2019, 3, 14),)
    assert not days.provenance.is_guess


def test_a_date_that_nothing_ties_is_a_guess_and_that_of_a_law_is_none(understand):
    days = understand(
        f"{HEAD}Cet atelier a fait date : nous en étions au 14 mars 2019.\n\nUn autre paragraphe suit."
    ).days
    assert days is None or days.provenance.is_guess
    assert (
        understand(f"{HEAD}La Dihal est revenue sur la loi du 23 novembre 2018, dite Élan, qui créait un bail.").days
        is None
    )


def test_a_title_with_two_dates_gives_that_of_the_workshop(understand):
    days = understand(
        "Six mois après la loi du 23 novembre 2018 : retour sur le 12e atelier « Le bail » du 14 mars 2019"
    ).days
    assert days.value == (date(2019, 3, 14),)


@pytest.mark.parametrize("day", ["le 18 mai dernier", "le jeudi 8 mai", "le 1er mai", "les 8 et 9 mai"])
def test_no_day_rather_than_one_that_contradicts_the_text(understand, day):
    text = (
        "12e atelier de la Dihal « Le bail glissant »\n\nLe 12e atelier, organisé en partenariat avec l’Unhaj "
        f"{day} à Lyon, portait sur le bail.\n\nLa feuille de route, que fixe l’arrêté du 3 février 2021, en parle. "
        "Elle a été signée le 4 mars 2021."
    )
    parsed = understand(text)
    assert parsed.days is None
    assert [partner.label for partner in parsed.partners] == ["Unhaj"]


@pytest.mark.parametrize(("said", "year"), [("le 18 mars", 2019), ("le 18 mai dernier", 2018), ("le 18 mai", 2019)])
def test_a_day_without_its_year_takes_that_of_the_publication_as_a_guess(understand, said, year):
    days = understand(f"{HEAD}L’atelier s’est tenu {said} à Lyon.").days
    assert days.value[0].year == year
    assert days.provenance.is_guess


@pytest.mark.parametrize(
    "when",
    [
        "le 3 mars 2020",
        "le 18 mai dernier",
        "le jeudi 18 mai",
        "ce 18 mai",
        "en mars 2020",
        "mardi 3 mars",
        "du 3 au 4 mars",
    ],
)
def test_the_name_of_a_host_stops_before_the_date(understand, when):
    parsed = understand(f"{HEAD}L’atelier, organisé en lien avec la Fédération du bail {when} à Lyon, était complet.")
    assert [partner.label for partner in parsed.partners] == ["Fédération du bail"]
