"""What an address asks, and how it was understood."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from hub.territories.enums import is_typed_code
from hub.territories.models import Territory
from hub.territories.suggestions import read_territory
from search.compiler import Reach
from search.enums import Scope
from search.place_words import POSTCODE
from search.places_in_words import PlaceInWords, find_place, largest_of_postcode
from search.presentation import Link
from search.query import Params, SearchQuery, values_of
from search.service import SearchAnswer, search, totals

MAX_CANDIDATES = 12
_MAX_LENGTH = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedTerritory:
    """What became of a typed territory.

    ``code``: of the territory understood, or the typed code, or "". ``understood`` says what was read when the text
    left some room; ``candidates`` are then the others it may mean, and ``postcode`` the one they share with it. Without
    a code they are those to choose from, which ``are_guesses`` says were not named by the text, only near to it.
    ``typed``: a text to give back, as nothing was understood; ``notice``: why.
    """

    code: str = ""
    understood: Territory | None = None
    postcode: str = ""
    candidates: tuple[Territory, ...] = ()
    are_guesses: bool = False
    typed: str = ""
    notice: str = ""


def read_typed_territory(*, params: Params) -> TypedTerritory:
    """Read the territory of a search's parameters: a code, which costs nothing, or a name, a postcode, a number.

    Only what is certain is taken, and the largest commune of a shared postcode; the beginning of a name is asked about.
    """
    typed = next((value.strip() for value in values_of(params, "territoire") if value.strip()), "")
    if not typed or is_typed_code(typed):
        return TypedTerritory(code=typed)
    cleaned = "".join(character for character in typed[: 4 * _MAX_LENGTH] if character.isprintable())
    cleaned = cleaned[:_MAX_LENGTH].strip()
    reading = read_territory(text=cleaned, limit=MAX_CANDIDATES)
    if len(reading.answers) == 1:
        found = reading.answers[0]
        # Nothing to tell when the text could only mean this.
        others = reading.places_passed_over
        understood = found if others or found.matched_former_name else None
        return TypedTerritory(code=found.code, understood=understood, candidates=others[:MAX_CANDIDATES])
    if reading.is_postcode:
        largest, _ = largest_of_postcode(reading.answers, code=cleaned)
        others = tuple(territory for territory in reading.answers if territory != largest)[:MAX_CANDIDATES]
        return TypedTerritory(code=largest.code, understood=largest, postcode=cleaned, candidates=others)
    candidates = (reading.answers or reading.suggestions)[:MAX_CANDIDATES]
    if candidates:
        return TypedTerritory(candidates=candidates, are_guesses=not reading.answers, typed=cleaned)
    notice = f"Aucun territoire ne correspond à « {cleaned} » : la recherche porte sur toute la France."
    return TypedTerritory(typed=cleaned, notice=notice)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedSearch:
    """A query, the sentences that tell what was set aside, and how its territory was understood.

    ``query`` has the territory that was typed, or else the one its words named, which are then no longer in its text.
    ``words``: what the words named, whether or not it was taken; ``as_words``: the same search without that reading.
    ``gave_way``: the place was not what was meant after all, and ``query`` is ``as_words``.
    """

    query: SearchQuery
    notices: tuple[str, ...]
    typed: TypedTerritory
    words: PlaceInWords | None = None
    as_words: SearchQuery | None = None
    gave_way: bool = False


def answer_search(
    *, asked: AskedSearch, page_size: int, with_moments: bool = False
) -> tuple[AskedSearch, SearchAnswer]:
    """Run a search that was read, and read it otherwise when it turns out that no place was meant.

    A bare name may be a river's or a word's (« marne échanger »). It gives way when no entry of that place has all the
    other words, and some entries have every word, the name among them. A name that something introduces (« dans la
    Marne », « Fontaine 38 ») stays a place. Costs nothing when the place has what is asked for, else one question to
    the engine, or two, and not one SQL query.
    """
    answer = search(query=asked.query, page_size=page_size, with_moments=with_moments)
    if not (asked.as_words and asked.words and asked.words.is_bare) or _has_everything_here(answer):
        return asked, answer
    (found,) = totals(answer=answer, queries=[asked.as_words], reach=Reach.EXACT)
    if not found:
        return asked, answer
    query = asked.as_words.replace(page=asked.query.page)
    answer = search(query=query, page_size=page_size, with_moments=with_moments)
    return replace(asked, query=query, gave_way=True), answer


def _has_everything_here(answer: SearchAnswer) -> bool:
    """Whether some entry of the territory itself, not of a wider one alone, has all the words."""
    found = answer.results
    if found.total == found.near_total or found.located_total is None:
        return found.total > found.near_total
    if not found.located_total or not found.near_total:
        return found.located_total > 0
    inside = answer.query.replace(scope=Scope.WITHIN)
    return totals(answer=answer, queries=[inside], reach=Reach.EXACT)[0] > 0


def read_search(*, params: Params) -> AskedSearch:
    """Read a search, within its bounds. Never raises.

    Words are read for a place when no territory is chosen or typed, and ``lieux=mots`` does not forbid it: one query
    more, at most.
    """
    typed = read_typed_territory(params=params)
    query, notices = SearchQuery.from_params(_with_code(params, typed=typed))
    if typed.notice:
        notices = [typed.notice, *notices]
    if not query.text or query.territory or typed.typed or query.places_as_words:
        return AskedSearch(query=query, notices=tuple(notices), typed=typed)
    words = find_place(query.text)
    as_words = query.replace(places_as_words=True) if words else None
    if words and words.territory:
        query = query.replace(text=words.rest, territory=words.territory.code, page=query.page)
    return AskedSearch(query=query, notices=tuple(notices), typed=typed, words=words, as_words=as_words)


def _with_code(params: Params, *, typed: TypedTerritory) -> Params:
    given = [value for value in values_of(params, "territoire") if value.strip()]
    if not given or is_typed_code(given[0].strip()):
        return params
    return {name: values_of(params, name) for name in params} | {"territoire": [typed.code] if typed.code else []}


@dataclass(frozen=True, slots=True, kw_only=True)
class UnderstoodPlace:
    """A sentence and its links. ``territory``: the one taken, or None when somebody has to choose.

    ``postcode``: the one that was written, when ``territory`` is the largest of the communes that share it.
    ``passed_over``: the same search in the place that gave way to the words, in which nothing has all the others.
    ``named``: the words that name it, when they stood among the others, and ``as_words`` the search that takes them for
    words. ``candidates``: the other territories, each with the same search there; ``are_guesses`` when the text named
    none of them.
    """

    territory: Territory | None = None
    postcode: str = ""
    passed_over: Link | None = None
    named: str = ""
    as_words: Link | None = None
    candidates: tuple[Link, ...] = ()
    are_guesses: bool = False


def read_place(*, asked: AskedSearch, query: SearchQuery) -> UnderstoodPlace | None:
    """Return what to say, or None when there is nothing to: no territory, or a plain one. ``query`` is the one run."""
    words = asked.words
    if words and words.territory and asked.gave_way:
        there = query.replace(text=words.rest, territory=words.territory.code, places_as_words=False)
        return UnderstoodPlace(passed_over=Link(str(words.territory), there.querystring()), named=words.named)
    if words:
        inside = query.replace(text=words.rest)
        return UnderstoodPlace(
            territory=words.territory,
            postcode=words.named if words.others and POSTCODE.fullmatch(words.named) else "",
            named=words.named,
            as_words=Link(words.named, asked.as_words.querystring()) if asked.as_words and words.territory else None,
            candidates=tuple(_links(words.others, query=inside)),
        )
    typed = asked.typed
    if not typed.understood and not typed.candidates:
        return None
    return UnderstoodPlace(
        territory=typed.understood,
        postcode=typed.postcode,
        candidates=tuple(_links(typed.candidates, query=query)),
        are_guesses=typed.are_guesses,
    )


def _links(territories: Iterable[Territory], *, query: SearchQuery) -> Iterable[Link]:
    for territory in territories:
        label = str(territory)
        if territory.matched_former_name:
            label = f"{label}, anciennement {territory.matched_former_name}"
        yield Link(label, query.replace(territory=territory.code).querystring())
