"""What is asked of every side: the judged list, and known items made from the entries themselves."""

import random
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from hub.pages.records import CatalogueRecord

FOLDER = Path(__file__).parent
BEST, GOOD = 3, 1
PER_ENTRY_KINDS = ("titre", "texte", "phrase", "faute")

_WORD = re.compile(r"[^\W\d_]+")
_SENTENCE = re.compile(r"[^.!?\n]{40,160}[.!?]")
# Words that tell nothing of an entry, whatever engine reads them: the known items are made of the others.
_EMPTY = frozenset(
    "alors aucun aussi autre autres avant avec avoir cela celle celles celui cette ceux chaque chez comme dans depuis "
    "deux donc elle elles encore entre était être fait font hors jamais leur leurs lorsque mais même moins nous parce "
    "parfois pendant peut plus pour puis quand quatre quel quelle quelques sans selon sont sous surtout tous tout "
    "toute toutes trois très vers votre vous".split()
)


@dataclass(frozen=True, slots=True)
class Question:
    """A query, its kind, and what each entry is worth to who asks it (by slug)."""

    text: str
    kind: str
    gains: Mapping[str, int]


def judged(*, path: Path = FOLDER / "judged.toml") -> list[Question]:
    """Return the judged list. Raises ``ValueError`` for a query without any entry worth finding."""
    questions = []
    for row in tomllib.loads(path.read_text(encoding="utf-8"))["query"]:
        gains = {**dict.fromkeys(row["good"], GOOD), **dict.fromkeys(row["best"], BEST)}
        if not row["best"]:
            raise ValueError(f"{row['text']}: no best entry")
        questions.append(Question(row["text"], row["kind"], gains))
    return questions


def known_items(records: Mapping[str, CatalogueRecord]) -> list[Question]:
    """Return queries whose one answer is known: what somebody who saw the entry remembers of it.

    For each entry: words of its title, words of one place of its text, a sentence of it whole, and the words of the
    title with one letter lost. Always the same for the same entries.
    """
    return [question for slug, record in sorted(records.items()) for question in _remembered(slug, record)]


def _remembered(slug: str, record: CatalogueRecord) -> Iterator[Question]:
    generator = random.Random(f"86 {slug}")  # noqa: S311 — not a secret
    gains = {slug: BEST}
    title = _telling(record.title)[:4]
    if len(title) > 1:
        yield Question(" ".join(title).lower(), PER_ENTRY_KINDS[0], gains)
        yield Question(" ".join(_with_a_slip(title, generator)).lower(), PER_ENTRY_KINDS[3], gains)
    sentences = [match.group().strip() for match in _SENTENCE.finditer(record.body)]
    telling = [sentence for sentence in sentences if len(_telling(sentence)) > 4]
    if telling:
        words = _telling(generator.choice(telling))
        start = generator.randrange(len(words) - 3)
        yield Question(" ".join(words[start : start + 4]).lower(), PER_ENTRY_KINDS[1], gains)
        yield Question(generator.choice(telling), PER_ENTRY_KINDS[2], gains)


def _telling(text: str) -> list[str]:
    words = [word for word in _WORD.findall(text) if len(word) > 3 and word.lower() not in _EMPTY]
    return list(dict.fromkeys(words))


def _with_a_slip(words: Iterable[str], generator: random.Random) -> list[str]:
    """The words, the longest with one letter lost, its first apart."""
    slipped = list(words)
    place = max(range(len(slipped)), key=lambda rank: len(slipped[rank]))
    word = slipped[place]
    lost = generator.randrange(1, len(word))
    slipped[place] = word[:lost] + word[lost + 1 :]
    return slipped
