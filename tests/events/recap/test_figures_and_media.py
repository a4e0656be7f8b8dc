"""Key figures, replay and documents."""

from decimal import Decimal

import pytest

from hub.pages.enums import FigureQualifier
from tests.events.recap.conftest import SAMPLES

HEAD = "12e atelier de la Dihal « Un sujet » du 3 mars 2022\n\n"


@pytest.mark.parametrize(
    ("sentence", "value", "unit", "year", "qualifier"),
    [
        ("Les contributions augmentent (52M€ en 2021).", "52", "M€", 2021, FigureQualifier.EXACT),
        ("Le fonds atteint 52 M€.", "52", "M€", None, FigureQualifier.EXACT),
        ("Le fonds atteint 52\u202fM€.", "52", "M€", None, FigureQualifier.EXACT),
        ("Le fonds atteint 52 millions d’euros en 2021.", "52", "M€", 2021, FigureQualifier.EXACT),
        ("Près de 1,2 milliard d'euros.", "1.2", "Md€", None, FigureQualifier.NEARLY),
        ("Une aide de 350 000 € est versée.", "350000", "€", None, FigureQualifier.EXACT),
        ("Une aide de 350 k€ est versée.", "350", "k€", None, FigureQualifier.EXACT),
        (
            "En 2021, ce sont plus de 21 000 ménages qui ont été aidés.",
            "21000",
            "ménages",
            2021,
            FigureQualifier.MORE_THAN,
        ),
        ("Environ 21.000 ménages ont été aidés.", "21000", "ménages", None, FigureQualifier.ABOUT),
        ("Au moins 21\u00a0000 logements ont été captés.", "21000", "logements", None, FigureQualifier.MORE_THAN),
        ("2 millions de personnes attendent.", "2000000", "personnes", None, FigureQualifier.EXACT),
        ("Le taux est de 87,5 %.", "87.5", "%", None, FigureQualifier.EXACT),
        ("Il y a 1 250 assignations.", "1250", "assignations", None, FigureQualifier.EXACT),
    ],
)
def test_figures_are_read_with_their_unit_year_and_qualifier(understand, sentence, value, unit, year, qualifier):
    (figure,) = understand(HEAD + sentence).key_figures
    assert (figure.value, figure.unit, figure.year, figure.qualifier) == (Decimal(value), unit, year, qualifier)
    assert figure.provenance.excerpt == sentence


@pytest.mark.parametrize(
    "sentence",
    [
        "L’atelier a réuni 500 participants.",
        "La loi du 5 mars 2007 et l’article 24 de 2018.",
        "Le plan 2018-2022 et les 3 associations.",
        "Rendez-vous à 14h30 au 20 avenue de Ségur, 75007.",
        "En 2022 les bailleurs ont changé.",
    ],
)
def test_other_numbers_are_no_key_figures(understand, sentence):
    assert understand(HEAD + sentence).key_figures == ()


def test_what_a_figure_counts_is_said_in_the_words_around_it(understand):
    parsed = understand(
        f"{HEAD}La hausse vient avec les contributions des bailleurs (52M€ en 2021). On suit 240 ménages "
        f"relogés dans l’année."
    )
    assert [figure.label for figure in parsed.key_figures] == ["contributions des bailleurs", "relogés dans l’année"]


def test_a_year_chosen_among_several_is_a_guess(understand):
    (figure,) = understand(f"{HEAD}De 2018 à 2022, le fonds a versé 40 M€.").key_figures
    assert figure.year == 2022
    assert figure.provenance.is_guess


@pytest.mark.parametrize(
    ("address", "provider", "identifier"),
    [
        ("https://www.youtube.com/watch?v=AbCdEfGhIjK", "youtube", "AbCdEfGhIjK"),
        ("https://youtu.be/AbCdEfGhIjK?t=10", "youtube", "AbCdEfGhIjK"),
        ("https://www.dailymotion.com/video/x8abcde", "dailymotion", "x8abcde"),
        ("https://vimeo.com/123456789", "vimeo", "123456789"),
        ("https://tube.exemple.fr/w/kJ8sZ2mQpR4tVw", "peertube", "kJ8sZ2mQpR4tVw"),
        ("https://www.exemple.gouv.fr/replay-12e-atelier", "", ""),
    ],
)
def test_the_replay_is_found_with_its_platform(understand, address, provider, identifier):
    for source in (
        f"{HEAD}Du texte.\n\nAccéder au replay : {address}",
        f'<h1>{HEAD}</h1><p>Du texte.</p><p><a href="{address}">Voir le replay</a></p>',
    ):
        replay = understand(source).replay
        assert (replay.url, replay.provider, replay.video_id) == (address, provider, identifier)
        assert not replay.provenance.is_guess


def test_a_replay_announced_without_address_is_to_be_filled_in(understand):
    replay = understand(f"{HEAD}Du texte.\n\nAccéder au replay de l'atelier").replay
    assert replay.url == ""
    assert replay.provenance.excerpt == "Accéder au replay de l'atelier"


def test_a_paragraph_that_mentions_a_replay_stays_in_the_text(understand):
    sentence = "Le replay de la première édition a été vu mille fois, ce qui a convaincu les équipes."
    parsed = understand(f"{HEAD}{sentence} Une suite est prévue.")
    assert parsed.introduction[0].text.startswith(sentence)
    assert parsed.replay is None


def test_among_several_videos_the_replay_is_a_guess(understand):
    links = "".join(f'<p>Voir <a href="https://youtu.be/AbCdEfGhIj{n}">ici</a> l’exposé.</p>' for n in range(2))
    replay = understand(f"<h1>{HEAD}</h1>{links}").replay
    assert replay.url.endswith("0")
    assert replay.provenance.is_guess


def test_documents_are_listed_with_their_words_and_full_address(understand):
    parsed = understand((SAMPLES / "page-drupal.html").read_bytes())
    assert [(document.label, document.url) for document in parsed.documents] == [
        ("Support de présentation", "https://www.exemple.gouv.fr/sites/default/files/2024-02/support-94.pdf"),
        ("Programme", "https://www.exemple.gouv.fr/files/programme.pdf"),
    ]
    assert parsed.replay.video_id == "AbCdEfGhIjK"


@pytest.mark.parametrize(
    "sentence",
    [
        "En 2021, 41 % d’entre elles se disent isolées.",
        "Le taux est de 12 % chez les familles (9 % ailleurs).",
        "30 % des ménages partent, contre 18 % des plus jeunes.",
        "30 % des ménages partent, contre 18 % des couples.",
        "60 % de ceux-ci sont relogés.",
        "60 % de leurs enfants sont scolarisés.",
        "52 M€ contre 40 M€ l’année précédente.",
        "25 % y ont renoncé.",
    ],
)
def test_a_figure_that_says_nothing_alone_is_a_guess(understand, sentence):
    figures = understand(f"{HEAD}{sentence}").key_figures
    assert figures[-1].provenance.is_guess


def test_the_comparison_keeps_its_first_figure_and_the_youngest_of_a_group_are_no_public(understand):
    parsed = understand(f"{HEAD}En 2021, 30 % des familles partent, contre 18 % des plus jeunes.")
    assert [figure.provenance.is_guess for figure in parsed.key_figures] == [False, True]
    assert "jeunes" not in [mention.key for mention in parsed.audiences]
    assert "jeunes" in [mention.key for mention in understand(f"{HEAD}Plus de 60 jeunes logés.").audiences]


def test_fewer_than_is_never_exactly(understand):
    (figure,) = understand(f"{HEAD}Moins de 500 logements ont été captés.").key_figures
    assert figure.qualifier is FigureQualifier.LESS_THAN
