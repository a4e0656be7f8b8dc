"""The one way to search: for the page of results, landing pages, feeds, alerts and the API."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.db import OperationalError

from hub.territories.models import Territory
from search.asking import Throttle, ask
from search.compiler import CompiledQuery, Reach, Reading, compile_query, respell
from search.delivery import deliver, has_due_changes
from search.engines.base import Correction, Engine, SearchResults
from search.engines.database import NAME as DATABASE
from search.engines.selection import engines
from search.query import SearchQuery
from search.resolving import Resolution, label_counts, resolve_query
from search.synonyms import SynonymTable

logger = logging.getLogger(__name__)

PAGE_SIZE = 10
# At most once in this time a search looks whether something was left undelivered, by a process that was killed say.
SELF_HEAL_SECONDS = 1.0
SELF_HEAL_BUDGET = 0.3

STANDBY_NOTICE = "Recherche en mode secours : les dernières publications peuvent tarder un peu à apparaître."
DATABASE_NOTICE = "Recherche en mode secours : elle est moins précise que d’habitude, et ne compte plus les filtres."
ONLY_COMMON_WORDS_NOTICE = "Les mots de votre recherche sont trop courants pour être pris en compte."


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchAnswer:
    """Everything a page needs to show a search.

    ``query`` is the one that was run: unknown values are gone from it. ``labels`` names, by field of the record, every
    value that is chosen or counted. ``reading`` is how its words were understood. When ``corrections`` were made to
    them, ``query`` is the search better spelled, ``typed`` its words as they were typed, and ``as_typed`` the search
    that takes them so. ``containers`` are the territories that contain the chosen one, the least populous first.
    """

    query: SearchQuery
    results: SearchResults
    notices: tuple[str, ...] = ()
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    territory: Territory | None = None
    containers: tuple[Territory, ...] = ()
    reading: Reading = field(default_factory=Reading)
    corrections: tuple[Correction, ...] = ()
    typed: str = ""
    as_typed: SearchQuery | None = None
    resolution: Resolution


def search(
    *,
    query: SearchQuery,
    page_size: int = PAGE_SIZE,
    with_facets: bool = True,
    synonyms: SynonymTable | None = None,
    reach: Reach = Reach.CORRECTED,
    with_moments: bool = False,
) -> SearchAnswer:
    """Run a search, and never fail because an engine did: the database then answers, as best it can.

    ``synonyms`` replaces the thesaurus of the moment, to see what a change of it would bring. A page of results reaches
    as far as it can; what promises that entries have all the words (an alert, a feed, an export) asks for
    ``Reach.EXACT``. A word that no entry has costs one more question to the engine, and the search its own; so do the
    moments of the recordings of the entries found (``with_moments``).

    Costs the same few SQL queries whatever is found (see docs/recherche.md).
    """
    _heal(engines()[-1])
    resolution = resolve_query(query=query, synonyms=synonyms)
    asked = resolution.query
    compiled = compile_resolved(resolution, query=asked, size=page_size, with_facets=with_facets, reach=reach)
    results = ask(compiled, text=asked.text, with_moments=with_moments)
    corrections = results.corrections
    as_typed = None
    if corrections:
        quoted = respell(asked.text, spelled={found.word: f'"{found.word}"' for found in corrections})
        as_typed = asked.replace(text=quoted)  # quoted words are never corrected
        better = respell(asked.text, spelled={found.word: found.replacement for found in corrections})
        resolution = replace(resolution, query=asked.replace(text=better, page=asked.page))
        compiled = compile_resolved(
            resolution, query=resolution.query, size=page_size, with_facets=with_facets, reach=Reach.NEAR
        )
        results = ask(compiled, text=better, with_moments=with_moments)
    label_counts(
        labels=resolution.labels,
        values={name: tuple(count.value for count in counts) for name, counts in results.facets.items()},
    )
    notices = [*resolution.notices]
    if resolution.query.text and compiled.text is None:
        notices.append(ONLY_COMMON_WORDS_NOTICE)
    return SearchAnswer(
        query=resolution.query,
        results=results,
        notices=tuple(notices),
        labels=resolution.labels,
        territory=resolution.territory,
        containers=resolution.containers,
        reading=Reading(compiled.concepts),
        corrections=corrections,
        typed=asked.text,
        as_typed=as_typed,
        resolution=resolution,
    )


def standby_notice(results: SearchResults) -> str:
    """Return what visitors are told when the answer is not that of the engine the settings ask for."""
    if not results.from_standby:
        return ""
    return DATABASE_NOTICE if results.engine == DATABASE else STANDBY_NOTICE


def totals(*, answer: SearchAnswer, queries: Sequence[SearchQuery], reach: Reach = Reach.NEAR) -> list[int]:
    """Return how many entries each of several variants of an answered search finds, as far as ``reach``.

    Variants may leave out filters and words, or ask for one of ``answer.containers``; they may not choose values the
    answered search did not. One SQL query at most for all of them.
    """
    resolution = answer.resolution
    wider = {query.territory for query in queries} - {"", resolution.query.territory}
    territories = Territory.objects.filter(code__in=wider).prefetch_related("containers")
    containers = {territory.code: tuple(territory.containers.all()) for territory in territories}
    found = []
    for query in queries:
        variant = resolution
        if query.territory != resolution.query.territory:
            variant = replace(resolution, containers=containers.get(query.territory, ()))
        compiled = compile_resolved(variant, query=query, size=1, with_facets=False, reach=reach)
        found.append(ask(compiled, text=query.text).total)
    return found


def compile_resolved(
    resolution: Resolution, *, query: SearchQuery, size: int, with_facets: bool, reach: Reach
) -> CompiledQuery:
    """Return what an engine must find for ``query``, a variant of the resolved one. The one place that does."""
    return compile_query(
        query=query,
        acronyms=resolution.acronyms,
        synonyms=resolution.synonyms,
        universal_audience=resolution.universal_audience,
        containers=tuple(territory.code for territory in resolution.containers),
        size=size,
        with_facets=with_facets,
        reach=reach,
    )


_heal_throttle = Throttle(seconds=SELF_HEAL_SECONDS)


def _heal(engine: Engine) -> None:
    """Deliver to this host's own index a little of what was left undelivered, if nobody else is doing it."""
    if not (_heal_throttle.allows() and has_due_changes(consumer=engine.name)):
        return
    try:
        deliver(engine=engine, seconds=SELF_HEAL_BUDGET, wait_seconds=0)
    except OperationalError:  # SQLite kept busy by a long write: what is owed stays owed, and the search goes on
        logger.warning("search: what is owed to the index could not be delivered now", exc_info=True)
