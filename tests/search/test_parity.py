"""Both engines, the same two thousand entries, five hundred questions nobody thought of: the same answers.

The same corrections, the same entries in the same tier lacking the same words, the same counts. In every order but
relevance, whose scores may differ in their last digits (``make bench`` prints how far the first ten agree): there, the
same entries when they hold on a page.
"""

import itertools
import random
from datetime import date, timedelta

import pytest
from elasticsearch import Elasticsearch
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from hub.pages.records import Moment
from search.compiler import Reach, compile_query, respell
from search.engines.base import Engine, SearchResults
from search.engines.elasticsearch.connection import Connection
from search.engines.elasticsearch.engine import ElasticsearchEngine
from search.engines.embedded.engine import EmbeddedEngine
from search.enums import Scope, Sort
from search.query import SearchQuery
from search.synonyms import AcronymTable, AliasedEntry, Equivalence, SynonymTable
from tests.search.contract.conftest import fill
from tests.search.factories import ACRONYMS, CONTAINERS, UNIVERSAL, record

pytestmark = [pytest.mark.elasticsearch, pytest.mark.slow]

ENTRIES = 2_000
QUESTIONS = 500
SEED = 86

# Few words, so that questions find something; inflections, accents, elisions, acronyms, stop words and homographs.
WORDS = (
    "logement logements héberger hébergement hébergés L’hébergement accès d’accès aux droits de la santé sante jeune "
    "jeunes jeunesse bail baux glissant bailleur bailleurs sociale social sociaux AVDL SIAO siao CHRS clés CLES ASE "
    "accompagnement vers et dans le foyer foyers travail travaux acteur actrice usager usagers sous-location œuvre "
    "oeuvres cœur 2022 86e 1er mobilité mobilités étrangères salariée ex-détenus femmes victimes violences famille "
    "familles monoparentale expulsion expulsions prévention quartiers revenus J’habite aujourd’hui"
).split()
# Mistakes people make, and words that no entry has.
MISTAKES = (
    "logemnt hebergemant accompagnment expultion sosial bailer lhébergement daccès jai logementsocial jeunesfemmes "
    "accompag nement log ement sur-endettement co-location zzzz perroquet preventoin étrangèr moblité fammille "
    "ébergement"
).split()
SYNONYMS = SynonymTable(
    equivalences=[
        Equivalence(("logement", "habitat", "foyer"), is_mutual=True),
        Equivalence(("violences", "expulsion locative"), meanings=("prévention", "accès aux droits")),
        Equivalence(("perroquet",), meanings=("quartiers",)),
    ],
    aliased=[
        AliasedEntry("audiences", "jeunes", ("Jeunes",), aliases=("moins de 25 ans", "jeunesse")),
        AliasedEntry("schemes", "avdl", ("AVDL",), aliases=("clés",)),
    ],
)
AUDIENCES = ("jeunes", "jeunes-ase", "familles", "refugies", "personnes-agees")
AXES = ("logement", "sante", "emploi", "insertion")
SCHEMES = ("avdl", "siao", "asll")
ORGANISATIONS = ("adil-ain", "udaf", "ville-de-bourg")
TAGS = ("bail-glissant", "mediation", "colocation", "numerique")
TYPES = ("atelier", "initiative")
SPEAKERS = ("", "Claire Martin", "Ali Ben Salah")
YEARS = tuple(str(year) for year in range(2018, 2027))


def some(generator: random.Random, values: tuple[str, ...], most: int) -> tuple[str, ...]:
    return tuple(generator.sample(values, generator.randint(0, most)))


def text(generator: random.Random, longest: int) -> str:
    return " ".join(generator.choices(WORDS, k=generator.randint(0, longest)))


def random_moments(generator: random.Random) -> tuple[Moment, ...]:
    """Twenty in a row, each with the last words of the one before."""
    said = [generator.choices(WORDS, k=generator.randint(3, 25)) for _ in range(20)]
    return tuple(
        Moment(
            start=40.0 * rank,
            end=40.0 * rank + 40,
            text=" ".join(words),
            speaker=generator.choice(SPEAKERS),
            overlap=" ".join(said[rank - 1][-4:]) if rank else "",
        )
        for rank, words in enumerate(said)
    )


def random_records(count: int):
    generator = random.Random(SEED)  # noqa: S311 — not a secret
    for page_id in range(1, count + 1):
        publics = (UNIVERSAL,) if generator.random() < 0.1 else some(generator, AUDIENCES, 2)
        yield record(
            page_id,
            text(generator, 5),
            keywords=text(generator, 4),
            summary=text(generator, 12),
            body=text(generator, 40),
            transcript=text(generator, 30) if generator.random() < 0.2 else "",
            type=generator.choice(TYPES),
            audiences=publics,
            axes=some(generator, AXES, 2),
            schemes=some(generator, SCHEMES, 2),
            organisations=some(generator, ORGANISATIONS, 2),
            tags=some(generator, TAGS, 3),
            years=some(generator, YEARS, 2),
            territories=some(generator, tuple(CONTAINERS), 3),
            has_replay=generator.random() < 0.3,
            moments=random_moments(generator) if generator.random() < 0.1 else (),
            date=date(2018, 1, 1) + timedelta(days=generator.randint(0, 3000)),
        )


@pytest.fixture(scope="module")
def both(elasticsearch_server, tmp_path_factory):
    """The embedded engine and the server, with the same entries."""
    embedded = EmbeddedEngine(folder=tmp_path_factory.mktemp("parity"), name="embedded:parity")
    alias = f"parity-{random.SystemRandom().getrandbits(32):08x}"
    server = ElasticsearchEngine(connection=Connection(hosts=(elasticsearch_server,), timeout=20), alias=alias)
    records = list(random_records(ENTRIES))
    fill(embedded, records)
    fill(server, records)
    yield embedded, server
    client = Elasticsearch(elasticsearch_server)
    for name in client.indices.get(index=f"{alias}-*"):
        client.indices.delete(index=name)
    client.close()


words = st.sampled_from(WORDS)
pieces = st.one_of(
    words,
    words,
    st.sampled_from(MISTAKES),
    st.sampled_from(("comment", "faire", "moins de 25 ans", "expulsion locative", "bail glissant")),
    words.map(lambda word: f"-{word}"),
    words.map(lambda word: f"{word[:4]}*"),
    st.lists(words, min_size=2, max_size=3).map(lambda chosen: f'"{" ".join(chosen)}"'),
    st.lists(words, min_size=2, max_size=2).map(lambda chosen: f'-"{" ".join(chosen)}"'),
    st.sampled_from(['"', "(", "AND", "zzzz", "*", "l’", "…"]),
)


def chosen_from(values: tuple[str, ...]):
    return st.one_of(st.just(()), st.lists(st.sampled_from(values), max_size=2, unique=True).map(tuple))


questions = st.builds(
    SearchQuery,
    text=st.one_of(st.lists(pieces, max_size=3), st.lists(pieces, min_size=4, max_size=8)).map(" ".join),
    audiences=chosen_from((*AUDIENCES, UNIVERSAL)),
    axes=chosen_from(AXES),
    schemes=chosen_from(SCHEMES),
    organisations=chosen_from(ORGANISATIONS),
    types=st.one_of(chosen_from(TYPES), st.just(("passage",))),
    speakers=st.sampled_from(((), (), (), SPEAKERS[1:2])),
    years=chosen_from(YEARS),
    tags=chosen_from(TAGS),
    replay=st.sampled_from((None, None, True, False)),
    territory=st.sampled_from(("", "", *CONTAINERS)),
    scope=st.sampled_from(Scope),
    sort=st.sampled_from(Sort),
    page=st.sampled_from((1, 1, 2, 3)),
)
PAGE_SIZE = 50


def answer(engine: Engine, query: SearchQuery, reach: Reach) -> tuple[SearchResults, SearchResults]:
    """What the engine answers, and what it answers when its corrections are made."""

    def asked(query: SearchQuery, reach: Reach) -> SearchResults:
        return engine.search(
            compile_query(
                query=query,
                acronyms=AcronymTable(ACRONYMS),
                synonyms=SYNONYMS,
                universal_audience=UNIVERSAL,
                containers=CONTAINERS.get(query.territory, ()),
                size=PAGE_SIZE,
                reach=reach,
            )
        )

    first = asked(query, reach)
    if not first.corrections:
        return first, first
    text = respell(query.text, spelled={found.word: found.replacement for found in first.corrections})
    return first, asked(query.replace(text=text, page=query.page), Reach.NEAR)


def shown(results: SearchResults) -> list:
    return [(hit.page_id, hit.missing, hit.title, hit.extract, hit.moments, hit.card) for hit in results.hits]


def test_the_questions_are_not_idle():
    """A question that finds nothing proves little: most of these words are in many entries."""
    found = list(itertools.islice(random_records(ENTRIES), 100))
    assert sum(bool(entry.body) for entry in found) > 90
    assert len({entry.date for entry in found}) > 80


def test_both_engines_give_the_same_answers(both):
    asked = found = near = corrected = 0

    @settings(
        max_examples=QUESTIONS,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(query=questions, reach=st.sampled_from((*Reach, Reach.CORRECTED)))
    def ask(query: SearchQuery, reach: Reach) -> None:
        nonlocal asked, found, near, corrected
        (first, ours), (their_first, theirs) = (answer(engine, query, reach) for engine in both)
        asked, found, near = asked + 1, found + bool(ours.total), near + bool(ours.near_total)
        corrected += bool(first.corrections)
        assert their_first.corrections == first.corrections
        assert (theirs.total, theirs.near_total) == (ours.total, ours.near_total)
        assert theirs.located_total == ours.located_total
        assert theirs.facets == ours.facets
        if query.sort is not Sort.RELEVANCE:
            assert shown(theirs) == shown(ours)
        elif ours.total <= PAGE_SIZE:
            assert sorted(shown(theirs)) == sorted(shown(ours))
            assert [bool(hit.missing) for hit in theirs.hits] == [bool(hit.missing) for hit in ours.hits]

    ask()
    assert asked >= QUESTIONS
    assert found > asked / 4
    assert near > asked / 15
    assert corrected > asked / 30
