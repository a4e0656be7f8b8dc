import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from hub.territories.models import Territory
from hub.territories.names import ARTICLES, LINK_WORDS, normalise_name
from search.analysis import stop_words

_DATA = Path(__file__).parent / "data"
ORDINARY_PATH = _DATA / "place_words.txt"

POSTCODE = re.compile(r"\d{5}")
AREA_NUMBER = re.compile(r"0[1-9]|[1-8]\d|9[0-5]|2[ab]|97[1-6]")

# Dictionaries have them, but nobody types them for anything else than the place.
_NAMES_FIRST = frozenset(
    "ales allier anglet argentan bordeaux calais calvados cambrai cantal castres cavaillon chantilly chateaubriant "
    "corse dole douai elbeuf etampes fontainebleau frontignan gironde gueret jura limoges macon marne montmorency "
    "pantin paris perigueux pithiviers privas rennes rodez sarcelles valence valenciennes vannes var vichy".split()
)
# These too, with their article: « le Havre », « au Mans ».
FIRST_WITH_ARTICLE = frozenset({"havre", "mans"})
# Initials that a word or another acronym may be: capitals, or a preposition, are needed.
INITIALS = frozenset("amp ara aura bfc bzh cvl ge ges hdf idf mel mgp naq occ pdl pdll".split())
SHORTEST_INITIALS = 2

OF = frozenset({"d", "de", "des", "du"})
CONTRACTED = {"au": "le", "aux": "les", "du": "le", "des": "les"}
# « autour de », « près de », « du côté de »…
NEAR = frozenset("alentours autour bassin cote environs pays pres proche proximite secteur".split())
NATURES = frozenset(
    "agglo agglomeration ccas commune departement departemental departementale epci mairie metropole prefecture prefet "
    "region regional regionale territoire ville".split()
)
LEADS = frozenset({"a", "au", "aux", "dans", "en", "vers", "sur"}) | NATURES | NEAR
# What goes with the name when it is taken out of the words.
PHRASE = ARTICLES | OF | NEAR | frozenset("a au aux commune dans departement en region sur vers ville".split())
# Services there is one of in each département: « SIAO 93 ».
BY_AREA = frozenset(
    "adil caf cd conseil ddcs ddets ddetspp ddt ddtm departement departemental dept dpt siao udaf".split()
)
# Before or after these a number is no département's.
NOT_BEFORE_NUMBER = frozenset(
    "acte annee article atelier circulaire code decret etape fiche loi moins niveau numero phase plan plus".split()
)
NOT_AFTER_NUMBER = frozenset(
    "ans an annees euros mois jours heures h janvier fevrier mars avril mai juin juillet aout septembre octobre "
    "novembre decembre places personnes logements menages pour".split()
)

_OWN_ARTICLE = re.compile(r"^(?:L[ae]s? |L[’'])")


@cache
def _ordinary() -> frozenset[str]:
    lines = [
        line.strip()
        for path in (ORDINARY_PATH, _DATA / "place_persons.txt")
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    return frozenset(line for line in lines if line and not line.startswith("#")) - _NAMES_FIRST


def is_ordinary(name: str) -> bool:
    """Whether a normalised name, without its article, is an ordinary word too, or a person's name."""
    return name in _ordinary()


def has_article(territory: Territory) -> bool:
    """Whether an article belongs to the name: La Rochelle, Le Havre."""
    return normalise_name(territory.name).partition(" ")[0] in ARTICLES


def without_article(name: str) -> str:
    return _OWN_ARTICLE.sub("", name)


_MAX_NAME_WORDS = 8
_MIN_LETTERS = 3
_HYPHENS = "\u2010\u2011-"
_TOKEN = re.compile(r"[^\W_]+")
_QUOTED = re.compile(r'["“”][^"“”]*["“”]?')
_INSIDE_A_NAME = re.compile(rf"[\s'’ʼ{_HYPHENS}]*")


@dataclass(frozen=True, slots=True)
class Token:
    """A word of the text: normalised, as written, and where; ``is_free`` when no operator of the search holds it."""

    name: str
    written: str
    start: int
    end: int
    is_free: bool


@dataclass(frozen=True, slots=True)
class Before:
    """What stands before a name: its article ("le" of « au »), the word before that, and the one earlier still."""

    article: str
    word: str
    earlier: str


def read_tokens(text: str) -> list[Token]:
    """Return the words of a search. Quoted, excluded (``-mot``) and unfinished ones (``mot*``) are not free."""
    quoted = [match.span() for match in _QUOTED.finditer(text)]
    tokens = []
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        is_excluded = text[start - 1 : start] == "-" and not text[start - 2 : start - 1].strip()
        is_free = not is_excluded and text[end : end + 1] != "*" and not any(a <= start < b for a, b in quoted)
        name = normalise_name(match[0])
        tokens.append(Token(name=name, written=match[0], start=start, end=end, is_free=is_free))
    return tokens


def spans(text: str, tokens: Sequence[Token]) -> Iterator[tuple[tuple[int, int], str]]:
    for first, token in enumerate(tokens):
        if not token.is_free or not token.name or " " in token.name or token.name in LINK_WORDS:
            continue
        if _is_hyphenated(text, token.start - 1):
            continue
        words: list[str] = []
        for last in range(first, min(first + _MAX_NAME_WORDS, len(tokens))):
            word = tokens[last]
            if not word.is_free or (
                last > first and not _INSIDE_A_NAME.fullmatch(text, tokens[last - 1].end, word.start)
            ):
                break
            words.append(word.name)
            ends_inside = word.name in LINK_WORDS or _is_hyphenated(text, word.end)
            if not ends_inside and (last > first or _may_be_a_name(text, tokens, first)):
                yield (first, last + 1), " ".join(words)


def _is_hyphenated(text: str, position: int) -> bool:
    """Whether a hyphen stands at ``position``, between two letters: what is beside it is a part of a longer name."""
    around = text[max(0, position - 1) : position + 2]
    return len(around) > SHORTEST_INITIALS and around[1] in _HYPHENS and around[0].isalnum() and around[2].isalnum()


def _may_be_a_name(text: str, tokens: Sequence[Token], first: int) -> bool:
    """Whether a single word is worth looking up: most words of a search are none of a place's."""
    token = tokens[first]
    if token.name[0].isdigit():
        return bool(POSTCODE.fullmatch(token.name)) or _is_area_number(text, tokens, first)
    # A preposition of place may lead to it: whoever reads the territory looks closer.
    if any(earlier.name in LEADS for earlier in tokens[max(0, first - 3) : first]):
        return token.name not in stop_words()
    if token.name in stop_words() or (len(token.name) < _MIN_LETTERS and token.name not in INITIALS):
        return False
    is_first = token.name in FIRST_WITH_ARTICLE
    return (
        is_first or not is_ordinary(token.name) or token.written[0].isupper() or number_after(tokens, first + 1) != ""
    )


def _is_area_number(text: str, tokens: Sequence[Token], first: int) -> bool:
    """Whether a number may be a département's: after a service or an article, or last of all."""
    if not AREA_NUMBER.fullmatch(tokens[first].name) or not first:
        return False
    before, after = tokens[first - 1].name, tokens[first + 1].name if first + 1 < len(tokens) else ""
    if after in NOT_AFTER_NUMBER or before in NOT_BEFORE_NUMBER or after[:1].isdigit() or before[:1].isdigit():
        return False
    if before in BY_AREA:
        return True
    return (before == "le" and after in {"", "et", "pour"}) or (
        tokens[first].end == len(text) and before not in LINK_WORDS
    )


def number_after(tokens: Sequence[Token], position: int) -> str:
    """Return the number that follows a name, in brackets or not, when it may be its département's or its postcode."""
    if position >= len(tokens) or not tokens[position].is_free:
        return ""
    number = tokens[position].name
    follower = tokens[position + 1].name if position + 1 < len(tokens) else ""
    if follower in NOT_AFTER_NUMBER or follower[:1].isdigit():
        return ""
    return number if POSTCODE.fullmatch(number) or AREA_NUMBER.fullmatch(number) else ""


def before(tokens: Sequence[Token], first: int) -> Before:
    """Return what leads to the name that begins at ``first``; a contracted article counts as one: « au Havre »."""
    position, article = first, ""
    if position and tokens[position - 1].name in ARTICLES:
        position, article = position - 1, tokens[position - 1].name
    word = tokens[position - 1].name if position else ""
    earlier = tokens[position - 2].name if position > 1 else ""
    if not article and word in CONTRACTED:
        article, word = CONTRACTED[word], "de" if word in OF else "a"
    return Before(article=article, word=word, earlier=earlier)


def words_at(text: str, tokens: Sequence[Token], *, first: int, last: int) -> str:
    """Return the words from ``first`` to ``last`` (excluded) as they are written, their bracket closed."""
    return text[tokens[first].start : _end(text, tokens, last)]


def words_without(text: str, tokens: Sequence[Token], *, phrases: Sequence[tuple[int, int]]) -> str:
    """Return the words without those of ``phrases`` (first, last) and the prepositions that lead to them.

    "" when only link words would stay.
    """
    kept, position = [], 0
    for first, last in phrases:
        kept.append(text[position : _start_of_phrase(tokens, first)])
        position = _end(text, tokens, last)
    kept.append(text[position:])
    rest = " ".join(" ".join(kept).split()).strip(" ,;:(")
    words = [normalise_name(word) for word in _TOKEN.findall(rest)]
    return "" if all(word in LINK_WORDS or word in stop_words() for word in words) else rest


def _end(text: str, tokens: Sequence[Token], last: int) -> int:
    end = tokens[last - 1].end
    return end + (text[end : end + 1] == ")" and "(" in text[:end])


def _start_of_phrase(tokens: Sequence[Token], first: int) -> int:
    """Where the words that lead to a name begin: « autour de », « dans la », « du côté de », « du département de »."""
    position = first
    while position and tokens[position - 1].is_free and tokens[position - 1].name in PHRASE:
        position -= 1
    return tokens[position].start
