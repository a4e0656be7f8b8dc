"""Why an entry is found: what of a query it has, where, by which of its readings, and what that weighs.

The words of the entry are analysed as they are for the index (``content_of``), and the query is the one that was asked:
what is said here is what engines do. They add how often a word stands in the title and the body (BM25), which only an
index knows: points are all the rest of a score.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from search.engines.contents import KEYWORD_WEIGHT, TEXT_FIELDS, TIE_BREAKER, RecordContent
from search.reading import Concept
from search.tree import AllOf, AnyOf, AtLeast, Keyword, Node, Not, Phrase, Prefix, Term, Weighted

VOCABULARY_FIELD = "vocabulary"
ANY_WORD_FIELD = "words"
_FIELD_LABELS = {
    "title": "titre",
    "keywords": "mots-clés, publics, dispositifs",
    "summary": "résumé",
    "body": "texte",
    "transcript": "transcription",
    "attendance": "types de structures présentes",
    VOCABULARY_FIELD: "public, axe ou dispositif du contenu",
    ANY_WORD_FIELD: "mots du contenu",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in an entry: a field of texts, or that of a vocabulary, and the weight of that field."""

    field: str
    weight: float

    @property
    def label(self) -> str:
        """How editors call the field."""
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
        """Whether the entry has it."""
        return bool(self.readings)

    @property
    def points(self) -> float:
        """What it brings to the score: its best reading, as engines do."""
        return max((reading.points for reading in self.readings), default=0.0)


class EntryTexts:
    """The words of an entry, ready to be looked up."""

    def __init__(self, content: RecordContent) -> None:
        """Read the analysed record of an entry."""
        self._keywords: Mapping[str, tuple[str, ...]] = content.keywords
        self._terms = {name: terms.split(" ") for name, terms in content.terms.items()}
        self._places: dict[str, dict[str, list[int]]] = {}
        for name, terms in self._terms.items():
            places = self._places.setdefault(name, {})
            for place, term in enumerate(terms):
                places.setdefault(term, []).append(place)
        self._spellings = content.spellings

    def explain(self, concept: Concept) -> ConceptFound:
        """Return what of a concept the entry has."""
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
        match node:
            case Term(value):
                return self._fields([name for name, places in self._places.items() if value in places])
            case Phrase(terms):
                return self._fields([name for name in self._terms if self._has_phrase(name, terms)])
            case Prefix(value):
                is_there = any(spelling.startswith(value) for spelling in self._spellings)
                return (Place(ANY_WORD_FIELD, 1.0),) if is_there else ()
            case Keyword(field, value):
                is_there = value in self._keywords.get(field, ())
                return (Place(VOCABULARY_FIELD, KEYWORD_WEIGHT),) if is_there else ()
        parts = _parts(node)
        found = (
            {place.field: place for part in parts for place in self.places(part)} if parts and self.has(node) else {}
        )
        return tuple(sorted(found.values(), key=lambda place: -place.weight))

    def _fields(self, names: Iterable[str]) -> tuple[Place, ...]:
        places = [Place(name, TEXT_FIELDS[name]) for name in names]
        return tuple(sorted(places, key=lambda place: -place.weight))

    def points(self, node: Node) -> float:
        """Return what ``node`` brings to the score of the entry, what only an index knows left out."""
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


def _parts(node: Node) -> tuple[Node, ...]:
    match node:
        case AnyOf(children) | AllOf(children):
            return children
        case Weighted(child):
            return (child,)
    return ()


def _why(node: Node, *, concept: Concept) -> tuple[str, str]:
    """Return how people write a reading of a concept, and why it is looked for."""
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
