"""What the page of results says of the territory it understood: which one, what else it may be, the way back."""

from collections.abc import Iterable
from dataclasses import dataclass

from hub.territories.models import Territory
from search.asked import AskedSearch
from search.place_words import POSTCODE
from search.presentation import Link
from search.query import SearchQuery


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
