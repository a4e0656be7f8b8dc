from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from search import analysis
from search.tree import Node, Phrase, Term, all_of, any_of


@dataclass(frozen=True, slots=True)
class Acronym:
    name: tuple[str, ...]
    is_capitals: bool
    expansion: Term | Phrase

    def as_node(self, *, surfaces: tuple[str, ...]) -> Node:
        """What finds the acronym itself.

        ``surfaces`` is how it was typed. In small letters it may be an ordinary word as well (« clés »), so both
        readings are taken; in capitals it is the acronym and nothing else, unless the table itself writes it like a
        word (« Visale »).
        """
        exact = _sequence([Term(term, surface) for term, surface in zip(self.name, surfaces, strict=True)])
        if self.is_capitals and all(analysis.is_written_as_acronym(surface) for surface in surfaces):
            return exact
        stemmed = [Term(analysis.stemmed_term(surface), surface) for surface in surfaces]
        return any_of([exact, _sequence(stemmed)]) if all(term.value for term in stemmed) else exact


class AcronymTable:
    def __init__(self, rows: Iterable[tuple[str, str]] = ()) -> None:
        """Read ``(acronym, expansion)`` rows, skipping those without an acronym or made of too common words."""
        self._by_name: dict[tuple[str, ...], list[Acronym]] = {}
        self._by_expansion: dict[tuple[str, ...], list[Acronym]] = {}
        self.longest = 0
        for written, expansion in rows:
            words = list(analysis.words(analysis.clean(written)))
            meant = [word for word in analysis.words(analysis.clean(expansion)) if word.term]
            if not words or not meant:
                continue
            acronym = Acronym(
                name=tuple(analysis.plain_term(word.surface) for word in words),
                is_capitals=all(analysis.is_written_as_acronym(word.surface) for word in words),
                expansion=term_or_phrase(meant),
            )
            self._by_name.setdefault(acronym.name, []).append(acronym)
            self._by_expansion.setdefault(tuple(word.term for word in meant), []).append(acronym)
            self.longest = max(self.longest, len(words), len(meant))

    def alternatives(self, *, surfaces: tuple[str, ...]) -> Node | None:
        """Return what a run of typed words also means, itself included; ``None`` when it names nothing known."""
        if named := self._by_name.get(tuple(analysis.plain_term(surface) for surface in surfaces)):
            return any_of([named[0].as_node(surfaces=surfaces), *(acronym.expansion for acronym in named)])
        terms = [Term(analysis.stemmed_term(surface), surface) for surface in surfaces]
        if expanded := self._by_expansion.get(tuple(term.value for term in terms)):
            own_names = [_sequence([Term(term) for term in acronym.name]) for acronym in expanded]
            return any_of([all_of(list(terms)), *own_names])
        return None


def term_or_phrase(words: Sequence[analysis.Word]) -> Term | Phrase:
    """Return what finds these words, at the places they have beside one another."""
    if len(words) == 1:
        return Term(words[0].term)
    return Phrase(tuple((word.position - words[0].position, word.term) for word in words))


def _sequence(terms: list[Term]) -> Node:
    if len(terms) == 1:
        return terms[0]
    return Phrase(tuple((place, term.value) for place, term in enumerate(terms)))


# Longer wordings are sentences: nobody types them, and each word more costs a look-up at each word of a query.
MAX_WORDING_WORDS = 8
THESAURUS_ORIGIN = "synonyme"


@dataclass(frozen=True, slots=True)
class Equivalence:
    """One entry of the thesaurus: whoever types one of ``wordings`` also means ``meanings``.

    ``is_mutual`` makes a family of the wordings: each means all the others, and the meanings.
    """

    wordings: tuple[str, ...]
    meanings: tuple[str, ...] = ()
    is_mutual: bool = False


@dataclass(frozen=True, slots=True)
class AliasedEntry:
    """An entry of a vocabulary and its other names.

    ``names`` are what an alias means in texts: the label, or the acronym and the expansion. ``field`` and ``slug`` are
    where the records of the catalogue carry the entry (``audiences``, ``axes``, ``schemes``).
    """

    field: str
    slug: str
    names: tuple[str, ...]
    aliases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Synonym:
    """Something that what was typed also means.

    ``node`` finds it in texts: a ``Term``, or a ``Phrase`` when it has several words. ``label`` is how people write it,
    ``origin`` why it is there, in French. ``facet`` is the (field, slug) of the entry of a vocabulary, when it is one:
    the records that carry it are meant as well, whatever their words.
    """

    node: Term | Phrase
    label: str
    origin: str
    facet: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Wording:
    """A word or an expression, read once: what it is compared by, and what finds it.

    ``key`` has the stems of its words, stop words left out. ``acronyms`` gives the words written as acronyms, by place
    in the key: those are compared as they are written.
    """

    text: str
    key: tuple[str, ...]
    acronyms: tuple[tuple[int, str], ...]
    node: Term | Phrase

    def is_spelled_by(self, surfaces: Sequence[str]) -> bool:
        """Whether words that have the same stems also have its acronyms: « clé » is not CLES."""
        return all(analysis.plain_term(surfaces[place]) == term for place, term in self.acronyms)


def read_wording(text: str) -> Wording | None:
    """Return a word or an expression as it is compared; ``None`` when it has no word to look for, or too many."""
    words = [word for word in analysis.words(analysis.clean(text)) if word.term]
    key = tuple(analysis.stemmed_term(word.surface) for word in words)
    if not words or not all(key) or len(words) > MAX_WORDING_WORDS:
        return None
    acronyms = tuple(
        (place, analysis.plain_term(word.surface))
        for place, word in enumerate(words)
        if analysis.is_written_as_acronym(word.surface) and word.term == analysis.plain_term(word.surface)
    )
    return Wording(text=" ".join(text.split()), key=key, acronyms=acronyms, node=term_or_phrase(words))


class SynonymTable:
    """Everything the thesaurus and the vocabularies say, ready to be looked up by a run of typed words.

    A look-up costs the same whatever the number of entries. ``longest`` is the greatest number of words worth trying.
    """

    def __init__(self, *, equivalences: Iterable[Equivalence] = (), aliased: Iterable[AliasedEntry] = ()) -> None:
        self._meanings: dict[tuple[str, ...], list[tuple[Wording, tuple[Synonym, ...]]]] = {}
        self.longest = 0
        for entry in aliased:
            self._add_aliases(entry)
        for equivalence in equivalences:
            self._add_equivalence(equivalence)

    def alternatives(self, *, surfaces: Sequence[str]) -> tuple[Synonym, ...]:
        """Return what exactly these typed words (stop words left out) also mean, themselves left out.

        Accents, inflections and the stop words between them make no difference. The vocabularies come first, then the
        thesaurus in its order; each meaning is given once.
        """
        entries = self._meanings.get(tuple(analysis.stemmed_term(surface) for surface in surfaces), ())
        found: dict[tuple[Node, tuple[str, str] | None], Synonym] = {}
        for wording, synonyms in entries:
            if wording.is_spelled_by(surfaces):
                for synonym in synonyms:
                    found.setdefault((synonym.node, synonym.facet), synonym)
        return tuple(found.values())

    def _add_aliases(self, entry: AliasedEntry) -> None:
        names = [wording for name in entry.names if (wording := read_wording(name)) is not None]
        if not names:
            return
        origin = f"autre nom de « {entry.names[0]} »"
        facet = (entry.field, entry.slug)
        meanings = tuple(Synonym(node=name.node, label=name.text, origin=origin, facet=facet) for name in names)
        for alias in entry.aliases:
            self._add(read_wording(alias), meanings)

    def _add_equivalence(self, equivalence: Equivalence) -> None:
        wordings = [wording for text in equivalence.wordings if (wording := read_wording(text)) is not None]
        meanings = [wording for text in equivalence.meanings if (wording := read_wording(text)) is not None]
        synonyms = {
            wording.node: Synonym(node=wording.node, label=wording.text, origin=THESAURUS_ORIGIN)
            for wording in ([*wordings, *meanings] if equivalence.is_mutual else meanings)
        }
        for wording in wordings:
            self._add(wording, tuple(synonym for node, synonym in synonyms.items() if node != wording.node))

    def _add(self, wording: Wording | None, synonyms: tuple[Synonym, ...]) -> None:
        if wording is None or not synonyms:
            return
        self._meanings.setdefault(wording.key, []).append((wording, synonyms))
        self.longest = max(self.longest, len(wording.key))
