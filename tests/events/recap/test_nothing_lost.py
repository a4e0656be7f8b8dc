"""Whatever the input, each of its sentences is somewhere in the result, nothing crashes, and time stays linear."""

import random
from dataclasses import replace

import pytest

from events.recap.parsing import parse_recap
from events.recap.read.reading import read_recap
from events.recap.report import coverage
from hub.files import FileRefused
from tests.events.recap.conftest import SAMPLES
from tests.support.growth import assert_linear

TITLE = "Retour sur le 12e atelier de la Dihal « Un sujet » du 3 mars 2022"
FRAGMENTS = [
    *(line for path in sorted(SAMPLES.iterdir()) for line in path.read_text(encoding="utf-8").split("\n")),
    *(
        "« » “ ( ) [ ] . … ! ? : ; , - – — • * # ' ’ \" & &amp; &nbsp; < > </p> <p> <h2> <li> <b> <a href='x'> "
        "<!-- --> \u00a0 \u202f"
    ).split(" "),
    *(
        "Séquence 1 : |1. |2) |I. |deux séquences :|1ère|12e atelier|n° 5|24 novembre 2022|31/02/2022|en "
        "2021|52M€|21 000 ménages|%"
    ).split("|"),
    *(
        "le département de l’Ain|la ville de |organisé par |en lien avec |a réuni plus de |une centaine de "
        "participants|axes (|dans le Nord"
    ).split("|"),
    "\r\n",
    "\n\n",
    "\t",
    "\u0301",
    "\ud800",
    "É" * 300,
    "9" * 300,
]


def assert_complete(text, words):
    parsed = parse_recap(text=text, vocabulary=words)
    result = coverage(text=text, parsed=parsed)
    assert not result.missing, result.missing
    assert result.sentences > 0
    return parsed


@pytest.mark.parametrize("path", sorted(SAMPLES.iterdir()), ids=lambda path: path.name)
def test_no_sentence_of_the_samples_is_dropped(path, words):
    assert_complete(read_recap(data=path.read_bytes()), words)


def test_a_forgotten_paragraph_would_be_noticed(words):
    text = read_recap(data=f"{TITLE}\n\nUn paragraphe.\n\nUn paragraphe.\n\nUn autre. Le dernier.")
    parsed = assert_complete(text, words)
    for introduction, missing in (
        (parsed.introduction[:1], ("Un paragraphe.", "Un autre.", "Le dernier.")),
        (parsed.introduction[1:], ("Un paragraphe.",)),
        ((*parsed.introduction[:2], parsed.introduction[2].part(start=0, end=9)), ("Le dernier.",)),
    ):
        assert coverage(text=text, parsed=replace(parsed, introduction=introduction)).missing == missing
    assert coverage(text=text, parsed=replace(parsed, asides=())).missing == (TITLE,)


@pytest.mark.parametrize("seed", range(150))
def test_recaps_made_at_random_lose_nothing(seed, words):
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    body = "".join(
        chance.choice(FRAGMENTS) + chance.choice(["\n\n", "\n", " ", "", "</p><p>"])
        for _ in range(chance.randint(1, 120))
    )
    try:
        text = read_recap(data=f"{TITLE}\n\n{body}" if chance.random() < 0.8 else f"<h1>{TITLE}</h1><p>{body}")
    except FileRefused:
        pytest.fail("a text with a title is a recap")
    assert_complete(text, words)


@pytest.mark.parametrize("seed", range(150))
def test_bytes_at_random_are_read_or_refused(seed, words):
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    data = bytearray(TITLE.encode() if chance.random() < 0.7 else b"")
    for _ in range(chance.randint(0, 400)):
        piece = chance.choice(
            [chance.randbytes(chance.randint(1, 6)), chance.choice(FRAGMENTS).encode("utf-8", "replace")]
        )
        data[chance.randint(0, len(data)) : 0] = piece
    try:
        text = read_recap(data=bytes(data))
    except FileRefused:
        return  # refused with a message: test_reading says which
    assert_complete(text, words)


HOSTILE = {
    "dots": "." * 200_000,
    "brackets": "(" * 100_000 + ")" * 100_000,
    "quotes": "«" * 200_000,
    "digits": "9" * 200_000,
    "grouped numbers": "1 000 " * 12_000,
    "dates": "24 novembre 2022, " * 6_000,
    "hosts": "organisé par la Dihal, en lien avec " * 4_000,
    "links": "https://youtu.be/AbCdEfGhIjK " * 4_000,
    "territories": "le département de l’Ain et " * 4_000,
    "one word": "é" * 200_000,
    "comments": "</p><p>" + "<!--" * 30_000,
    "open tags": "</p><p>" + "<a " * 30_000,
    "nested": "<div>" * 20_000,
    "nested menus": "<div class=menu>" * 20_000,
    "declarations": "</p><p>" + "<!x " * 30_000,
}


def test_each_hostile_text_is_one_of_its_own():
    assert len(set(HOSTILE.values())) == len(HOSTILE)


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_text_takes_a_time_that_grows_with_its_length_only(kind, words):
    assert words.territory_index
    hostile = HOSTILE[kind]

    def understand(text: str) -> None:
        assert_complete(read_recap(data=f"<h1>{TITLE}</h1><p>{text}" if "<" in text else f"{TITLE}\n\n{text}"), words)

    length = len(hostile)
    assert_linear(lambda size: hostile[:size], understand, sizes=(length // 4, length // 2, length))
