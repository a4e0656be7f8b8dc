"""A place named in the words of a search: « logement jeunes Bourg-en-Bresse », « dans la Creuse », « SIAO 93 ».

Precision first: a territory wrongly taken is worse than one not recognised, since it hides what is elsewhere. A name
that is an ordinary word (Fontaine, Paradis) or a person's is a place only when something says so: a preposition of
place, a number beside it. Pure but for one query that looks all the candidate names up at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from hub.territories.enums import TerritoryKind
from hub.territories.lookup import whole_names
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mention:
    """A place the words name: tokens ``first`` to ``last`` (excluded), and the territories it may be, best first.

    ``is_bare``: one word, and nothing beside it says that it is a place.
    """

    first: int
    last: int
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
            mention = _mention(text, tokens, first=first, last=last, bearers=named[name])
            if mention:
                mentions.append(mention)
                taken = mention.last
    return _answer(text, tokens, mentions) if mentions else None


def _mention(
    text: str, tokens: Sequence[Token], *, first: int, last: int, bearers: Sequence[Territory]
) -> _Mention | None:
    if tokens[first].name[0].isdigit() and last == first + 1:
        return _numbered(tokens, first=first, bearers=bearers)
    number = number_after(tokens, last)
    if number:
        said = [bearer for bearer in bearers if _is_numbered(bearer, number)]
        if said:
            reading = settle(said)
            return _Mention(first=first, last=last + 1, bearers=reading.answers, others=reading.places_passed_over)
    meant = [bearer for bearer in bearers if _is_meant(text, tokens, first=first, last=last, bearer=bearer)]
    if not meant:
        return None
    reading = settle(meant)
    dominant = _dominant(reading.answers)
    if dominant:
        others = tuple(bearer for bearer in (*reading.answers, *reading.places_passed_over) if bearer != dominant)
        is_bare = last == first + 1 and not _is_led_to(text, tokens, first=first, last=last, bearer=dominant)
        return _Mention(first=first, last=last, bearers=(dominant,), others=others, is_bare=is_bare)
    return _Mention(first=first, last=last, bearers=reading.answers, is_sure=False)


def _numbered(tokens: Sequence[Token], *, first: int, bearers: Sequence[Territory]) -> _Mention | None:
    """A number that stands alone: a postcode, or a département's when something says it is one."""
    number = tokens[first].name
    if POSTCODE.fullmatch(number):
        districts = [bearer for bearer in bearers if bearer.kind == TerritoryKind.ARRONDISSEMENT]
        by_postcode = [bearer for bearer in bearers if bearer.official_code != number]
        sharing = districts or by_postcode or list(bearers)
        largest = max(sharing, key=lambda bearer: (bearer.population, bearer.code))
        others = tuple(bearer for bearer in sharing if bearer != largest)
        return _Mention(first=first, last=first + 1, bearers=(largest,), others=others)
    areas = tuple(
        bearer
        for bearer in bearers
        if bearer.kind in {TerritoryKind.DEPARTEMENT, TerritoryKind.COLLECTIVITE}
        and bearer.official_code.lower() == number
    )
    if not areas:
        return None
    word = tokens[first - 1].name if first else ""
    is_sure = word in BY_AREA or word in {"le", "les"}
    return _Mention(first=first, last=first + 1, bearers=areas, is_sure=is_sure)


def _is_numbered(territory: Territory, number: str) -> bool:
    if territory.kind in {TerritoryKind.DEPARTEMENT, TerritoryKind.COLLECTIVITE}:
        return territory.official_code.lower() == number
    area = territory.department_number.lower()
    return bool(area) and (number == area or (len(number) > len(area) and number.startswith(area[:2])))


def _is_meant(text: str, tokens: Sequence[Token], *, first: int, last: int, bearer: Territory) -> bool:
    name = " ".join(token.name for token in tokens[first:last])
    if bearer.kind == TerritoryKind.PAYS:
        return False  # « en France », « national » narrow nothing
    if not _has_its_accents(tokens, first=first, last=last, bearer=bearer):
        return False
    written = tokens[first].written
    has_capital = written[0].isupper() and not text.isupper()
    is_introduced = _is_introduced(tokens, first=first, last=last, bearer=bearer, name=name)
    if name in INITIALS:
        stands_out = written.isupper() and (has_capital or len(tokens) == 1)
        return is_introduced or (stands_out and len(written) > SHORTEST_INITIALS)
    if is_ordinary(name):
        is_city = bearer.kind == TerritoryKind.COMMUNE and bearer.population >= _LARGE_CITY and first > 0
        return (
            (is_city and has_capital and not bearer.matched_former_name)
            or _is_named_with_article(tokens, first=first, last=last, bearer=bearer, has_capital=has_capital)
            or (
                is_introduced and _is_written_as(tokens, first=first, last=last, bearer=bearer, has_capital=has_capital)
            )
        )
    if bearer.matched_former_name:
        return is_introduced or name.count(" ") >= _LONG_NAME
    return is_introduced or _is_known(name, bearer=bearer, has_its_article=bool(before(tokens, first).article))


def _is_led_to(text: str, tokens: Sequence[Token], *, first: int, last: int, bearer: Territory) -> bool:
    name = " ".join(token.name for token in tokens[first:last])
    has_capital = tokens[first].written[0].isupper() and not text.isupper()
    return _is_introduced(tokens, first=first, last=last, bearer=bearer, name=name) or _is_named_with_article(
        tokens, first=first, last=last, bearer=bearer, has_capital=has_capital
    )


def _is_known(name: str, *, bearer: Territory, has_its_article: bool) -> bool:
    """Whether a bare name, no ordinary word, is enough."""
    if name.startswith(("saint ", "sainte ")) and name.count(" ") == 1:
        least = _KNOWN_SAINT_OVERSEAS if bearer.department_number.startswith("97") else _KNOWN_SAINT
        return bearer.kind == TerritoryKind.COMMUNE and bearer.population >= least
    if bearer.kind != TerritoryKind.COMMUNE:
        return True
    if has_article(bearer) and not has_its_article and " " not in name:
        return False  # « Bresse » is not La Bresse
    return " " in name or bearer.population >= _KNOWN_BY_ALL


def _is_written_as(tokens: Sequence[Token], *, first: int, last: int, bearer: Territory, has_capital: bool) -> bool:
    """An ordinary word after a preposition is a place when it is written as one: « à Chargé », not « à charge »."""
    if bearer.kind != TerritoryKind.COMMUNE or has_capital:
        return True
    written = " ".join(token.written for token in tokens[first:last]).lower()
    is_same = fold(written) != written or fold(without_article(bearer.name)) == without_article(bearer.name).lower()
    # « a changé » is no place.
    is_preposition = not first or tokens[first - 1].written != "a"
    return is_same and is_preposition and bearer.population >= _KNOWN_BY_ALL and not has_article(bearer)


def _has_its_accents(tokens: Sequence[Token], *, first: int, last: int, bearer: Territory) -> bool:
    """Accents may be missing, not others put in their place: « maçon » is not Mâcon."""
    written = " ".join(token.written.lower() for token in tokens[first:last])
    if bearer.kind != TerritoryKind.COMMUNE or fold(written) == written:
        return True
    names = (bearer.name, bearer.matched_former_name)
    return any(written in " ".join(token.written.lower() for token in read_tokens(name)) for name in names)


def _is_introduced(tokens: Sequence[Token], *, first: int, last: int, bearer: Territory, name: str) -> bool:
    """Whether a preposition of place leads to the name, with the article that this territory bears."""
    lead = before(tokens, first)
    follower = tokens[last].name if last < len(tokens) else ""
    is_plain = not is_ordinary(name)
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
    return lead.word in {"dans", "en", "vers", "sur"} and follower not in OF


def _is_named_with_article(
    tokens: Sequence[Token], *, first: int, last: int, bearer: Territory, has_capital: bool
) -> bool:
    """« Le Nord », « la Somme », « du Lot », « La Réunion », with a capital; « le Havre » without one too."""
    lead = before(tokens, first)
    follower = tokens[last].name if last < len(tokens) else ""
    if tokens[first].name in FIRST_WITH_ARTICLE:
        return bool(lead.article) and has_article(bearer)
    is_area = bearer.kind in {TerritoryKind.DEPARTEMENT, TerritoryKind.REGION}
    return is_area and has_capital and bool(lead.article) and follower not in OF


def _dominant(bearers: Sequence[Territory]) -> Territory | None:
    """The one of this name, or the city that whoever does not say more means: Montreuil is in Seine-Saint-Denis."""
    if len(bearers) == 1:
        return bearers[0]
    first, second = sorted(bearers, key=lambda bearer: -bearer.population)[:2]
    is_dominant = first.population >= _DWARFED_FROM and first.population >= _DWARFED * second.population
    return first if is_dominant else None


def _answer(text: str, tokens: Sequence[Token], mentions: Sequence[_Mention]) -> PlaceInWords | None:
    """Take the place named, when it is one: of a commune and its département, the commune; of two apart, neither."""
    sure = [mention for mention in mentions if mention.is_sure]
    unsure = [mention for mention in mentions if not mention.is_sure]
    sure, unsure = _told_apart(sure, unsure)
    if not sure:
        mention = unsure[0]
        return PlaceInWords(
            named=words_at(text, tokens, first=mention.first, last=mention.last),
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
        named=words_at(text, tokens, first=smallest.first, last=smallest.last),
        rest=_rest(text, tokens, sure),
        others=smallest.others[:MAX_OFFERED],
        is_bare=all(mention.is_bare for mention in sure),
    )


def _told_apart(sure: list[_Mention], unsure: list[_Mention]) -> tuple[list[_Mention], list[_Mention]]:
    """Homonyms that another mention tells apart: « Saint-Denis, Seine-Saint-Denis »."""
    areas = [mention.bearers[0] for mention in sure]
    found, left = list(sure), []
    for mention in unsure:
        inside = [bearer for bearer in mention.bearers if any(_contains(area, bearer) for area in areas)]
        if len(inside) == 1:
            found.append(_Mention(first=mention.first, last=mention.last, bearers=tuple(inside)))
        else:
            left.append(mention)
    return sorted(found, key=lambda mention: mention.first), left


def _contains(area: Territory, territory: Territory) -> bool:
    """Whether a territory is in an area, as far as codes tell: a commune in its département, or the same one twice."""
    if area.code == territory.code:
        return True
    return (
        area.kind in {TerritoryKind.DEPARTEMENT, TerritoryKind.COLLECTIVITE}
        and territory.department_number == area.official_code
    )


def _rest(text: str, tokens: Sequence[Token], mentions: Sequence[_Mention]) -> str:
    return words_without(text, tokens, phrases=[(mention.first, mention.last) for mention in mentions])
