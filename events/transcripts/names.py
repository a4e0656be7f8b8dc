"""Who speaks, when a name is written before the words."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from events.transcripts.cues import Cue, RawCue

LONGEST_NAME = 60
SHORTEST_NAME = 2
_MOST_WORDS = 7
_PREFIX = re.compile(rf"([^:\n]{{2,{LONGEST_NAME}}}):\s++(?=\S)")
_IN_BRACKETS = re.compile(r"\([^()]*+\)|\[[^\[\]]*+\]")
_PARTICLES = set("de du des la le les et d l di da van von der den el al ben bint y - – / & |".split())
# Words that begin a sentence before a colon more often than they name somebody.
_NO_NAMES = set(
    "alors attention au aux bilan bonjour bref ce ces cela ça conclusion constat deux deuxième donc elle elles en "
    "enfin exemple exemples ici il ils j’insiste je l’objectif l’idée la le les mais merci ne non note nous objectif "
    "objectifs "
    "on oui par pour première premier précision question questions rappel remarque réponse réponses résultat résultats "
    "soit source surtout ter trois troisième un une voilà vous à".split()
)
_NO_FIRST_NAMES = set("alors bonjour donc et mais merci question réponse voilà".split())
# A turn goes on in the next caption when its sentence has not ended and nobody had the time to take over.
_SAME_BREATH = 2.0
_ENDS = (".", "!", "?", "…", "»", '"')


def looks_like_a_name(text: str) -> bool:
    """« Prénom Nom », « DUPONT Claire (DDETS 01) », « Mission locale de l’Ain »: each word has its capital."""
    if not SHORTEST_NAME <= len(text) <= LONGEST_NAME or not text[0].isupper():
        return False
    bare = _IN_BRACKETS.sub(" ", text)
    words = bare.split()
    if not 1 <= len(words) <= _MOST_WORDS or words[0].lower() in (_NO_NAMES if len(words) == 1 else _NO_FIRST_NAMES):
        return False
    if any(sign in bare for sign in '?!;:«»"…'):
        return False
    return all(_is_part_of_a_name(word) for word in words)


def _is_part_of_a_name(word: str) -> bool:
    # « d’Artagnan », « l’Ain »
    own = re.split(r"['’]", word, maxsplit=1)[-1] if word[:2].lower() in {"d'", "d’", "l'", "l’"} else word
    return own[:1].isupper() or word.lower() in _PARTICLES or word.isdigit()


def name_the_prefixed(cues: Sequence[Cue]) -> Iterator[Cue]:
    """Take the names out of the words (« Prénom Nom : … ») where they come back at the beginning of lines."""
    counts: Counter[str] = Counter()
    for cue in cues:
        if not cue.speaker:
            counts.update(filter(None, map(_prefix, cue.text.split("\n"))))
    known = {name for name, count in counts.items() if count > 1}
    for cue in cues:
        if cue.speaker or not known or not any(_prefix(line) in known for line in cue.text.split("\n")):
            yield cue
        else:
            yield from _turns(cue, known)


def _prefix(line: str) -> str:
    found = _PREFIX.match(line)
    name = " ".join(found[1].split()) if found else ""
    return name if looks_like_a_name(name) else ""


def _turns(cue: Cue, known: set[str]) -> Iterator[Cue]:
    """Cut a cue where somebody else is named; each turn has its share of the time."""
    turns: list[tuple[str, list[str]]] = [("", [])]
    for line in cue.text.split("\n"):
        name = _prefix(line)
        if name in known:
            turns.append((name, []))
            line = line[line.index(":") + 1 :].strip()  # noqa: PLW2901
        turns[-1][1].append(line)
    parts = [(name, "\n".join(lines)) for name, lines in turns if any(lines)]
    for position, (part, start, end) in enumerate(shared(cue.start, cue.end, [text for _name, text in parts])):
        sounds = () if position else cue.sounds
        yield Cue(start, end, part, speaker=parts[position][0], sounds=sounds, line=cue.line)


def shared(
    start: float | None, end: float | None, texts: Sequence[str]
) -> Iterator[tuple[str, float | None, float | None]]:
    """Share a time between texts said one after the other, by their lengths."""
    total = sum(max(1, len(text)) for text in texts)
    done = 0
    for text in texts:
        if start is None or end is None:
            yield text, start, end
            continue
        begun, done = done, done + max(1, len(text))
        span = end - start
        yield text, round(start + span * begun / total, 3), round(start + span * done / total, 3)


def carry_on(cues: Iterable[Cue]) -> Iterator[Cue]:
    """Give to whoever was speaking the captions that go on with their sentence."""
    before: Cue | None = None
    for cue in cues:
        own = cue
        if (
            before is not None
            and before.speaker
            and not cue.speaker
            and cue.text
            and cue.start is not None
            and before.end is not None
            and abs(cue.start - before.end) <= _SAME_BREATH
            and not before.text.rstrip().endswith(_ENDS)
        ):
            own = replace(cue, speaker=before.speaker)
        yield own
        before = own if own.text else before


def take_names_above(cues: Sequence[RawCue]) -> None:
    """Take the names that stand on the first line of each caption, as in the documents Teams makes."""
    first = [cue.lines[0][1].strip() for cue in cues if cue.start is not None and len(cue.lines) > 1]
    timed = sum(cue.start is not None for cue in cues)
    if len(first) < timed or timed < 2 or len(set(first)) * 2 > len(first):  # noqa: PLR2004 — one caption proves nothing
        return
    if not all(map(looks_like_a_name, set(first))):
        return
    for cue in cues:
        if cue.start is not None:
            cue.speaker = cue.lines.pop(0)[1].strip()
