"""Words: what a reader types and what must come out."""

import pytest

from search.compiler import Reach
from tests.search.contract.conftest import ids
from tests.search.factories import record


def test_every_word_must_match_in_any_field(catalogue):
    search = catalogue(
        record(1, "Logement des jeunes", body="Un foyer à Bourg."),
        record(2, "Logement", body="Un foyer pour tous."),
        record(3, "Santé", summary="Accès aux soins des jeunes"),
    )
    assert ids(search("logement jeunes", reach=Reach.EXACT)) == [1]
    assert sorted(ids(search("foyer logement", reach=Reach.EXACT))) == [1, 2]
    assert search("logement soins", reach=Reach.EXACT).total == 0


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("L’hébergement d'urgence", "hebergement"),
        ("L’hébergement d'urgence", "l'hébergement"),
        ("L’hébergement d'urgence", "d’urgence"),
        ("Hébergement", "l’hebergement"),
        ("Qu'apporte l'État ?", "etat"),
        ("La mise en œuvre", "mise en oeuvre"),
        ("La mise en oeuvre", "œuvre"),
        ("ŒUVRE COLLECTIVE", "oeuvres collectives"),
        ("Curriculum vitæ", "vitae"),
        ("Lutte contre la précarité", "precarite"),
        ("MOBILITÉ DES JEUNES EN MILIEU RURAL", "mobilités jeune"),
        ("Où loger les aînés ?", "aines"),
        ("86e atelier", "atelier 86"),
        ("86ème atelier", "86e"),
        ("e\u0301tudiants", "étudiant"),
        ("Un lieu d’accueil", "lieux"),
        ("Sous-location", "sous location"),
    ],
)
def test_elision_accents_ligatures_and_figures(catalogue, written, typed):
    assert catalogue(record(1, written), record(2, "Tout autre chose"))(typed).total == 1


INFLECTIONS = """
hébergement/hébergé accompagnement/accompagner accompagnées/accompagné logement/loger jeunes/jeune
expulsion/expulsions expulsé/expulser précarité/précarités mobilité/mobilites famille/familles étranger/étrangers
étrangère/étranger bénéficiaires/bénéficiaire social/sociaux social/sociale usager/usagers foyer/foyers lieu/lieux
bail/baux travail/travaux acteur/actrice sortant/sortants femme/femmes victime/victimes violences/violence
réfugié/réfugiés réfugiée/réfugiés bailleurs/bailleur association/associations local/locaux national/nationaux
départemental/départementale régional/régionaux conseiller/conseillère éducateur/éducatrice travailleur/travailleuse
directeur/directrice hôpital/hôpitaux réseau/réseaux financement/financer colocation/colocations locataire/locataires
propriétaire/propriétaires impayé/impayés âgé/âgées handicap/handicapé isolé/isolement aide/aider emploi/emplois
détenu/détenus apprenti/apprentis étudiant/étudiante demandeur/demandeuse inclusif/inclusive rural/ruraux
urbain/urbaine premier/première nouveau/nouvelle ancien/ancienne animateur/animatrice citoyen/citoyenne mineur/mineure
égal/égaux tribunal/tribunaux aidant/aidante salarié/salariée ouvrier/ouvrière infirmier/infirmière public/publique
jeu/jeux quartier/quartiers loyer/loyers revenu/revenus enjeu/enjeux habitant/habitante
""".split()


@pytest.mark.parametrize("pair", INFLECTIONS)
def test_plurals_feminines_and_inflections_meet(catalogue, pair):
    written, typed = pair.split("/")
    search = catalogue(record(1, written), record(2, typed))
    assert search(written).total == search(typed).total == 2


@pytest.mark.parametrize(
    ("written", "typed"),
    [("Le département", "départ"), ("La commune", "en commun"), ("Le loyer", "la loi"), ("Le foyer", "la foi")],
)
def test_words_the_stemmer_confuses_are_kept_apart(catalogue, written, typed):
    assert catalogue(record(1, written))(typed).total == 0


def test_an_exact_phrase_wants_its_words_in_order_and_together(catalogue):
    search = catalogue(
        record(1, body="Un accès direct au logement social pour chacun."),
        record(2, body="Le logement est un accès au social."),
        record(3, title="Accès", body="au logement"),
    )
    assert ids(search('"logement social"')) == [1]
    assert ids(search("«logement social»")) == [1]
    assert search('"social logement"').total == 0
    assert search('"accès au logement"').total == 0  # two words between, and not across fields


def test_stop_words_count_for_one_place_in_a_phrase(catalogue):
    search = catalogue(record(1, "Sortie de la rue"), record(2, "Sortie rue"))
    assert ids(search('"sortie de la rue"')) == [1]
    assert ids(search('"sortie rue"')) == [2]


def test_a_minus_leaves_out(catalogue):
    search = catalogue(
        record(1, "Logement des jeunes"), record(2, "Logement des aînés"), record(3, "Logement", body="bail glissant")
    )
    assert sorted(ids(search("logement -jeunes"))) == [2, 3]
    assert ids(search('logement -"bail glissant" -jeune')) == [2]
    assert sorted(ids(search("-aînés"))) == [1, 3]
    assert search("logement -logements").total == 0


def test_a_hyphen_inside_a_word_is_no_minus(catalogue):
    search = catalogue(record(1, "Sous-location solidaire"), record(2, "Location"))
    assert ids(search("sous-location", reach=Reach.EXACT)) == [1]
    assert ids(search("location -sous-location")) == [2]
    assert search("sous - location", reach=Reach.EXACT).total == 1


def test_a_star_finds_the_words_that_begin_so(catalogue):
    search = catalogue(record(1, "Hébergement"), record(2, "Héberger mieux"), record(3, "Herbe"))
    assert sorted(ids(search("héberg*"))) == [1, 2]
    assert ids(search("HEBERGEM*")) == [1]
    assert ids(search("her* -heb*")) == [3]


@pytest.mark.parametrize(
    "typed",
    ['"', '"((', "l'", "-", "--", '-"', '""', '"" -', "*", "a*", "\\", "title:x", "AND OR NOT", "(", ")", "{}",
     "[a TO b]", "^9", "~", "/x/", "\x00", "\ud800", "é" * 200, "a " * 100, '"a" "b" "c"', "-a -b", "🙂", "中文",
     "'’ʼ", "x" * 200,      "\u202e", ".." , "a.b.c.d"],
)  # fmt: skip
def test_nothing_typed_is_an_error(catalogue, typed):
    results = catalogue(record(1, "Logement"))(typed)
    assert results.total in {0, 1}


def test_words_too_common_ask_for_nothing(catalogue):
    assert catalogue(record(1, "Logement"), record(2, "Santé"))("de la").total == 2


def test_capital_titles_are_ordinary_words(catalogue):
    search = catalogue(record(1, "HABITAT INCLUSIF DES JEUNES"))
    assert search("inclusive jeune").total == 1
    assert search("HABITATS INCLUSIFS").total == 1
