"""What is asked by the parameters of an address: one reading for the page of results, feeds, exports, alerts, the API.

A territory may be given by its code, typed as people write it, or named in the words. What was understood, and what
else it may be, comes with the query, for whoever can show it.
"""

from dataclasses import dataclass, replace

from hub.territories.codes import is_typed_code
from search.compiler import Reach
from search.enums import Scope
from search.places_in_words import PlaceInWords, find_place
from search.query import Params, SearchQuery, values_of
from search.service import SearchAnswer, search, totals
from search.typed_territory import TypedTerritory, read_typed_territory


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


def answer_search(*, asked: AskedSearch, page_size: int) -> tuple[AskedSearch, SearchAnswer]:
    """Run a search that was read, and read it otherwise when it turns out that no place was meant.

    A bare name may be a river's or a word's (« marne échanger »). It gives way when no entry of that place has all the
    other words, and some entries have every word, the name among them. A name that something introduces (« dans la
    Marne », « Fontaine 38 ») stays a place. Costs nothing when the place has what is asked for, else one question to
    the engine, or two, and not one SQL query.
    """
    answer = search(query=asked.query, page_size=page_size)
    if not (asked.as_words and asked.words and asked.words.is_bare) or _has_everything_here(answer):
        return asked, answer
    (found,) = totals(answer=answer, queries=[asked.as_words], reach=Reach.EXACT)
    if not found:
        return asked, answer
    query = asked.as_words.replace(page=asked.query.page)
    return replace(asked, query=query, gave_way=True), search(query=query, page_size=page_size)


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
    """The parameters with the code of what was typed, if it was understood, in its place."""
    given = [value for value in values_of(params, "territoire") if value.strip()]
    if not given or is_typed_code(given[0].strip()):
        return params
    return {name: values_of(params, name) for name in params} | {"territoire": [typed.code] if typed.code else []}
