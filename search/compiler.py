"""From what was typed and chosen to what an engine must find. Pure: no database, no engine."""

from dataclasses import dataclass, field
from enum import Enum

from search.acronyms import AcronymTable
from search.enums import Scope, Sort
from search.query import SearchQuery
from search.reading import Concept, read_text
from search.synonyms import SynonymTable
from search.tree import AllOf, Node, Not


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


class Reach(Enum):
    """How far from what was typed an answer may go."""

    EXACT = "exact"  # entries that have everything, and no other: alerts, feeds, exports
    NEAR = "near"  # when they are few, those that have enough of it follow (``search.tiers``)
    CORRECTED = "corrected"  # and a word that no entry has is said to be written otherwise


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledQuery:
    """All an engine needs to answer: it reads neither the request nor the database.

    ``text`` is what an entry that answers everything has, ``concepts`` the things it is made of.
    """

    text: Node | None = None
    concepts: tuple[Concept, ...] = ()
    reach: Reach = Reach.EXACT
    filters: tuple[FacetFilter, ...] = ()
    territory: TerritoryFilter | None = None
    universal_audience: str = ""
    sort: Sort = Sort.RELEVANCE
    offset: int = 0
    size: int = 10
    with_facets: bool = True
    selected: dict[str, tuple[str, ...]] = field(default_factory=dict, hash=False)

    @property
    def has_near(self) -> bool:
        """Whether entries that lack something may follow."""
        return self.reach is not Reach.EXACT

    @property
    def may_correct(self) -> bool:
        """Whether a word that no entry has may be written otherwise."""
        return self.reach is Reach.CORRECTED


def compile_text(*, text: str, acronyms: AcronymTable, synonyms: SynonymTable | None = None) -> Node | None:
    """Return what an entry that answers all of the typed ``text`` has, ``None`` when it holds no word to look for.

    Never raises, whatever the input.
    """
    return read_text(text=text, acronyms=acronyms, synonyms=synonyms).node


def compile_query(
    *,
    query: SearchQuery,
    acronyms: AcronymTable,
    synonyms: SynonymTable | None = None,
    universal_audience: str = "",
    containers: tuple[str, ...] = (),
    size: int = 10,
    with_facets: bool = True,
    reach: Reach = Reach.CORRECTED,
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
    reading = read_text(text=query.text, acronyms=acronyms, synonyms=synonyms)
    return CompiledQuery(
        text=reading.node,
        concepts=reading.concepts,
        reach=reach,
        filters=tuple(filters),
        territory=territory,
        universal_audience=universal_audience,
        sort=query.sort,
        offset=(query.page - 1) * size,
        size=size,
        with_facets=with_facets,
        selected=selected,
    )


def without_exclusions(node: Node) -> tuple[list[Node], list[Node]]:
    """Split a tree into what must match and what must not."""
    children = list(node.children) if isinstance(node, AllOf) else [node]
    wanted: list[Node] = [child for child in children if not isinstance(child, Not)]
    unwanted = [child.child for child in children if isinstance(child, Not)]
    return wanted, unwanted
