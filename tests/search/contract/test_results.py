"""What a result carries, and help when there is none."""

import pytest

from hub.pages.records import CatalogueCard, Slide
from search.engines.base import HitSlide
from tests.search.contract.conftest import change, ids
from tests.search.factories import record


def marked(segments):
    return [text for text, is_match in segments if is_match]


def text_of(segments):
    return "".join(text for text, _ in segments)


def test_the_card_comes_back_whole(catalogue):
    card = CatalogueCard(
        url="/ateliers/86/",
        type_label="Atelier",
        title="Titre",
        summary="Chapô",
        date_label="24 novembre 2022",
        territories=("Ain", "Rhône"),
        audiences=("Jeunes",),
        organisations=("ADIL",),
        has_replay=True,
    )
    hit = catalogue(record(7, "Titre", type="atelier", card=card))("titre").hits[0]
    assert (hit.card, hit.key, hit.page_id, hit.type) == (card, "page-7", 7, "atelier")


def test_extracts_show_the_densest_place_and_mark_it(catalogue):
    far = "Rien ici. " * 60
    body = f"Un bail ailleurs. {far}Le bail glissant rassure les bailleurs. {far}"
    hit = catalogue(record(1, "Fiche", summary="Un chapô sans rapport", body=body))("bail glissant bailleur").hits[0]
    assert marked(hit.extract) == ["bail", "glissant", "bailleurs"]
    assert text_of(hit.extract).startswith("… ")
    assert text_of(hit.extract).endswith(" …")
    assert len(text_of(hit.extract)) <= 250


def test_extracts_mark_inflections_elisions_acronyms_and_phrases(catalogue):
    search = catalogue(
        record(1, "L’hébergement", summary="Des hébergés, l'A.V.D.L. et l’accompagnement vers et dans le logement.")
    )
    assert marked(search("héberger").hits[0].title) == ["hébergement"]
    assert marked(search("hebergement").hits[0].extract) == ["hébergés"]
    assert marked(search("avdl").hits[0].extract) == ["A.V.D.L.", "accompagnement vers et dans le logement"]
    assert marked(search('"hébergés l\'AVDL"').hits[0].extract) == ["hébergés, l'A.V.D.L"]
    assert marked(search("héb*").hits[0].extract) == ["hébergés"]


def test_words_left_out_are_not_marked(catalogue):
    hit = catalogue(record(1, "Logement", summary="Le logement et la santé"))("logement -emploi").hits[0]
    assert marked(hit.extract) == ["logement"]


def test_without_words_the_extract_is_the_beginning(catalogue):
    hit = catalogue(record(1, "Fiche", summary="Le chapô.", body="Le corps."))().hits[0]
    assert hit.extract == (("Le chapô.", False),)
    hit = catalogue(record(1, "Fiche", body="Le corps. " * 100))().hits[0]
    assert text_of(hit.extract).startswith("Le corps.")
    assert len(text_of(hit.extract)) <= 250


def test_extracts_are_segments_of_text_never_html(catalogue):
    hit = catalogue(record(1, "<b>Bail</b>", summary='<script>alert("bail")</script>'))("bail").hits[0]
    assert hit.title == (("<b>", False), ("Bail", True), ("</b>", False))
    assert text_of(hit.extract) == '<script>alert("bail")</script>'


def test_characters_no_page_can_carry_are_taken_out(catalogue):
    hit = catalogue(record(1, "Bail\x00 \ud800glissant", summary="\x07bip"))("glissant").hits[0]
    assert text_of(hit.title).split() == ["Bail", "glissant"]
    assert text_of(hit.extract).strip() == "bip"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("hébergemant", [("hébergemant", "hébergement")]),
        ("hebergmeent", [("hebergmeent", "hébergement")]),
        ("logemnt", [("logemnt", "logement")]),
        ("ébergement", [("ébergement", "hébergement")]),
        ("logemnt hébergemant", [("logemnt", "logement"), ("hébergemant", "hébergement")]),
        ("lhébergement", [("lhébergement", "l’hébergement")]),
        ("dhébergement", [("dhébergement", "d’hébergement")]),
        ("logementhébergement", [("logementhébergement", "logement hébergement")]),
        ("héber gement", [("héber gement", "hébergement")]),
        ("log ement", [("log ement", "logement")]),
        ("jai un logemnt", [("jai", "j’ai"), ("logemnt", "logement")]),
        ('"logemnt"', []),
        ("loge75", []),
        ("hébergementt", [("hébergementt", "hébergement")]),
        ("zzzzzzzz", []),
    ],
)
def test_a_word_nobody_uses_gets_the_nearest_that_somebody_does(catalogue, typed, expected):
    search = catalogue(
        record(1, "L’hébergement", body="Un logement."),
        record(2, "Logement", body="Les hébergements"),
        record(3, body="hébergement"),
    )
    results = search(typed)
    assert results.total == 0
    assert [(correction.word, correction.replacement) for correction in results.corrections] == expected


def test_words_that_exist_are_not_corrected(catalogue):
    search = catalogue(record(1, "Logement"), record(2, "Santé"), record(3, "Lieu-dit"))
    assert search("logement santé").corrections == ()
    assert search("lieux", axes=("sante",)).corrections == ()  # its inflection is there, elsewhere


def test_the_words_of_a_slide_are_found_with_their_entry_and_say_which_page_they_are_on(catalogue):
    slides = (Slide("Le bilan", 2, "Trois cents\nménages."), Slide("Le bilan", 12, "Le sablier se retourne."))
    search = catalogue(record(1, "Atelier", slides=slides), record(2, "Atelier", transcript="Le sablier."))
    first, second = sorted(search("sablier").hits, key=lambda hit: hit.page_id)
    assert first.slide == HitSlide("Le bilan", 12)
    assert text_of(first.extract) == "Le sablier se retourne."  # of that page alone
    assert (second.slide, second.is_said) == (None, True)
    assert search('"trois cents ménages"').total == 1


def test_changes_replace_and_deletions_remove(engine, catalogue):
    search = catalogue(record(1, "Ancien titre"), record(2, "Autre"))
    change(engine, record(1, "Nouveau titre"), record(3, "Troisième"), deleted=(2, 99))
    assert ids(search("ancien")) == []
    assert ids(search("nouveau")) == [1]
    assert sorted(ids(search())) == [1, 3]
    assert engine.document_count() == 2
    change(engine, record(1, "Nouveau titre"), version=2)
    assert engine.document_count() == 2


def test_an_extract_does_not_say_the_title_again(catalogue):
    title = "86e atelier : l’Accompagnement au logement"
    search = catalogue(
        record(1, title, body="L’accompagnement au logement\nLe bilan d’un logement accompagné."),
        record(2, title, summary=f"{title}. Ce que change l’accompagnement."),
        record(3, title, summary="Accompagnement au logement", body="Le logement, d’abord."),
        record(4, title, summary="L’accompagnement au logement dure six mois."),
        record(5, title, transcript="accompagnement au logement"),
    )
    shown = {hit.page_id: text_of(hit.extract) for hit in search("accompagnement").hits}
    assert shown == {
        1: "Le bilan d’un logement accompagné.",
        2: "Ce que change l’accompagnement.",
        3: "Le logement, d’abord.",
        4: "L’accompagnement au logement dure six mois.",
        5: "accompagnement au logement",
    }
