"""From what was typed and chosen to what an engine must find. Pure: no database, no engine.

The syntax is small and has no errors: words must all match, ``"exact phrase"``, ``-word``, ``beginning*``. Anything
else is punctuation.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from search import analysis
from search.acronyms import AcronymTable
from search.enums import Scope, Sort
from search.inclusive import plain_writing
from search.query import MAX_WORDS, SearchQuery
from search.tree import AllOf, Node, Not, Phrase, Prefix, Term, all_of, any_of

MIN_PREFIX_LENGTH = 2

_QUOTES = str.maketrans(dict.fromkeys("«»“”„″", '"'))
_PIECE = re.compile(r'(?P<minus>(?<![^\s(])-(?=["\w]))?(?:"(?P<phrase>[^"]+)"|(?P<chunk>[^\s"()]+))')


@dataclass(frozen=True, slots=True)
class FacetFilter:
    """A chosen facet: at least one of ``values`` in the record's ``field``."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TerritoryFilter:
    """A chosen territory: its code, the codes of everything that contains it, and which entries are asked for."""

    code: str
    containers: tuple[str, ...]
    scope: Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledQuery:
    """All an engine needs to answer: it reads neither the request nor the database."""

    text: Node | None = None
    filters: tuple[FacetFilter, ...] = ()
    territory: TerritoryFilter | None = None
    universal_audience: str = ""
    sort: Sort = Sort.RELEVANCE
    offset: int = 0
    size: int = 10
    with_facets: bool = True
    selected: dict[str, tuple[str, ...]] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class _Typed:
    surface: str
    is_negated: bool = False
    is_prefix: bool = False


def compile_text(*, text: str, acronyms: AcronymTable) -> Node | None:
    """Return what the typed ``text`` asks for, or ``None`` when it holds no word to look for.

    Never raises, whatever the input.
    """
    nodes: list[Node] = []
    run: list[_Typed] = []
    count = 0
    for piece in _pieces(text):
        if count >= MAX_WORDS:
            break
        if isinstance(piece, _Typed):
            run.append(piece)
            count += 1
            continue
        nodes.extend(_compile_run(run, acronyms=acronyms))
        run = []
        nodes.append(piece)
        count += 1
    nodes.extend(_compile_run(run, acronyms=acronyms))
    if not nodes:
        return None
    return all_of(nodes)


def compile_query(
    *,
    query: SearchQuery,
    acronyms: AcronymTable,
    universal_audience: str = "",
    containers: tuple[str, ...] = (),
    size: int = 10,
    with_facets: bool = True,
) -> CompiledQuery:
    """Return what an engine must find for a resolved ``query``.

    ``containers`` are the codes of everything that contains ``query.territory``; ``universal_audience`` is the slug of
    "Tous publics", empty when there is none; ``size`` is the number of results of a page.
    """
    selected = query.selected_values()
    filters = []
    for name, chosen in selected.items():
        values = chosen
        if name == "audiences" and universal_audience:
            values = tuple(dict.fromkeys((*chosen, universal_audience)))
        filters.append(FacetFilter(field=name, values=values))
    territory = None
    if query.territory:
        territory = TerritoryFilter(code=query.territory, containers=containers, scope=query.scope)
    return CompiledQuery(
        text=compile_text(text=query.text, acronyms=acronyms),
        filters=tuple(filters),
        territory=territory,
        universal_audience=universal_audience,
        sort=query.sort,
        offset=(query.page - 1) * size,
        size=size,
        with_facets=with_facets,
        selected=selected,
    )


def _pieces(text: str) -> Iterator[_Typed | Node]:
    """Yield the words typed, in order, and the phrases between them."""
    for match in _PIECE.finditer(plain_writing(analysis.clean(text)).translate(_QUOTES)):
        is_negated = match["minus"] is not None
        if match["phrase"] is not None:
            phrase = _exact(match["phrase"])
            if phrase is not None:
                yield Not(phrase) if is_negated else phrase
            continue
        chunk = match["chunk"]
        words = list(analysis.words(chunk))
        compound = _exact(chunk) if is_negated else None
        if isinstance(compound, Phrase):  # -co-porteur leaves out the compound, not each half
            yield Not(compound)
            continue
        for rank, word in enumerate(words):
            is_prefix = rank == len(words) - 1 and chunk.endswith("*") and len(word.surface) >= MIN_PREFIX_LENGTH
            if word.term or is_prefix:
                yield _Typed(word.surface, is_negated=is_negated, is_prefix=is_prefix)


def _exact(text: str) -> Node | None:
    """What was quoted: its words in that order, acronyms not expanded."""
    places = [(word.position, word) for word in analysis.words(text) if word.term]
    if not places:
        return None
    if len(places) == 1:
        return _word(places[0][1].surface)
    first = places[0][0]
    return Phrase(tuple((place - first, word.term) for place, word in places))


def _compile_run(run: list[_Typed], *, acronyms: AcronymTable) -> Iterator[Node]:
    """Yield a node for each typed word, or for each run of words that spells an acronym or its expansion."""
    start = 0
    while start < len(run):
        typed = run[start]
        if typed.is_prefix:
            prefix = Prefix(analysis.fold(typed.surface))
            yield Not(prefix) if typed.is_negated else prefix
            start += 1
            continue
        node, length = _longest_name(run[start:], acronyms=acronyms)
        yield Not(node) if typed.is_negated else node
        start += length


def _longest_name(run: list[_Typed], *, acronyms: AcronymTable) -> tuple[Node, int]:
    plain = next(
        (i for i, typed in enumerate(run) if typed.is_prefix or typed.is_negated != run[0].is_negated), len(run)
    )
    for length in range(min(plain, acronyms.longest), 0, -1):
        node = acronyms.alternatives(surfaces=tuple(typed.surface for typed in run[:length]))
        if node is not None:
            return node, length
    return _word(run[0].surface), 1


def _word(surface: str) -> Node:
    """A word that may be an acronym the table does not know: its stem, or itself unstemmed."""
    readings = [analysis.stemmed_term(surface), analysis.plain_term(surface)]
    return any_of([Term(term, surface) for term in readings if term and term not in analysis.stop_words()])


def without_exclusions(node: Node) -> tuple[list[Node], list[Node]]:
    """Split a tree into what must match and what must not."""
    children = list(node.children) if isinstance(node, AllOf) else [node]
    wanted: list[Node] = [child for child in children if not isinstance(child, Not)]
    unwanted = [child.child for child in children if isinstance(child, Not)]
    return wanted, unwanted
