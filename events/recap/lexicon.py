"""Find the names of a vocabulary in a text, in a time that depends on the text, not on the size of the vocabulary."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from events.recap.typography import Token, folded_words

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

    def __init__(self, *, has_capitalised_acronyms: bool = False) -> None:
        """Make an empty lexicon; in that of organisations, « FNASAT » may be printed « Fnasat »."""
        self._root = _Node()
        self._has_capitalised_acronyms = has_capitalised_acronyms

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
        """Return the longest name that starts at a token."""
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
