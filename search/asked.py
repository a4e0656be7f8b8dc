"""What is asked by the parameters of an address: one reading for the page of results, feeds, exports, alerts, the API.

A territory may be given by its code, typed as people write it, or named in the words. What was understood, and what
else it may be, comes with the query, for whoever can show it.
"""

from dataclasses import dataclass

from hub.territories.codes import is_typed_code
from search.places_in_words import PlaceInWords, find_place
from search.query import Params, SearchQuery, values_of
from search.typed_territory import TypedTerritory, read_typed_territory


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedSearch:
    """A query, the sentences that tell what was set aside, and how its territory was understood.

    ``query`` has the territory that was typed, or else the one its words named, which are then no longer in its text.
    ``words``: what the words named, whether or not it was taken; ``as_words``: the same search without that reading.
    """

    query: SearchQuery
    notices: tuple[str, ...]
    typed: TypedTerritory
    words: PlaceInWords | None = None
    as_words: SearchQuery | None = None


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
