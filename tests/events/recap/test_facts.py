"""The facts a recap states in its first lines: number, subject, dates, hosts, attendance."""

from datetime import date

import pytest

from events.recap.find.dates import find_dates
from hub.pages.enums import FigureQualifier
from tests.events.recap.conftest import keys


@pytest.mark.parametrize(
    "number",
    ["86e", "86è", "86ème", "86 ème", "86eme", "86ième", "86<sup>e</sup>", "86E"],
)
def test_the_number_is_read_however_it_is_abbreviated(understand, number):
    title = f"<h1>Retour sur le {number} atelier de la Dihal « Un sujet » du 24 novembre 2022</h1><p>Texte.</p>"
    parsed = understand(title)
    assert parsed.number.value == 86
    assert parsed.subject.value == "Un sujet"


@pytest.mark.parametrize(
    ("title", "number", "subject", "day"),
    [
        ("Atelier n° 12 : Le bail glissant", 12, "Le bail glissant", None),
        ("Atelier Dihal n°12 – Le bail glissant (3 mars 2020)", 12, "Le bail glissant", date(2020, 3, 3)),
        ("1er atelier de la Dihal sur le bail glissant", 1, "le bail glissant", None),
        (
            "2nde édition, 12e atelier de la Dihal du 03/03/2020 : le bail glissant",
            12,
            "le bail glissant",
            date(2020, 3, 3),
        ),
        ('12e ATELIER DE LA DIHAL "LE BAIL GLISSANT" - 3 MARS 2020', 12, "LE BAIL GLISSANT", date(2020, 3, 3)),
        ("Retour sur le 12e atelier “Bail « glissant »”", 12, "Bail « glissant »", None),
        (
            "12e atelier de la Dihal « Les « grands » exclus du 1er mai 2019 » du 3 mars 2020",
            12,
            "Les « grands » exclus du 1er mai 2019",
            date(2020, 3, 3),
        ),
        (
            "Retour sur l’atelier de la Dihal « Le bail glissant » du 3 mars 2020",
            None,
            "Le bail glissant",
            date(2020, 3, 3),
        ),
        ("12e webinaire de la Dihal : le bail glissant, jeudi 3 déc. 2020", 12, "le bail glissant", date(2020, 12, 3)),
    ],
)
def test_titles_of_many_shapes_are_read(understand, title, number, subject, day):
    parsed = understand(f"{title}\n\nUn paragraphe sur la politique du logement.")
    assert (parsed.number.value if parsed.number else None) == number
    assert parsed.subject.value == subject
    assert (parsed.days.value[0] if parsed.days else None) == day


def test_a_link_to_another_recap_does_not_take_the_place_of_the_title(understand):
    parsed = understand("page-drupal.html")
    assert parsed.number.value == 94
    assert parsed.subject.value == "Loger les jeunes sortant de l’ASE"


def test_a_year_is_not_a_number_of_workshop(understand):
    parsed = understand("Retour sur l’atelier 2022 de la Dihal « Le bail glissant »\n\nTexte.")
    assert parsed.number is None
    assert "Le numéro de l’atelier n’a pas été reconnu." in parsed.warnings


@pytest.mark.parametrize(
    ("printed", "days"),
    [
        ("24 novembre 2022", ["2022-11-24"]),
        ("1er décembre 2022", ["2022-12-01"]),
        ("1 er décembre 2022", ["2022-12-01"]),
        ("24/11/2022", ["2022-11-24"]),
        ("24.11.2022", ["2022-11-24"]),
        ("2022-11-24", ["2022-11-24"]),
        ("24 nov. 2022", ["2022-11-24"]),
        ("jeudi 24 NOVEMBRE 2022", ["2022-11-24"]),
        ("24\u00a0novembre\u202f2022", ["2022-11-24"]),
        ("3 fevrier 2021", ["2021-02-03"]),
        ("5 aout 2021", ["2021-08-05"]),
        ("les 24 et 25 novembre 2022", ["2022-11-24", "2022-11-25"]),
        ("les jeudi 24 et vendredi 25 novembre 2022", ["2022-11-24", "2022-11-25"]),
        ("les 6, 8 et 10 mars 2023", ["2023-03-06", "2023-03-08", "2023-03-10"]),
        ("du 24 au 26 novembre 2022", ["2022-11-24", "2022-11-25", "2022-11-26"]),
        ("du 30 novembre au 1er décembre 2022", ["2022-11-30", "2022-12-01"]),
        ("du 31 décembre au 1er janvier 2023", ["2022-12-31", "2023-01-01"]),
        ("du 24/11/2022 au 25/11/2022", ["2022-11-24", "2022-11-25"]),
        ("31/02/2022", []),
        ("le 31 juin 2022", []),
        ("24 novembre", []),
        ("article 24-11-2022-3", []),
        ("12 ménages en 2022", []),
    ],
)
def test_dates_are_read_as_the_french_write_them(printed, days):
    found = [day.isoformat() for mention in find_dates(text=f"Atelier, {printed}.") for day in mention.days]
    assert found == days


def test_a_date_without_its_year_takes_that_of_the_publication_as_a_guess(understand):
    parsed = understand(
        "63e atelier de la Dihal « Un sujet »\n\nPublié le 10 juin 2018\n\nL’atelier s’est tenu le 24 mai."
    )
    assert parsed.days.value == (date(2018, 5, 24),)
    assert parsed.days.provenance.is_guess


@pytest.mark.parametrize(
    ("line", "published", "modified"),
    [
        ("Publié 15/12/2022|Modifié 16/12/2022", date(2022, 12, 15), date(2022, 12, 16)),
        ("Publié le 15 décembre 2022 - Mis à jour le 16 décembre 2022 à 10h30", date(2022, 12, 15), date(2022, 12, 16)),
        ("Mis en ligne le jeudi 15 décembre 2022", date(2022, 12, 15), None),
        ("Date de publication : 15/12/2022\nDernière mise à jour : 16/12/2022", date(2022, 12, 15), date(2022, 12, 16)),
        ("Publié le\n15 décembre 2022", date(2022, 12, 15), None),
    ],
)
def test_dates_of_publication_are_read_and_are_not_left_in_the_text(understand, line, published, modified):
    parsed = understand(f"12e atelier de la Dihal « Un sujet » du 3 mars 2022\n\n{line}\n\nUn paragraphe.")
    assert parsed.published_on.value == published
    assert (parsed.modified_on.value if parsed.modified_on else None) == modified
    assert parsed.days.value == (date(2022, 3, 3),)
    assert [block.text for block in parsed.introduction] == ["Un paragraphe."]


def test_a_recap_published_before_its_workshop_is_doubted(understand):
    parsed = understand("12e atelier de la Dihal « Un sujet » du 3 mars 2022\n\nPublié le 2 janvier 2022\n\nTexte.")
    assert any("avant l’atelier" in warning for warning in parsed.warnings)


@pytest.mark.parametrize(
    ("notice", "name", "title"),
    [
        (
            "Ce contenu a été publié sous le gouvernement de la Première ministre, Élisabeth Borne.",
            "Élisabeth Borne",
            "Première ministre",
        ),
        (
            "Ce contenu a été publié sous le gouvernement du Premier ministre, Jean Castex.",
            "Jean Castex",
            "Premier ministre",
        ),
        ("Publié sous le gouvernement d'Édouard Philippe", "Édouard Philippe", ""),
        (
            "Ce contenu a été publié sous le gouvernement de M. Dominique de Villepin, Premier ministre.",
            "Dominique de Villepin",
            "Premier ministre",
        ),
    ],
)
def test_the_notice_of_the_government_is_read(understand, notice, name, title):
    parsed = understand(f"12e atelier de la Dihal « Un sujet »\n\n{notice}\n\nTexte.")
    assert (parsed.government.name, parsed.government.title) == (name, title)
    assert [block.text for block in parsed.introduction] == ["Texte."]


@pytest.mark.parametrize(
    ("sentence", "organisers", "partners"),
    [
        ("Cet atelier organisé par la Dihal, en lien avec l’USH, a réuni 50 personnes.", ["dihal"], ["ush"]),
        ("L'atelier, co-organisé par la Dihal, l'USH et la DGCS, s'est tenu en ligne.", ["dihal", "ush", "dgcs"], []),
        (
            "Cet atelier était organisé par la Dihal avec le soutien de la Fnasat et de la DGCS.",
            ["dihal"],
            ["fnasat", "dgcs"],
        ),
        (
            "Organisé par la Dihal (Paris), en partenariat avec l’Union nationale pour l’habitat des jeunes, il a plu.",
            ["dihal"],
            ["unhaj"],
        ),
        ("La Dihal et Soliha ont organisé cet atelier.", ["dihal", "soliha"], []),
        ("Les échanges sur l’atelier ont été riches.", ["dihal"], []),
    ],
)
def test_organisers_and_partners_are_told_apart(understand, sentence, organisers, partners):
    parsed = understand(f"12e atelier de la Dihal « Un sujet »\n\n{sentence}")
    assert keys(parsed.organisers) == organisers
    assert keys(parsed.partners) == partners


def test_a_partner_unknown_to_the_vocabulary_is_kept_by_its_name(understand):
    parsed = understand(
        "12e atelier de la Dihal « Un sujet »\n\nCet atelier est organisé par la Dihal en lien avec le Club "
        "Logement 2030."
    )
    assert [(partner.label, partner.key) for partner in parsed.partners] == [("Club Logement 2030", None)]


@pytest.mark.parametrize(
    ("said", "count", "qualifier"),
    [
        ("a réuni plus de 500 participants", 500, FigureQualifier.MORE_THAN),
        ("a réuni 500 personnes", 500, FigureQualifier.EXACT),
        ("a rassemblé près de 1 300 participantes et participants", 1300, FigureQualifier.NEARLY),
        ("a été suivi par environ 1.300 personnes", 1300, FigureQualifier.ABOUT),
        ("a réuni plus d’une centaine de participants", 100, FigureQualifier.MORE_THAN),
        ("a réuni une cinquantaine de participants", 50, FigureQualifier.ABOUT),
        ("a réuni deux cents personnes", 200, FigureQualifier.EXACT),
        ("a compté 80 connectés", 80, FigureQualifier.EXACT),
        ("a traité de la réforme", None, None),
    ],
)
def test_attendance_is_counted(understand, said, count, qualifier):
    parsed = understand(f"12e atelier de la Dihal « Un sujet »\n\nCet atelier {said}.")
    found = parsed.participants
    assert (found.count if found else None, found.qualifier if found else None) == (count, qualifier)
    assert found is None or found.is_minimum == (qualifier is FigureQualifier.MORE_THAN)


def test_the_people_a_scheme_helps_are_not_its_audience_in_the_room(understand):
    parsed = understand(
        "12e atelier de la Dihal « Un sujet » du 3 mars 2022\n\nCet atelier a réuni 40 participants.\n\n"
        "Séquence 1 : Le bilan\n\nLe dispositif a réuni 300 personnes accompagnées."
    )
    assert parsed.participants.count == 40


@pytest.mark.parametrize(
    "listed",
    [
        "de différentes structures (services de l’État, bailleurs sociaux, ADIL, associations…)",
        "issus des services de l’État, de bailleurs sociaux, d’ADIL et d’associations",
        ": services de l’État, bailleurs sociaux ; ADIL ; associations, etc",
        ":\n- services de l’État\n- bailleurs sociaux\n- ADIL\n- associations\n",
    ],
)
def test_kinds_of_structures_are_listed_in_several_ways(understand, listed):
    parsed = understand(f"12e atelier de la Dihal « Un sujet »\n\nIl a réuni 60 participants {listed}")
    found = [key for structure in parsed.structures for key in structure.keys]
    assert found == ["service-etat", "bailleur-social", "adil", "association"]
