from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from events.recap.read.text import Token, folded_words
from hub.territories.enums import TerritoryKind

_MAX_ACRONYM = 12
_MIN_CAPITALISED = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A name of the vocabulary: the key it stands for, and the acronym it is, if it is one."""

    key: str
    is_hint: bool
    acronym: str
    may_be_capitalised: bool

    def accepts(self, *, printed: str) -> bool:
        """Say whether the last word printed may be this name: an acronym is in capitals, or may be « Fnasat »."""
        if not self.acronym:
            return True
        word = printed if printed == self.acronym else printed.removesuffix("s")
        return word == self.acronym or (self.may_be_capitalised and word == self.acronym.capitalize())


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A name found: the tokens it covers (``last`` excluded) and the entries that bear it."""

    first: int
    last: int
    entries: tuple[Entry, ...]


@dataclass(slots=True)
class _Node:
    children: dict[str, "_Node"] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)


class Lexicon:
    """Names of one vocabulary, compared word by word without case, accents nor plural; acronyms with their capitals."""

    def __init__(self, terms: Iterable["Term"] = (), *, has_capitalised_acronyms: bool = False) -> None:
        """Make the lexicon of some terms; in that of organisations, « FNASAT » may be printed « Fnasat »."""
        self._root = _Node()
        self._has_capitalised_acronyms = has_capitalised_acronyms
        for term in terms:
            for name in term.names:
                self.add(name=name, key=term.key)
            for hint in term.hints:
                self.add(name=hint, key=term.key, is_hint=True)

    def add(self, *, name: str, key: str, is_hint: bool = False) -> None:
        """Add a name; one without any letter is ignored: the number « 115 » also counts people."""
        words = folded_words(text=name)
        if not any(character.isalpha() for character in name):
            return
        node = self._root
        for word in words:
            node = node.children.setdefault(word, _Node())
        stripped = name.strip()
        acronym = stripped if stripped.isupper() and len(words) == 1 and len(stripped) <= _MAX_ACRONYM else ""
        may_be_capitalised = self._has_capitalised_acronyms and len(acronym) >= _MIN_CAPITALISED
        entry = Entry(key=key, is_hint=is_hint, acronym=acronym, may_be_capitalised=may_be_capitalised)
        if entry not in node.entries:
            node.entries.append(entry)

    def match_at(self, *, tokens: Sequence[Token], first: int) -> Match | None:
        node = self._root
        if tokens[first].folded not in node.children:
            return None
        best: Match | None = None
        for position in range(first, len(tokens)):
            child = node.children.get(tokens[position].folded)
            if child is None:
                break
            node = child
            entries = tuple(entry for entry in node.entries if entry.accepts(printed=tokens[position].raw))
            if entries:
                best = Match(first=first, last=position + 1, entries=entries)
        return best

    def find(self, *, tokens: Sequence[Token]) -> Iterator[Match]:
        """Yield the names of a text, leftmost and longest first, without overlap."""
        starts = self._root.children
        free_from = 0
        for position, token in enumerate(tokens):
            if token.folded in starts and position >= free_from:
                match = self.match_at(tokens=tokens, first=position)
                if match is not None:
                    yield match
                    free_from = match.last


# What introduces a name, and the kinds of territory it introduces.
_CUES: dict[tuple[TerritoryKind, ...], str] = {
    (TerritoryKind.DEPARTEMENT, TerritoryKind.COLLECTIVITE): (
        "département, conseil départemental, conseils départementaux, préfecture, préfet, préfète, CD, "
        "DDETS, DDETSPP, DDCS, "
        "DDT, DDTM, ADIL, UDAF, SIAO, CAF, collectivité"
    ),
    (TerritoryKind.REGION, TerritoryKind.COLLECTIVITE): (
        "région, conseil régional, conseils régionaux, préfecture de région, préfet de région, DREETS, DREAL"
    ),
    (TerritoryKind.EPCI,): (
        "métropole, eurométropole, communauté urbaine, communauté d’agglomération, communauté de communes, "
        "agglomération, "
        "agglo, EPCI, intercommunalité"
    ),
    (TerritoryKind.COMMUNE,): "ville, commune, CCAS, CIAS, mairie, municipalité, maire",
}
_EPCI_NATURES = {
    "CC ": "communauté de communes",
    "CA ": "communauté d’agglomération",
    "CU ": "communauté urbaine",
}
# Overseas collectivities named after saints, like dozens of communes.
_SAINTS = frozenset(["Saint-Martin", "Saint-Barthélemy"])
_LINK_WORDS = frozenset(folded_words(text="de du des d la le les l"))
_METROPOLE = folded_words(text="métropole")[0]
# Words of the names of métropoles that do not name their city.
_NOT_A_CITY = frozenset(
    folded_words(
        text=(
            "métropole eurométropole européenne grand alpes loire côte méditerranée normandie auvergne val "
            "seine provence"
        )
    )
)
_MIN_CITY = 4
# Of two territories of the same name, the one people usually mean: Guadeloupe is a département and a région.
_USUAL_ORDER = (
    TerritoryKind.DEPARTEMENT,
    TerritoryKind.REGION,
    TerritoryKind.COLLECTIVITE,
    TerritoryKind.EPCI,
    TerritoryKind.COMMUNE,
    TerritoryKind.ARRONDISSEMENT,
    TerritoryKind.PAYS,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TerritoryTerm:
    """A territory: typed code (``departement-01``), kind (as in ``TerritoryKind``), name; population for homonyms."""

    code: str
    kind: str
    name: str
    population: int = 0


class TerritoryIndex:
    """Look-up tables of the territories.

    ``cues`` finds the words that introduce a name; ``introduced`` holds, for each kind, the names recognised after such
    words; ``bare`` those recognised alone: régions, départements, overseas collectivities, métropoles. A commune is
    never recognised alone: too many bear the name of a person, a saint or a thing.
    """

    def __init__(self, *, terms: tuple[TerritoryTerm, ...]) -> None:
        self.terms = {term.code: term for term in terms}
        self.bare = Lexicon()
        self.cues = Lexicon()
        self.introduced = {kind: Lexicon() for kind in TerritoryKind}
        for kinds, cues in _CUES.items():
            for cue in cues.split(", "):
                for kind in kinds:
                    self.cues.add(name=cue, key=kind.value)
        for term in terms:
            self._add(term=term)
        for name, code in _cities_of_metropoles(terms=terms):
            self.introduced[TerritoryKind.EPCI].add(name=name, key=code)

    def _add(self, *, term: TerritoryTerm) -> None:
        introduced = self.introduced[TerritoryKind(term.kind)]
        introduced.add(name=term.name, key=term.code)
        if term.kind == TerritoryKind.EPCI:
            nature = _EPCI_NATURES.get(term.name[:3])
            core = term.name[3:] if nature else term.name
            introduced.add(name=" ".join(_without_links(core)), key=term.code)
            if nature:
                self.bare.add(name=f"{nature} {core}", key=term.code)
            if not nature or _METROPOLE in folded_words(text=core):
                self.bare.add(name=core, key=term.code)
        elif term.kind not in {TerritoryKind.COMMUNE, TerritoryKind.ARRONDISSEMENT} and term.name not in _SAINTS:
            self.bare.add(name=term.name, key=term.code)

    def choose(self, *, entries: tuple[Entry, ...], kinds: tuple[str, ...] = ()) -> tuple[TerritoryTerm, bool]:
        """Return the territory usually meant among homonyms, and whether the choice is sure.

        Only communes are left to chance: between Seyssel and Seyssel, the more populous is a guess.
        """
        order = kinds or tuple(kind.value for kind in _USUAL_ORDER)
        candidates = sorted(
            (self.terms[entry.key] for entry in entries),
            key=lambda term: (
                order.index(term.kind) if term.kind in order else len(order),
                -term.population,
                term.code,
            ),
        )
        return candidates[0], sum(term.kind == candidates[0].kind for term in candidates) == 1


def _without_links(name: str) -> list[str]:
    words = list(folded_words(text=name))
    while words and words[0] in _LINK_WORDS:
        words.pop(0)
    return words


def _cities_of_metropoles(*, terms: tuple[TerritoryTerm, ...]) -> Iterator[tuple[str, str]]:
    """Yield the city each métropole is also called by: Lille for the Métropole Européenne de Lille."""
    metropoles = {
        term.code: set(folded_words(text=term.name)) - _NOT_A_CITY
        for term in terms
        if term.kind == TerritoryKind.EPCI and any(_METROPOLE in word for word in folded_words(text=term.name))
    }
    bearers = Counter(word for words in metropoles.values() for word in words)
    for code, words in metropoles.items():
        for word in words:
            if bearers[word] == 1 and len(word) >= _MIN_CITY:
                yield word, code


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """An entry of a vocabulary. ``key`` is its slug; ``hints`` only suggest it: what they find is a guess."""

    key: str
    name: str
    aliases: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *self.aliases)


@dataclass(frozen=True, kw_only=True)
class RecapVocabulary:
    """Everything the parser may recognise. Build it once for many recaps: its territories are arranged on first use.

    The names of a scheme are its acronym and its expansion; those of an organisation, its name and aliases.
    """

    audiences: tuple[Term, ...] = ()
    axes: tuple[Term, ...] = ()
    schemes: tuple[Term, ...] = ()
    organisations: tuple[Term, ...] = ()
    structure_kinds: tuple[Term, ...] = ()
    territories: tuple[TerritoryTerm, ...] = ()

    @cached_property
    def territory_index(self) -> TerritoryIndex:
        return TerritoryIndex(terms=self.territories)
