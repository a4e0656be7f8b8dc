"""The parts of a workshop are found however the page marks them; when in doubt, it is said."""

import pytest

from tests.events.recap.conftest import keys

HEAD = "Retour sur le 12e atelier de la Dihal « Un sujet » du 3 mars 2022\n\n"
LONG = (
    "Les acteurs du territoire ont décrit leur manière de travailler ensemble, ce qu’elle a changé et ce qui "
    "reste à faire."
)


def parts(parsed):
    return [(sequence.title, [block.text for block in sequence.paragraphs]) for sequence in parsed.sequences]


def words(blocks):
    return [block.text for block in blocks]


def test_titles_in_the_infinitive_are_told_from_the_paragraphs_they_announce(understand):
    parsed = understand("texte-infinitifs.txt")
    assert parsed.announced_sequences.value == 4
    assert [title for title, _ in parts(parsed)] == [
        "Rappeler le cadre de la procédure d’expulsion",
        "Repérer plus tôt les ménages en difficulté",
        "Aller vers les locataires qui ne répondent pas",
        "S’organiser entre bailleurs et services sociaux",
    ]
    assert all(len(text) == 1 for _, text in parts(parsed))
    assert not any(sequence.provenance.is_guess for sequence in parsed.sequences)
    assert words(parsed.conclusion) == [
        "En conclusion, les participants ont souhaité un nouvel atelier sur le maintien dans le logement."
    ]
    assert parsed.warnings == ()


def test_headings_of_a_page_are_sequences_and_its_other_sections_are_not(understand):
    parsed = understand("page-drupal.html")
    assert [title for title, _ in parts(parsed)] == ["Comprendre les parcours", "Agir dès 16 ans"]
    assert len(parsed.sequences[0].paragraphs) == 4
    # What the page leads to besides is no part of it: kept for the editor's eye, its heading with the site's furniture.
    assert [title for title, _ in parts(parsed) if "93e" in title] == []
    assert any("93e atelier" in text for text in words(parsed.leftovers))


def test_numbered_lines_are_sequences(understand):
    parsed = understand("numerotes.txt")
    assert [title for title, _ in parts(parsed)] == [
        "Poser les bases de l'intermédiation locative",
        "Convaincre les propriétaires bailleurs",
        "Accompagner les ménages",
    ]
    assert parsed.sequences[0].headings[0].text.startswith("1. Poser")


def test_marked_sequences_are_read_with_their_text_on_the_same_line_or_not(understand):
    parsed = understand("sequences-marquees.txt")
    assert parts(parsed)[0][0] == "La scolarisation"
    assert parts(parsed)[0][1][0].startswith("Les enfants du voyage")
    assert parts(parsed)[1][0] == "La domiciliation et la santé"
    assert len(parts(parsed)[1][1]) == 2
    assert words(parsed.leftovers) == ["Contact : ateliers@exemple.gouv.fr"]


@pytest.mark.parametrize(
    "marks",
    [
        ("Séquence 1 : {}", "Séquence 2 : {}"),
        ("SEQUENCE N°1 – {}", "SEQUENCE N°2 – {}"),
        ("1ère séquence : {}", "2nde séquence : {}"),
        ("Première partie. {}", "Deuxième partie. {}"),
        ("Table ronde I - {}", "Table ronde II - {}"),
        ("Séquence 1\n\n{}", "Séquence 2\n\n{}"),
        ("1) {}", "2) {}"),
        ("1/ {}", "2/ {}"),
        ("I. {}", "II. {}"),
        ("## {}", "## {}"),
        ("**{}**".replace("**", "") + "\n-----", "{}\n-----"),
    ],
)
def test_marks_of_many_styles_are_recognised(understand, marks):
    first, second = (
        mark.format(title) for mark, title in zip(marks, ["Le bilan de la réforme", "La gouvernance"], strict=True)
    )
    parsed = understand(f"{HEAD}Une introduction.\n\n{first}\n\n{LONG}\n\n{second}\n\n{LONG} Voilà.\n")
    assert parts(parsed) == [("Le bilan de la réforme", [LONG]), ("La gouvernance", [f"{LONG} Voilà."])]
    assert words(parsed.introduction) == ["Une introduction."]


def test_titles_in_bold_are_sequences(understand):
    parsed = understand("fragment-gras.html")
    assert [title for title, _ in parts(parsed)] == [
        "Le modèle et ses publics",
        "Construire dans les territoires ruraux",
        "Et la suite ?",
    ]
    assert parsed.announced_sequences.value == 3


def test_a_list_of_titles_followed_by_the_text_is_shared_out_with_a_warning(understand):
    parsed = understand("liste-puis-texte.txt")
    assert [title for title, _ in parts(parsed)] == [
        "Santé mentale : de quoi parle-t-on ?",
        "Le rôle des équipes mobiles",
        "Un chez-soi d’abord en milieu rural",
    ]
    assert [len(text) for _, text in parts(parsed)] == [1, 2, 2]
    assert parts(parsed)[1][1][1] == "Elles suivent 95 personnes."
    assert all(sequence.provenance.is_guess for sequence in parsed.sequences)
    assert any("répartition" in warning for warning in parsed.warnings)


def test_a_list_of_titles_whose_text_cannot_be_shared_out_leaves_it_to_sort(understand):
    parsed = understand(
        f"{HEAD}L’atelier était composé de deux séquences :\n\n- Le bilan\n- La "
        f"suite\n\n{LONG}\n\n{LONG}\n\nEncore un paragraphe."
    )
    assert parts(parsed) == [("Le bilan", []), ("La suite", [])]
    assert words(parsed.leftovers) == [LONG, LONG, "Encore un paragraphe."]


def test_titles_may_all_stand_in_the_sentence_that_announces_them(understand):
    parsed = understand(
        f"{HEAD}L’atelier comportait trois séquences : présenter le bilan ; partager des initiatives ; et "
        f"débattre de la suite."
    )
    assert [title for title, _ in parts(parsed)] == [
        "Présenter le bilan",
        "Partager des initiatives",
        "Débattre de la suite",
    ]
    assert all(sequence.provenance.is_guess for sequence in parsed.sequences)


@pytest.mark.parametrize("announced", ["cinq", "5", "deux"])
def test_a_count_that_does_not_match_is_reported_and_the_sequences_are_guesses(understand, announced):
    parsed = understand(
        f"{HEAD}Il a été construit autour de {announced} séquences :\n\nPrésenter le bilan de l’année.\n\n{LONG}\n\n"
        f"Partager des initiatives locales.\n\n{LONG}\n\nÉchanger sur la suite à donner.\n\n{LONG}"
    )
    assert len(parsed.sequences) == 3
    assert all(sequence.provenance.is_guess for sequence in parsed.sequences)
    assert any("annoncée" in warning and "3 reconnues" in warning for warning in parsed.warnings)


def test_words_that_only_look_like_infinitives_are_no_titles(understand):
    parsed = understand(
        f"{HEAD}Premier constat de la matinée.\n\n{LONG}\n\nNotre territoire change vite.\n\n{LONG}\n\nHier "
        f"encore, rien.\n\n{LONG}"
    )
    assert parsed.sequences == ()
    assert len(parsed.introduction) == 6


def test_a_recap_without_sequences_keeps_its_text_in_the_introduction_and_says_so(understand):
    parsed = understand("incomplet.txt")
    assert parsed.sequences == ()
    assert len(parsed.introduction) == 2
    assert any("Aucune séquence" in warning for warning in parsed.warnings)
    assert parsed.subject.value == "la résorption des bidonvilles"
    assert parsed.subject.provenance.is_guess


def test_an_announcement_without_sequences_says_so(understand):
    parsed = understand(f"{HEAD}L’atelier s’est articulé en trois temps forts. {LONG}")
    assert parsed.sequences == ()
    assert any("3 séquences annoncées, aucune reconnue" in warning for warning in parsed.warnings)


def test_what_follows_the_replay_link_is_not_part_of_the_last_sequence(understand):
    parsed = understand(
        f"{HEAD}Séquence 1 : Le bilan\n\n{LONG}\n\nSéquence 2 : La suite\n\n{LONG}\n\nAccéder au "
        f"replay\n\nProchain atelier en juin."
    )
    assert parts(parsed)[1] == ("La suite", [LONG])
    assert words(parsed.leftovers) == ["Prochain atelier en juin."]


def test_words_before_the_title_are_left_over(understand):
    parsed = understand("courriel.txt")
    assert words(parsed.leftovers)[0] == "Bonjour,"
    assert keys(parsed.organisers) == ["dihal", "dgcs", "uniopss"]
    assert [day.day for day in parsed.days.value] == [4, 5]
