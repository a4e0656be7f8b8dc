"""The names territories are told by, arranged by what may introduce them."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from events.recap.lexicon import Entry, Lexicon
from events.recap.typography import folded_words
from hub.territories.enums import TerritoryKind

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
