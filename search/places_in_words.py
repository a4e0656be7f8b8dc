"""A place named in the words of a search: « logement jeunes Bourg-en-Bresse », « dans la Creuse », « SIAO 93 ».

Precision first: a territory wrongly taken is worse than one not recognised, since it hides what is elsewhere. A name
that is an ordinary word (Fontaine, Paradis) or a person's is a place only when something says so: a preposition of
place, a number beside it. Pure but for one query that looks all the candidate names up at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from hub.territories.enums import TerritoryKind
from hub.territories.lookup import AREA_KINDS, whole_names
from hub.territories.models import Territory
from hub.territories.reading import settle
from search.analysis import fold
from search.place_words import (
    BY_AREA,
    FIRST_WITH_ARTICLE,
    INITIALS,
    NATURES,
    NEAR,
    OF,
    POSTCODE,
    SHORTEST_INITIALS,
    Token,
    before,
    has_article,
    is_ordinary,
    number_after,
    read_tokens,
    spans,
    without_article,
    words_at,
    words_without,
)

MAX_OFFERED = 6
# Communes of one word below this size are read as such only where something says it is a place.
_KNOWN_BY_ALL = 3_000
_KNOWN_SAINT = 20_000
# Overseas, half of the towns are called after a saint alone.
_KNOWN_SAINT_OVERSEAS = 150_000
# A name of before, with two spaces at least, is no accident: « Châlons-sur-Marne ».
_LONG_NAME = 2
# A city this large is meant by a capital letter alone (« Tours »).
_LARGE_CITY = 50_000
# Of homonyms, the one meant by whoever does not say more.
_DWARFED = 10
_DWARFED_FROM = 10_000


@dataclass(frozen=True, slots=True)
class _Span:
    """Words that may name a place: tokens ``first`` to ``last`` (excluded) of a text."""

    text: str
    tokens: Sequence[Token]
    first: int
    last: int

    @property
    def name(self) -> str:
        return " ".join(token.name for token in self.tokens[self.first : self.last])

    @property
    def written(self) -> str:
        return " ".join(token.written for token in self.tokens[self.first : self.last]).lower()

    @property
    def has_capital(self) -> bool:
        return self.tokens[self.first].written[0].isupper() and not self.text.isupper()

    @property
    def follower(self) -> str:
        return self.tokens[self.last].name if self.last < len(self.tokens) else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mention:
    """A place the words name, and the territories it may be, best first.

    ``is_bare``: one word, and nothing beside it says that it is a place.
    """

    span: _Span
    bearers: tuple[Territory, ...]
    others: tuple[Territory, ...] = ()
    is_sure: bool = True
    is_bare: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceInWords:
    """What the words say of a place.

    ``territory``: the one they mean, when it is certain; ``named``: the words that name it; ``rest``: the other words.
    ``others``: those it may also be, or, without a territory, those to choose from. ``is_bare``: nothing but one word
    says so, neither a preposition nor an article nor a number: it may be a river, or somebody's name.
    """

    territory: Territory | None = None
    named: str = ""
    rest: str = ""
    others: tuple[Territory, ...] = ()
    is_bare: bool = False


def find_place(text: str) -> PlaceInWords | None:
    """Return the place named in the words of a search, if any. ``text`` is a ``SearchQuery.text``, so bounded.

    One query at most, whatever the text; none when no word of it could name a place.
    """
    tokens = read_tokens(text)
    candidates = dict(spans(text, tokens))
    if not candidates:
        return None
    named = whole_names(candidates.values())
    mentions = []
    taken = 0
    for (first, last), name in sorted(candidates.items(), key=lambda item: (item[0][0], -item[0][1])):
        if first >= taken and named.get(name):
            mention = _mention(_Span(text, tokens, first, last), bearers=named[name])
            if mention:
                mentions.append(mention)
                taken = mention.span.last
    return _answer(text, tokens, mentions) if mentions else None


def _mention(span: _Span, *, bearers: Sequence[Territory]) -> _Mention | None:
    is_one_word = span.last == span.first + 1
    if is_one_word and span.name[0].isdigit():
        return _numbered(span, bearers=bearers)
    number = number_after(span.tokens, span.last)
    said = [bearer for bearer in bearers if number and _is_numbered(bearer, number)]
    if said:
        reading = settle(said)
        longer = replace(span, last=span.last + 1)
        return _Mention(span=longer, bearers=reading.answers, others=reading.places_passed_over)
    meant = [bearer for bearer in bearers if _is_meant(span, bearer=bearer)]
    if not meant:
        return None
    reading = settle(meant)
    dominant = _dominant(reading.answers)
    if dominant:
        others = tuple(bearer for bearer in (*reading.answers, *reading.places_passed_over) if bearer != dominant)
        is_led_to = _is_introduced(span, bearer=dominant) or _is_named_with_article(span, bearer=dominant)
        return _Mention(span=span, bearers=(dominant,), others=others, is_bare=is_one_word and not is_led_to)
    return _Mention(span=span, bearers=reading.answers, is_sure=False)


def _numbered(span: _Span, *, bearers: Sequence[Territory]) -> _Mention | None:
    """A number that stands alone: a postcode, or a département's when something says it is one."""
    if POSTCODE.fullmatch(span.name):
        largest, sharing = largest_of_postcode(bearers, code=span.name)
        others = tuple(bearer for bearer in sharing if bearer != largest)
        return _Mention(span=span, bearers=(largest,), others=others)
    areas = tuple(
        bearer for bearer in bearers if bearer.kind in AREA_KINDS and bearer.official_code.lower() == span.name
    )
    if not areas:
        return None
    word = span.tokens[span.first - 1].name if span.first else ""
    return _Mention(span=span, bearers=areas, is_sure=word in BY_AREA or word in {"le", "les"})


def largest_of_postcode(found: Sequence[Territory], *, code: str) -> tuple[Territory, Sequence[Territory]]:
    """Return the largest of those that share a number, and those it stands for.

    A number is a postcode for a visitor before it is Insee's: its arrondissement, or its largest commune.
    """
    districts = [territory for territory in found if territory.kind == TerritoryKind.ARRONDISSEMENT]
    by_postcode = [territory for territory in found if not territory.official_code.endswith(code)]
    sharing = districts or by_postcode or found
    return max(sharing, key=lambda territory: (territory.population, territory.code)), sharing


def _is_numbered(territory: Territory, number: str) -> bool:
    if territory.kind in AREA_KINDS:
        return territory.official_code.lower() == number
    area = territory.department_number.lower()
    return bool(area) and (number == area or (len(number) > len(area) and number.startswith(area[:2])))


def _is_meant(span: _Span, *, bearer: Territory) -> bool:
    name = span.name
    if bearer.kind == TerritoryKind.PAYS:
        return False  # « en France », « national » narrow nothing
    if not _has_its_accents(span, bearer=bearer):
        return False
    is_introduced = _is_introduced(span, bearer=bearer)
    if name in INITIALS:
        written = span.tokens[span.first].written
        stands_out = written.isupper() and (span.has_capital or len(span.tokens) == 1)
        return is_introduced or (stands_out and len(written) > SHORTEST_INITIALS)
    if is_ordinary(name):
        is_city = bearer.kind == TerritoryKind.COMMUNE and bearer.population >= _LARGE_CITY and span.first > 0
        return (
            (is_city and span.has_capital and not bearer.matched_former_name)
            or _is_named_with_article(span, bearer=bearer)
            or (is_introduced and _is_written_as(span, bearer=bearer))
        )
    if bearer.matched_former_name:
        return is_introduced or name.count(" ") >= _LONG_NAME
    return is_introduced or _is_known(span, bearer=bearer)


def _is_known(span: _Span, *, bearer: Territory) -> bool:
    name = span.name
    if name.startswith(("saint ", "sainte ")) and name.count(" ") == 1:
        least = _KNOWN_SAINT_OVERSEAS if bearer.department_number.startswith("97") else _KNOWN_SAINT
        return bearer.kind == TerritoryKind.COMMUNE and bearer.population >= least
    if bearer.kind != TerritoryKind.COMMUNE:
        return True
    if has_article(bearer) and not before(span.tokens, span.first).article and " " not in name:
        return False  # « Bresse » is not La Bresse
    return " " in name or bearer.population >= _KNOWN_BY_ALL


def _is_written_as(span: _Span, *, bearer: Territory) -> bool:
    """An ordinary word after a preposition is a place when it is written as one: « à Chargé », not « à charge »."""
    if bearer.kind != TerritoryKind.COMMUNE or span.has_capital:
        return True
    name = without_article(bearer.name)
    is_same = fold(span.written) != span.written or fold(name) == name.lower()
    # « a changé » is no place.
    is_preposition = not span.first or span.tokens[span.first - 1].written != "a"
    return is_same and is_preposition and bearer.population >= _KNOWN_BY_ALL and not has_article(bearer)


def _has_its_accents(span: _Span, *, bearer: Territory) -> bool:
    """Accents may be missing, not others put in their place: « maçon » is not Mâcon."""
    written = span.written
    if bearer.kind != TerritoryKind.COMMUNE or fold(written) == written:
        return True
    names = (bearer.name, bearer.matched_former_name)
    return any(written in " ".join(token.written.lower() for token in read_tokens(name)) for name in names)


def _is_introduced(span: _Span, *, bearer: Territory) -> bool:
    """Whether a preposition of place leads to the name, with the article that this territory bears."""
    lead = before(span.tokens, span.first)
    is_plain = not is_ordinary(span.name)
    if lead.word in OF and lead.earlier in NATURES | NEAR:
        return True
    if lead.word in NATURES and (is_plain or not lead.article):
        return True
    if bearer.kind in {TerritoryKind.COMMUNE, TerritoryKind.ARRONDISSEMENT}:
        if lead.word not in {"a", "vers", "sur"} or (has_article(bearer) and not lead.article):
            return False
        return is_plain or (lead.word != "sur" and bool(lead.article) == has_article(bearer))
    if is_plain:
        return lead.word in {"a", "dans", "en", "vers", "sur"}
    # « dans le nord de la France », « dans le lot de mesures »
    return lead.word in {"dans", "en", "vers", "sur"} and span.follower not in OF


def _is_named_with_article(span: _Span, *, bearer: Territory) -> bool:
    """« Le Nord », « la Somme », « du Lot », « La Réunion », with a capital; « le Havre » without one too."""
    has_own_article = bool(before(span.tokens, span.first).article)
    if span.tokens[span.first].name in FIRST_WITH_ARTICLE:
        return has_own_article and has_article(bearer)
    is_area = bearer.kind in {TerritoryKind.DEPARTEMENT, TerritoryKind.REGION}
    return is_area and span.has_capital and has_own_article and span.follower not in OF


def _dominant(bearers: Sequence[Territory]) -> Territory | None:
    """The one of this name, or the city that whoever does not say more means: Montreuil is in Seine-Saint-Denis."""
    if len(bearers) == 1:
        return bearers[0]
    first, second = sorted(bearers, key=lambda bearer: -bearer.population)[:2]
    is_dominant = first.population >= _DWARFED_FROM and first.population >= _DWARFED * second.population
    return first if is_dominant else None


def _answer(text: str, tokens: Sequence[Token], mentions: Sequence[_Mention]) -> PlaceInWords | None:
    """Take the place named, when it is one: of a commune and its département, the commune; of two apart, neither."""
    sure, unsure = _told_apart(mentions)
    if not sure:
        mention = unsure[0]
        return PlaceInWords(
            named=words_at(text, tokens, first=mention.span.first, last=mention.span.last),
            rest=_rest(text, tokens, [mention]),
            others=mention.bearers[:MAX_OFFERED],
        )
    smallest = min(sure, key=lambda mention: TerritoryKind(mention.bearers[0].kind).rank)
    around = [mention for mention in sure if mention is not smallest]
    if any(not _contains(mention.bearers[0], smallest.bearers[0]) for mention in around):
        offered = tuple(dict.fromkeys(mention.bearers[0] for mention in sure))
        return PlaceInWords(others=offered[:MAX_OFFERED], rest=_rest(text, tokens, sure))
    return PlaceInWords(
        territory=smallest.bearers[0],
        named=words_at(text, tokens, first=smallest.span.first, last=smallest.span.last),
        rest=_rest(text, tokens, sure),
        others=smallest.others[:MAX_OFFERED],
        is_bare=all(mention.is_bare for mention in sure),
    )


def _told_apart(mentions: Sequence[_Mention]) -> tuple[list[_Mention], list[_Mention]]:
    """The sure ones, with homonyms that another tells apart (« Saint-Denis, Seine-Saint-Denis »), and the others."""
    found, left = [mention for mention in mentions if mention.is_sure], []
    areas = [mention.bearers[0] for mention in found]
    for mention in (mention for mention in mentions if not mention.is_sure):
        inside = [bearer for bearer in mention.bearers if any(_contains(area, bearer) for area in areas)]
        if len(inside) == 1:
            found.append(_Mention(span=mention.span, bearers=tuple(inside)))
        else:
            left.append(mention)
    return sorted(found, key=lambda mention: mention.span.first), left


def _contains(area: Territory, territory: Territory) -> bool:
    """Whether a territory is in an area, as far as codes tell: a commune in its département, or the same one twice."""
    is_around = area.kind in AREA_KINDS and territory.department_number == area.official_code
    return area.code == territory.code or is_around


def _rest(text: str, tokens: Sequence[Token], mentions: Sequence[_Mention]) -> str:
    return words_without(text, tokens, phrases=[(mention.span.first, mention.span.last) for mention in mentions])
