"""From what is typed to what an engine is asked."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum

from search import analysis
from search.enums import Scope, Shelf, Sort
from search.inclusive import plain_writing
from search.query import MAX_WORDS, SearchQuery
from search.synonyms import AcronymTable, Synonym, SynonymTable, term_or_phrase
from search.tree import AllOf, Keyword, Node, Not, Phrase, Prefix, Term, Weighted, all_of, any_of

MIN_PREFIX_LENGTH = 2
# What a synonym is worth beside the word itself.
SYNONYM_FACTOR = 0.6
# A family may be long, and a query has twenty words: what is beyond is not looked for.
MAX_SYNONYMS_OF_A_WORD = 16
MAX_SYNONYMS = 48
# Beginnings of words that people write apart (« co location », « sur endettement »), and the letters the rest has.
_BEGINNINGS = frozenset(
    "anti auto bi co contre eco extra hyper inter intra macro maxi mal mi micro mini mono multi neo non para peri "
    "pluri poly post pre re semi sous sur tele trans ultra".split()
)
_MIN_REST = 4

_QUOTES = str.maketrans(dict.fromkeys("«»“”„″", '"'))
_PIECE = re.compile(r'(?P<minus>(?<![^\s(])-(?=["\w]))?(?:"(?P<phrase>[^"]+)"|(?P<chunk>[^\s"()]+))')


@dataclass(frozen=True, slots=True)
class Concept:
    """One of the things asked for: a word, or several that mean one thing, with all that means the same.

    ``typed`` is how it was written, in how many ``words``, those too common to be indexed left out. A ``is_strict`` one
    was quoted: an entry must have it, and it is never corrected. A ``is_plain`` one is a word no table knows, which may
    be misspelt. ``with_previous`` and ``with_next`` are the word with its neighbour, as they were written, if it has
    one. ``synonyms`` are what it is taken to mean as well.
    """

    node: Node
    typed: str
    words: int = 1
    is_strict: bool = False
    is_plain: bool = False
    with_previous: str = ""
    with_next: str = ""
    synonyms: tuple[Synonym, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """What was typed, understood: ``concepts`` wanted, ``unwanted`` to leave out."""

    concepts: tuple[Concept, ...] = ()
    unwanted: tuple[Node, ...] = ()

    @property
    def node(self) -> Node | None:
        """What an entry that answers everything has; ``None`` when there is nothing to look for."""
        nodes = [*(concept.node for concept in self.concepts), *(Not(node) for node in self.unwanted)]
        return all_of(nodes) if nodes else None


@dataclass(frozen=True, slots=True)
class _Typed:
    surface: str
    start: int
    end: int
    is_negated: bool = False
    is_prefix: bool = False
    with_previous: str = ""
    with_next: str = ""
    joined: tuple[str, ...] = ()  # the words it makes with its neighbours, when one of them is a beginning


def read_text(*, text: str, acronyms: AcronymTable, synonyms: SynonymTable | None = None) -> Reading:
    """Return what ``text`` asks for, never raising. Words that only ask (« comment ») count when they stand alone."""
    written = plain_writing(analysis.clean(text)).translate(_QUOTES)
    return _Reader(written, acronyms=acronyms, synonyms=synonyms or SynonymTable()).read()


def word_node(surface: str) -> Node:
    """Return what finds a word that may be an acronym no table knows: its stem, or itself unstemmed."""
    readings = [analysis.stemmed_term(surface), analysis.plain_term(surface)]
    return any_of([Term(term, surface) for term in readings if term and term not in analysis.stop_words()])


def respell(text: str, *, spelled: Mapping[str, str]) -> str:
    """Return ``text`` with some of its words, as they stand in it, written otherwise; what is quoted stays."""
    if not spelled:
        return text
    longest_first = sorted(spelled, key=len, reverse=True)
    wrong = re.compile(rf"(?<!\w)({'|'.join(re.escape(word) for word in longest_first)})(?!\w)")
    parts = re.split(r'("[^"]+")', text.translate(_QUOTES))
    return "".join(part if rank % 2 else wrong.sub(lambda m: spelled[m[1]], part) for rank, part in enumerate(parts))


class _Reader:
    def __init__(self, text: str, *, acronyms: AcronymTable, synonyms: SynonymTable) -> None:
        self._text = text
        self._acronyms = acronyms
        self._synonyms = synonyms
        self._synonyms_left = MAX_SYNONYMS

    def read(self) -> Reading:
        concepts: list[tuple[Concept, bool]] = []
        unwanted: list[Node] = []
        run: list[_Typed] = []
        count = 0
        for piece in [*self._pieces(), None]:
            if isinstance(piece, _Typed) and count < MAX_WORDS:
                run.append(piece)
                count += 1
                continue
            for concept, is_negated, only_asks in self._concepts(run):
                if is_negated:
                    unwanted.append(concept.node)
                else:
                    concepts.append((concept, only_asks))
            run = []
            if piece is None or count >= MAX_WORDS:
                break
            count += 1
            if isinstance(piece, Concept):
                concepts.append((piece, False))
            elif isinstance(piece, Not):
                unwanted.append(piece.child)
        if not all(only_asks for _, only_asks in concepts):
            concepts = [(concept, only_asks) for concept, only_asks in concepts if not only_asks]
        kept = {concept.node: concept for concept, _ in reversed(concepts)}
        ordered = dict.fromkeys(concept.node for concept, _ in concepts)
        return Reading(tuple(kept[node] for node in ordered), tuple(dict.fromkeys(unwanted)))

    def _pieces(self) -> Iterator["_Typed | Concept | Not"]:
        for match in _PIECE.finditer(self._text):
            is_negated = match["minus"] is not None
            if match["phrase"] is not None:
                phrase = _exact(match["phrase"])
                if phrase is not None:
                    typed = f"« {match['phrase'].strip()} »"
                    yield Not(phrase) if is_negated else Concept(phrase, typed, is_strict=True)
                continue
            chunk = match["chunk"]
            compound = _exact(chunk) if is_negated else None
            if isinstance(compound, Phrase):  # -co-porteur leaves out the compound, not each half
                yield Not(compound)
                continue
            yield from self._words(chunk, start=match.start("chunk"), is_negated=is_negated)

    def _words(self, chunk: str, *, start: int, is_negated: bool) -> Iterator[_Typed]:
        words = list(analysis.words(chunk))
        for rank, word in enumerate(words):
            is_prefix = rank == len(words) - 1 and chunk.endswith("*") and len(word.surface) >= MIN_PREFIX_LENGTH
            if word.term or is_prefix:
                typed = _Typed(word.surface, start + word.start, start + word.end, is_negated, is_prefix)
                yield typed if is_negated or is_prefix else self._with_neighbours(typed)

    def _with_neighbours(self, typed: _Typed) -> _Typed:
        before = re.search(r"(?<![\w'’\"*-])([^\W_]+)([ -])$", self._text[: typed.start])
        after = re.match(r"([ -])([^\W_]+)(?![\w'’\"*])", self._text[typed.end :])
        joined = []
        if before and analysis.fold(before[1]) in _BEGINNINGS and len(typed.surface) >= _MIN_REST:
            joined.append(before[1] + typed.surface)
        if after and analysis.fold(typed.surface) in _BEGINNINGS and len(after[2]) >= _MIN_REST:
            joined.append(typed.surface + after[2])
        return replace(
            typed,
            with_previous=self._text[typed.start - len(before[0]) : typed.end] if before else "",
            with_next=self._text[typed.start : typed.end + len(after[0])] if after else "",
            joined=tuple(joined),
        )

    def _concepts(self, run: list[_Typed]) -> Iterator[tuple[Concept, bool, bool]]:
        """Yield each thing a run of words asks for, whether it is left out, and whether it only asks."""
        start = 0
        while start < len(run):
            typed = run[start]
            if typed.is_prefix:
                yield Concept(Prefix(analysis.fold(typed.surface)), f"{typed.surface}*"), typed.is_negated, False
                start += 1
                continue
            concept, length = self._longest_name(run[start:])
            only_asks = concept.is_plain and not typed.is_negated and analysis.is_question_word(typed.surface)
            yield concept, typed.is_negated, only_asks
            start += length

    def _longest_name(self, run: Sequence[_Typed]) -> tuple[Concept, int]:
        plain = next(
            (i for i, typed in enumerate(run) if typed.is_prefix or typed.is_negated != run[0].is_negated), len(run)
        )
        surfaces = tuple(typed.surface for typed in run[:plain])
        has_synonyms = not run[0].is_negated  # what is left out is left out as it was written
        longest = max(self._acronyms.longest, self._synonyms.longest if has_synonyms else 0)
        for length in range(min(plain, longest), 0, -1):
            named = self._acronyms.alternatives(surfaces=surfaces[:length])
            found = self._synonyms.alternatives(surfaces=surfaces[:length]) if has_synonyms else ()
            if named is not None or found:
                own = named or all_of([self._word(typed) for typed in run[:length]])
                return self._concept(run[:length], own=own, synonyms=found), length
        first = run[0]
        before, after = first.with_previous, first.with_next
        return Concept(self._word(first), first.surface, is_plain=True, with_previous=before, with_next=after), 1

    def _concept(self, run: Sequence[_Typed], *, own: Node, synonyms: Sequence[Synonym]) -> Concept:
        kept = synonyms[: min(MAX_SYNONYMS_OF_A_WORD, self._synonyms_left)]
        self._synonyms_left -= len(kept)
        others: list[Node] = []
        for synonym in kept:
            others.append(Weighted(synonym.node, SYNONYM_FACTOR))
            if synonym.facet is not None:
                others.append(Weighted(Keyword(*synonym.facet), SYNONYM_FACTOR))
        typed = " ".join(self._text[run[0].start : run[-1].end].split())
        return Concept(any_of([own, *others]), typed, words=len(run), synonyms=tuple(kept))

    def _word(self, typed: _Typed) -> Node:
        return any_of([word_node(typed.surface), *(word_node(joined) for joined in typed.joined)])


def _exact(text: str) -> Node | None:
    """What was quoted: its words in that order, acronyms not expanded."""
    words = [word for word in analysis.words(text) if word.term]
    if not words:
        return None
    return word_node(words[0].surface) if len(words) == 1 else term_or_phrase(words)


@dataclass(frozen=True, slots=True)
class FacetFilter:
    """A chosen facet: at least one of ``values`` in the record's ``field``."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TerritoryFilter:
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

    ``text`` is what an entry that answers everything has, ``concepts`` the things it is made of. On the shelf of the
    moments, it is what was said that counts: carrying an entry of a vocabulary (``Keyword``) is no answer there.
    """

    shelf: Shelf = Shelf.ENTRIES
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
        return self.reach is not Reach.EXACT

    @property
    def may_correct(self) -> bool:
        return self.reach is Reach.CORRECTED

    @property
    def counterpart(self) -> "CompiledQuery":
        """The same question on the other shelf, whatever type was chosen: what its type counts there."""
        other = Shelf.ENTRIES if self.shelf is Shelf.MOMENTS else Shelf.MOMENTS
        return replace(self, shelf=other, filters=tuple(chosen for chosen in self.filters if chosen.field != "type"))


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
    accepted = dict(selected)
    if universal_audience and "audiences" in selected:
        accepted["audiences"] = tuple(dict.fromkeys((*selected["audiences"], universal_audience)))
    territory = TerritoryFilter(query.territory, containers, query.scope) if query.territory else None
    reading = read_text(text=query.text, acronyms=acronyms, synonyms=synonyms)
    return CompiledQuery(
        shelf=query.shelf,
        text=reading.node,
        concepts=reading.concepts,
        reach=reach,
        filters=tuple(FacetFilter(name, values) for name, values in accepted.items()),
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
    unwanted = [child.child for child in children if isinstance(child, Not)]
    return [child for child in children if not isinstance(child, Not)], unwanted
