"""Where the sequences of a workshop begin in its replay, as what is said lets one think. An editor decides.

Each sequence is looked for by its own words (title, speakers, initiatives presented, text), the rarer the heavier; the
starts chosen are those that together, in the order of the sequences, leave the words where they are said.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from events.transcripts.cues import Chapter, Cue
from events.transcripts.passages import Piece, pieces_of
from hub.accents import without_accents

_TITLE, _NAME, _INITIATIVE, _TEXT = 3.0, 4.0, 2.0, 1.0
_SAID = 0.5  # of the weight of a word, each time it is said in a sequence: signs decide of its beginning
_OPENING = 0.5
_OWN_TURN = 5.0  # what is said by one of its speakers, when turns are named
# What makes a moment a beginning, beside the words of the sequence.
_NAMED, _TURN_BEGINS, _TITLE_SAID, _CHAPTER = 6.0, 6.0, 6.0, 60.0
_MARKED, _AFTER_A_PAUSE, _AFTER_A_SENTENCE = 1.5, 1.0, 0.5
_MOST_MARKS = 2
_PAUSE = 3.0
_WINDOW = 60.0  # seconds in which a word counts once for its rarity
_SAID_TOGETHER = 15.0  # seconds; a name or a title may be said over several captions
_MOST_TOGETHER = 12
_LONGEST_EXTRACT = 90
_STEM = 7
_SHORTEST_WORD = 3

_WORD = re.compile(r"[^\W_]+")
_EMPTY = frozenset(
    "alors apres aucun aussi autre autres aux avant avec avoir bien car ceci cela celle celles celui ces cet cette "
    "ceux chaque chez comme comment dans deja depuis des deux dont elle elles encore entre est etaient etait ete etre "
    "eux fait faire faut font hors ici ils jusqu leur leurs lors lui mais meme memes mes moins mon nos notre nous ont "
    "par parce pas peu peut peuvent plus pour pourquoi puis quand que quel quelle quelles quels qui quoi sans ses "
    "seront seule soit son sont sous sur tout toute toutes tous tres trop une unes uns vers voici voila vos votre "
    "vous".split()
)
_MARKS = re.compile(
    r"\b(?:passons|passer a|parole|accueill\w+|intervenant\w*|intervention|suivante?|table ronde|sequence|place a|"
    r"bonjour|m.?appelle|je suis|premier|premiere|deuxieme|second|seconde|troisieme|quatrieme|derniere?|maintenant|"
    r"partie|jour|commencer|commencons|present\w+|temoignage)\b"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A sequence as it is written. ``start`` is known, in seconds, when an editor has given it."""

    title: str
    text: str = ""
    speakers: Sequence[str] = ()
    initiatives: Sequence[str] = ()
    start: float | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """A start to confirm, with the words that are said there."""

    seconds: int
    extract: str


@dataclass(slots=True)
class _Wanted:
    """What a sequence is looked for by: the weight of each of its words, and its names, word by word."""

    weights: dict[str, float]
    title: frozenset[str]
    names: list[frozenset[str]]


@dataclass(slots=True)
class _Unit:
    piece: Piece
    words: frozenset[str]
    plain: str
    speaker: frozenset[str]
    together: frozenset[str] = field(default_factory=frozenset)
    """Its words, and those of the following seconds."""


def propose_starts(
    *, cues: Sequence[Cue], parts: Sequence[Part], chapters: Sequence[Chapter] = ()
) -> list[Proposal | None]:
    """Return a start for each part that has none, ``None`` where nothing said lets one think of it.

    Starts grow in the order of the parts; those that are known hold the others in their places.
    """
    units = _units(cues)
    if not units or not parts:
        return [None] * len(parts)
    wanted = [_wanted(part) for part in parts]
    weights = _weights(units, wanted)
    likenesses = [[_likeness(unit, one, own) for unit in units] for one, own in zip(wanted, weights, strict=True)]
    signs = [
        _signs(units, one, own, [chapter for chapter in chapters if one.title & _stems(chapter.title)])
        for one, own in zip(wanted, weights, strict=True)
    ]
    chosen = _best_starts(units, parts, likenesses, signs)
    proposals: list[Proposal | None] = []
    ends = [*chosen[1:], len(units)]
    for part, begins, ends_at, like, sign in zip(parts, chosen, ends, likenesses, signs, strict=True):
        is_heard = sign[begins] >= _MARKED * _MOST_MARKS + _AFTER_A_PAUSE or sum(like[begins:ends_at]) > 0
        if part.start is not None or not is_heard:
            proposals.append(None)
        else:
            proposals.append(Proposal(int(units[begins].piece.start), _extract(units, begins)))
    return proposals


def _units(cues: Sequence[Cue]) -> list[_Unit]:
    speakers: dict[str, frozenset[str]] = {}
    units = []
    for piece in pieces_of(cues):
        speaker = speakers.setdefault(piece.speaker, frozenset(_stems(piece.speaker)))
        units.append(_Unit(piece, frozenset(_stems(piece.text)), _folded(piece.text), speaker))
    ahead = 0
    counts: Counter[str] = Counter()
    for at, unit in enumerate(units):
        last = min(len(units), at + _MOST_TOGETHER)
        while ahead < last and units[ahead].piece.start - unit.piece.start <= _SAID_TOGETHER:
            counts.update(units[ahead].words)
            ahead += 1
        unit.together = frozenset(counts)
        counts.subtract(unit.words)
        counts = +counts
    return units


def _wanted(part: Part) -> _Wanted:
    weights: dict[str, float] = {}

    def add(text: str, weight: float) -> None:
        for stem in _stems(text):
            weights[stem] = max(weights.get(stem, 0.0), weight)

    names = []
    for line in part.speakers:
        name, _, office = line.partition(",")
        names.append(frozenset(_stems(name)))
        add(name, _NAME)
        add(office, _TEXT)
    add(part.title, _TITLE)
    for title in part.initiatives:
        add(title, _INITIATIVE)
    add(part.text, _TEXT)
    return _Wanted(weights, frozenset(_stems(part.title)), [name for name in names if name])


def _weights(units: Sequence[_Unit], wanted: Sequence[_Wanted]) -> list[dict[str, float]]:
    """Weigh words: one that is said all along, or that all the sequences have, tells nothing."""
    windows: defaultdict[str, set[int]] = defaultdict(set)
    asked = {word for one in wanted for word in one.weights}
    for unit in units:
        for word in unit.words & asked:
            windows[word].add(int(unit.piece.start // _WINDOW))
    total = len({int(unit.piece.start // _WINDOW) for unit in units})
    holders = Counter(word for one in wanted for word in one.weights)
    most = math.log(1 + len(wanted))

    def rarity(word: str) -> float:
        said = len(windows[word]) if word in windows else 0
        if not said:
            return 0.0
        own = math.log(1 + len(wanted) / holders[word]) / most
        return math.log(1 + total / said) * own**2

    return [{word: weight * rarity(word) for word, weight in one.weights.items()} for one in wanted]


def _likeness(unit: _Unit, wanted: _Wanted, weights: dict[str, float]) -> float:
    common = unit.words & weights.keys()
    said = sum(weights[word] for word in common)
    return said * _SAID + (_OWN_TURN * _SAID if _is_one_of(unit.speaker, wanted.names) else 0.0)


def _is_one_of(speaker: frozenset[str], names: Iterable[frozenset[str]]) -> bool:
    """« BALANDRAS Corinne (Logis) » is « Corinne Balandras »."""
    return bool(speaker) and any(name <= speaker or (speaker <= name and len(speaker) > 1) for name in names)


def _signs(
    units: Sequence[_Unit], wanted: _Wanted, weights: dict[str, float], chapters: Sequence[Chapter]
) -> list[float]:
    """Return, for each moment, what makes it a beginning of this sequence."""
    title = sum(weights.get(word, 0.0) for word in wanted.title)
    found = []
    before: _Unit | None = None
    for unit in units:
        sign = 0.0
        if any(len(name) > 1 and name <= unit.together and name & unit.words for name in wanted.names):
            sign += _NAMED
        is_own = _is_one_of(unit.speaker, wanted.names)
        if is_own and not (before and _is_one_of(before.speaker, wanted.names)):
            sign += _TURN_BEGINS
        if title and unit.words & wanted.title:
            sign += _TITLE_SAID * sum(weights.get(word, 0.0) for word in wanted.title & unit.together) / title
        if sign or unit.words & weights.keys():
            sign += _MARKED * min(_MOST_MARKS, len(_MARKS.findall(unit.plain)))
            sign += _AFTER_A_PAUSE * bool(before and unit.piece.start - before.piece.end >= _PAUSE)
            sign += _AFTER_A_SENTENCE * bool(before is None or before.piece.closes)
        found.append(sign)
        before = unit
    for chapter in chapters:
        at = next((at for at, unit in enumerate(units) if unit.piece.start >= chapter.start), None)
        if at is not None:
            common = sum(weights.get(word, 0.0) for word in wanted.title & _stems(chapter.title))
            found[at] += _CHAPTER * (common / title if title else 1.0)
    return found


def _best_starts(
    units: Sequence[_Unit],
    parts: Sequence[Part],
    likenesses: Sequence[Sequence[float]],
    signs: Sequence[Sequence[float]],
) -> list[int]:
    """Choose the starts, in order, whose sum of signs and of likenesses from each start to the next is the greatest."""
    count = len(units)
    # Before the first sequence one may speak of any: of each less than in its place.
    opening = [_OPENING * max(column) for column in zip(*likenesses, strict=True)]
    # best[u]: the greatest sum up to unit u excluded, the part before being under way.
    best = _sums(opening)
    back: list[list[int]] = []
    for position, part in enumerate(parts):
        sums = _sums(likenesses[position])
        allowed = _allowed(units, parts, position)
        under_way = [-math.inf] * (count + 1)
        origin = [-1] * (count + 1)
        greatest, since = -math.inf, -1
        for at in range(count):
            value = best[at] + (signs[position][at] if part.start is None else 0.0) - sums[at]
            if at in allowed and value > greatest:
                greatest, since = value, at
            under_way[at + 1] = greatest + sums[at + 1] if since >= 0 else -math.inf
            origin[at + 1] = since
        best = under_way
        back.append(origin)
    chosen: list[int] = []
    at = count
    for origin in reversed(back):
        at = origin[at]
        if at < 0:
            return _spread(count, len(parts))
        chosen.append(at)
    return chosen[::-1]


def _allowed(units: Sequence[_Unit], parts: Sequence[Part], position: int) -> range:
    """The units where a part may begin: one for a known start, those between the known ones around it otherwise."""
    start = parts[position].start
    if start is not None:
        at = next((at for at, unit in enumerate(units) if unit.piece.start >= start - 1), len(units) - 1)
        return range(at, at + 1)
    before = max((part.start for part in parts[:position] if part.start is not None), default=-1.0)
    after = min((part.start for part in parts[position + 1 :] if part.start is not None), default=math.inf)
    inside = [at for at, unit in enumerate(units) if before < unit.piece.start < after]
    return range(inside[0], inside[-1] + 1) if inside else range(0)


def _sums(values: Sequence[float]) -> list[float]:
    sums = [0.0]
    for value in values:
        sums.append(sums[-1] + value)
    return sums


def _spread(count: int, parts: int) -> list[int]:
    """Starts that say nothing, for sequences that no order of what is said can hold (more of them than captions)."""
    return [min(count - 1, position) for position in range(parts)]


def _extract(units: Sequence[_Unit], begins: int) -> str:
    text = ""
    for unit in units[begins : begins + 8]:
        text = f"{text} {unit.piece.text}".strip()
        if len(text) >= _LONGEST_EXTRACT:
            return text[:_LONGEST_EXTRACT].rsplit(" ", 1)[0] + "…"
    return text


def _folded(text: str) -> str:
    return without_accents(text.lower().replace("œ", "oe").replace("æ", "ae"))


def _stems(text: str) -> set[str]:
    """Return the words of a text that say something, by their first letters: « logés », « logement », « logements »."""
    found = set()
    for word in _WORD.findall(_folded(text)):
        if len(word) < _SHORTEST_WORD or word in _EMPTY:
            continue
        found.add(word[:_STEM] if len(word) > _STEM else word.rstrip("esx") or word)
    return found
