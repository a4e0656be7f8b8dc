import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hub.pages.catalogue import catalogue_models, published_entries
from search import analysis
from search.asking import ask
from search.compiler import CompiledQuery, Concept, Reach, without_exclusions
from search.engines.base import Hit
from search.engines.contents import KEYWORD_WEIGHT, TEXT_FIELDS, TIE_BREAKER, RecordContent, content_of
from search.engines.database import NAME as DATABASE
from search.enums import Scope
from search.query import FACET_BY_FIELD, SearchQuery
from search.service import SearchAnswer, compile_resolved
from search.tiers import tiers_of
from search.tree import AllOf, AnyOf, AtLeast, Keyword, Node, Not, Phrase, Prefix, Term, Weighted

VOCABULARY_FIELD = "vocabulary"
ANY_WORD_FIELD = "words"
_FIELD_LABELS = {
    "title": "titre",
    "keywords": "mots-clés, publics, dispositifs",
    "summary": "résumé",
    "body": "texte",
    "slides": "diapositives",
    "transcript": "transcription",
    "attendance": "types de structures présentes",
    VOCABULARY_FIELD: "public, axe ou dispositif du contenu",
    ANY_WORD_FIELD: "mots du contenu",
}


@dataclass(frozen=True, slots=True)
class Place:
    field: str
    weight: float

    @property
    def label(self) -> str:
        return _FIELD_LABELS.get(self.field, self.field)


@dataclass(frozen=True, slots=True)
class FoundReading:
    """One of the readings of a concept that an entry has.

    ``label`` is how people write it, ``origin`` why it is looked for, ``factor`` what it is worth beside the word
    itself. ``points`` are what it brings to the score: the best of its places, a tenth of the others, times the factor.
    """

    label: str
    origin: str
    factor: float
    places: tuple[Place, ...]
    points: float


@dataclass(frozen=True, slots=True)
class ConceptFound:
    """A concept of a query in an entry: its readings that are there, the heaviest first; none when it is missing."""

    typed: str
    readings: tuple[FoundReading, ...]

    @property
    def is_found(self) -> bool:
        return bool(self.readings)

    @property
    def points(self) -> float:
        """What it brings to the score: its best reading, as engines do."""
        return max((reading.points for reading in self.readings), default=0.0)


class EntryTexts:
    def __init__(self, content: RecordContent) -> None:
        self._keywords: Mapping[str, tuple[str, ...]] = content.keywords
        self._terms = {name: terms.split(" ") for name, terms in content.terms.items()}
        self._places: dict[str, dict[str, list[int]]] = {}
        for name, terms in self._terms.items():
            places = self._places.setdefault(name, {})
            for place, term in enumerate(terms):
                places.setdefault(term, []).append(place)
        self._spellings = content.spellings

    def explain(self, concept: Concept) -> ConceptFound:
        readings = []
        for node in concept.node.children if isinstance(concept.node, AnyOf) else (concept.node,):
            factor, child = (node.factor, node.child) if isinstance(node, Weighted) else (1.0, node)
            places = self.places(child)
            if places:
                label, origin = _why(child, concept=concept)
                points = self.points(node)
                readings.append(FoundReading(label=label, origin=origin, factor=factor, places=places, points=points))
        return ConceptFound(concept.typed, tuple(sorted(readings, key=lambda reading: -reading.points)))

    def has(self, node: Node) -> bool:
        """Whether the entry is one that engines find for ``node``."""
        match node:
            case Not(child):
                return not self.has(child)
            case AtLeast(children, needed):
                return sum(child.share for child in children if self.has(child.node)) >= needed
            case AllOf(children):
                return all(self.has(child) for child in children)
            case AnyOf(children):
                return any(self.has(child) for child in children)
            case Weighted(child):
                return self.has(child)
        return bool(self.places(node))

    def places(self, node: Node) -> tuple[Place, ...]:
        """Return where the entry has what ``node`` finds, the heaviest field first; nothing when it lacks it."""
        found: Iterable[Place] = ()
        match node:
            case Term(value):
                found = [Place(name, TEXT_FIELDS[name]) for name, places in self._places.items() if value in places]
            case Phrase(terms):
                found = [Place(name, TEXT_FIELDS[name]) for name in self._terms if self._has_phrase(name, terms)]
            case Prefix(value) if any(spelling.startswith(value) for spelling in self._spellings):
                found = [Place(ANY_WORD_FIELD, 1.0)]
            case Keyword(field, value) if value in self._keywords.get(field, ()):
                found = [Place(VOCABULARY_FIELD, KEYWORD_WEIGHT)]
            case Weighted(child):
                found = self.places(child)
            case AnyOf(children) | AllOf(children) if self.has(node):
                found = {place.field: place for child in children for place in self.places(child)}.values()
        return tuple(sorted(found, key=lambda place: -place.weight))

    def points(self, node: Node) -> float:
        match node:
            case Weighted(child, factor):
                return factor * self.points(child)
            case AllOf(children):
                return sum(self.points(child) for child in children) if self.has(node) else 0.0
            case AnyOf(children):
                return max(self.points(child) for child in children)
        weights = sorted((place.weight for place in self.places(node)), reverse=True)
        return weights[0] + TIE_BREAKER * sum(weights[1:]) if weights else 0.0

    def _has_phrase(self, name: str, terms: Sequence[tuple[int, str]]) -> bool:
        words, (first, word) = self._terms.get(name, []), terms[0]
        return any(
            all(
                0 <= start + place - first < len(words) and words[start + place - first] == term
                for place, term in terms
            )
            for start in self._places.get(name, {}).get(word, ())
        )


def _why(node: Node, *, concept: Concept) -> tuple[str, str]:
    for synonym in concept.synonyms:
        if isinstance(node, Keyword) and synonym.facet == (node.field, node.value):
            return synonym.label, f"{synonym.origin}, que porte ce contenu"
        if node == synonym.node:
            return synonym.label, synonym.origin
    match node:
        case Prefix():
            origin = "début de mot"
        case Phrase() if concept.is_strict:
            origin = "expression exacte"
        case Term(value, surface) if not surface and not concept.is_strict:
            return value.upper(), "sigle"
        case Phrase():
            origin = "sigle, ou ce qu’il veut dire"
        case _:
            origin = "le mot lui-même"
    return concept.typed, origin


# How far the place of one entry is looked for.
FARTHEST = 100
_SLUG = re.compile(r"[\w-]{1,255}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedEntry:
    """An entry and why it is found, or is not.

    ``rank`` is its place, 0 when it is none of the first. ``is_stale`` when the index has not the entry as it is
    published. ``obstacles`` are what keeps it out. ``shares`` are what it has of the second tier's words.
    """

    title: str
    url: str
    rank: int
    is_near: bool
    words: tuple[ConceptFound, ...]
    missing: tuple[str, ...]
    obstacles: tuple[str, ...]
    recency: float
    shares: int
    weight: int
    is_stale: bool

    @property
    def points(self) -> float:
        """The points of its words together, recency counted in the first tier."""
        return sum(word.points for word in self.words) * (1.0 if self.is_near else self.recency)


class ExplainedSearch:
    def __init__(self, answer: SearchAnswer) -> None:
        """Ask the engine how many entries have each of the words; nothing when the database answered."""
        self._answer = answer
        self._compiled = _compile(answer, query=answer.query)
        # The database compares texts in its own way, and a moment is no entry: there is nothing to take apart.
        self.is_possible = answer.results.engine != DATABASE and not answer.query.is_for_moments
        frequencies = [
            ask(CompiledQuery(text=concept.node, size=1, with_facets=False), text=concept.typed).total
            for concept in (self._compiled.concepts if self.is_possible else ())
        ]
        self.enough = self._second_tier(frequencies)
        self.asked = self._asked_words(frequencies)
        typed = " ".join(concept.typed for concept in self._compiled.concepts).lower()
        self.ignored = [word.surface for word in analysis.words(answer.query.text) if word.surface.lower() not in typed]

    def entries(self, *, first_rank: int) -> list[ExplainedEntry]:
        hits = self._answer.results.hits
        contents = {  # as they are published now, analysed as for the index
            entry.pk: content_of(entry.catalogue_record())
            for model in catalogue_models()
            for entry in published_entries(model).filter(pk__in=[hit.page_id for hit in hits])
        }
        return [
            self._entry(contents.get(hit.page_id), hit=hit, rank=rank)
            for rank, hit in enumerate(hits, start=first_rank)
        ]

    def entry_named(self, named: str) -> ExplainedEntry | None:
        """Return the entry whose address, or the end of it, was typed; ``None`` when there is none such."""
        slug = named.split("?", maxsplit=1)[0].split("#", maxsplit=1)[0].rstrip("/").rsplit("/", 1)[-1]
        if not _SLUG.fullmatch(slug):
            return None
        found = [entry for model in catalogue_models() for entry in published_entries(model).filter(slug=slug)]
        if not found:
            return None
        page_id, content = found[0].pk, content_of(found[0].catalogue_record())
        hits = ask(_compile(self._answer, query=self._answer.query.replace(page=1)), text=self._answer.query.text).hits
        hit = next((hit for hit in hits if hit.page_id == page_id), None)
        rank = 1 + [hit.page_id for hit in hits].index(page_id) if hit else 0
        return self._entry(content, hit=hit, rank=rank)

    def _entry(self, content: RecordContent | None, *, hit: Hit | None, rank: int) -> ExplainedEntry:
        concepts = self._compiled.concepts
        texts = EntryTexts(content) if content else None
        words = tuple(texts.explain(concept) for concept in concepts) if texts else ()
        absent = {word.typed for word in words if not word.is_found}
        missing = tuple(concept.typed for concept in concepts if concept.typed in absent)
        had = [child for child in self.enough.children if texts and texts.has(child.node)] if self.enough else []
        obstacles = tuple(self._obstacles(content, texts)) if content and texts else ()
        card = hit.card if hit else None
        return ExplainedEntry(
            title=card.title if card else (content.source["title"] if content else ""),
            url=card.url if card else (content.source["card"]["url"] if content else ""),
            rank=rank,
            is_near=bool(missing),
            words=words,
            missing=missing,
            obstacles=obstacles,
            recency=content.recency if content else 1.0,
            shares=sum(child.share for child in had),
            weight=sum(child.weight for child in had),
            is_stale=hit is not None and (content is None or set(hit.missing) != set(missing) or bool(obstacles)),
        )

    def _obstacles(self, content: RecordContent, texts: EntryTexts) -> list[str]:
        """Return what keeps an entry out, whatever its words: filters, the territory, words to leave out, quotes."""
        compiled = self._compiled
        unwanted = without_exclusions(compiled.text)[1] if compiled.text else []
        found = [
            f"Filtre « {FACET_BY_FIELD[chosen.field].label} » : ce contenu n’a aucune des valeurs choisies."
            for chosen in compiled.filters
            if not set(chosen.values) & set(content.keywords.get(chosen.field, ()))
        ]
        if any(texts.has(node) for node in unwanted):
            found.append("Il a un des mots exclus par « - ».")
        if any(concept.is_strict and not texts.has(concept.node) for concept in compiled.concepts):
            found.append("Il n’a pas une des expressions entre guillemets.")
        territory = compiled.territory
        if territory is not None:
            is_inside = territory.code in content.keywords["located_in"]
            is_wider = bool(set(territory.containers) & set(content.keywords["territories"]))
            by_scope = {Scope.WITHIN: is_inside, Scope.COVERING: is_wider, Scope.ALL: is_inside or is_wider}
            if not by_scope[territory.scope]:
                found.append("Ses territoires ne répondent pas au territoire choisi.")
        return found

    def _second_tier(self, frequencies: Sequence[int]) -> AtLeast | None:
        results = self._answer.results
        if not results.near_total or not frequencies:
            return None
        documents = ask(CompiledQuery(size=1, with_facets=False), text="").total
        exact = results.total - results.near_total
        for tiers in tiers_of(self._compiled, frequencies=frequencies, documents=documents, exact=exact):
            both = replace(tiers.both, reach=Reach.EXACT, size=1, offset=0)
            if tiers.both.text is not None and ask(both, text=self._answer.query.text).total == results.total:
                wanted, _ = without_exclusions(tiers.both.text)
                return next((node for node in wanted if isinstance(node, AtLeast)), None)
        return None

    def _asked_words(self, frequencies: Sequence[int]) -> list[dict[str, Any]]:
        """Return what each concept also means, how many entries have it, and what it counts for beside others.

        ``share`` and ``weight`` are those of the second tier; ``None`` when there is none, or no entry has the word.
        """
        children = {child.node: child for child in self.enough.children} if self.enough else {}
        return [
            {
                "typed": concept.typed,
                "also": tuple(dict.fromkeys((synonym.label, synonym.origin) for synonym in concept.synonyms)),
                "is_strict": concept.is_strict,
                "frequency": frequency,
                "share": children[concept.node].share if concept.node in children else None,
                "weight": children[concept.node].weight if concept.node in children else None,
            }
            for concept, frequency in zip(self._compiled.concepts, frequencies, strict=False)
        ]


def _compile(answer: SearchAnswer, *, query: SearchQuery) -> CompiledQuery:
    return compile_resolved(answer.resolution, query=query, size=FARTHEST, with_facets=False, reach=Reach.NEAR)
