"""The words the parser knows: what the hub's vocabularies hold, as plain values, so that parsing needs no database."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from events.recap.lexicon import Lexicon
from events.recap.territory_index import TerritoryIndex, TerritoryTerm


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
    """Everything the parser may recognise. Build it once for many recaps: its look-up tables are made on first use.

    The names of a scheme are its acronym and its expansion; those of an organisation, its name and aliases.
    """

    audiences: tuple[Term, ...] = ()
    axes: tuple[Term, ...] = ()
    schemes: tuple[Term, ...] = ()
    organisations: tuple[Term, ...] = ()
    structure_kinds: tuple[Term, ...] = ()
    territories: tuple[TerritoryTerm, ...] = ()

    @cached_property
    def audience_lexicon(self) -> Lexicon:
        return _lexicon(self.audiences)

    @cached_property
    def axis_lexicon(self) -> Lexicon:
        return _lexicon(self.axes)

    @cached_property
    def scheme_lexicon(self) -> Lexicon:
        return _lexicon(self.schemes)

    @cached_property
    def organisation_lexicon(self) -> Lexicon:
        return _lexicon(self.organisations, has_capitalised_acronyms=True)

    @cached_property
    def structure_lexicon(self) -> Lexicon:
        return _lexicon(self.structure_kinds)

    @cached_property
    def territory_index(self) -> TerritoryIndex:
        return TerritoryIndex(terms=self.territories)


def _lexicon(terms: Iterable[Term], *, has_capitalised_acronyms: bool = False) -> Lexicon:
    lexicon = Lexicon(has_capitalised_acronyms=has_capitalised_acronyms)
    for term in terms:
        for name in term.names:
            lexicon.add(name=name, key=term.key)
        for hint in term.hints:
            lexicon.add(name=hint, key=term.key, is_hint=True)
    return lexicon
