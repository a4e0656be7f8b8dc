"""What a typed query means, as a small tree every engine translates in its own language."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Term:
    """A word, as the index knows it. ``surface`` is what was typed, for suggestions; it takes no part in equality."""

    value: str
    surface: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Phrase:
    """Terms at exact distances from one another: ``((0, "accompagn"), (1, "ver"), (5, "log"))``."""

    terms: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Prefix:
    """The beginning of a word, folded but not stemmed."""

    value: str


@dataclass(frozen=True, slots=True)
class Keyword:
    """An exact value of a field of keywords: the entries that carry an entry of a vocabulary."""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class Weighted:
    """The same, worth ``factor`` times its score: a synonym weighs less than the word itself."""

    child: "Node"
    factor: float


@dataclass(frozen=True, slots=True)
class AnyOf:
    children: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class AllOf:
    children: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """What must not be there. Found only directly under an ``AllOf`` or alone."""

    child: "Node"


@dataclass(frozen=True, slots=True)
class Share:
    """One of several things, and what having it is worth: ``share`` to be in, ``weight`` to come before others.

    Both are small whole numbers, at least 1: engines add them up without rounding.
    """

    node: "Node"
    share: int
    weight: int


@dataclass(frozen=True, slots=True)
class AtLeast:
    """Enough of several: the shares of those that are there make ``needed`` together.

    What has more weight comes first, whatever the fields; the fields then decide. Found only directly under an
    ``AllOf`` or alone.
    """

    children: tuple[Share, ...]
    needed: int

    @property
    def weight(self) -> int:
        return sum(child.weight for child in self.children)


Node: TypeAlias = Term | Phrase | Prefix | Keyword | Weighted | AnyOf | AllOf | AtLeast | Not


def wanted_leaves(node: Node | None) -> Iterator[Term | Phrase | Prefix]:
    """Yield the leaves a result is wanted for: everything but what is excluded."""
    match node:
        case Term() | Phrase() | Prefix():
            yield node
        case Weighted(child):
            yield from wanted_leaves(child)
        case AnyOf(children) | AllOf(children):
            for child in children:
                yield from wanted_leaves(child)
        case AtLeast(shares):
            for share in shares:
                yield from wanted_leaves(share.node)


def any_of(nodes: list[Node]) -> Node:
    """Return the shortest node that means "one of these"; alternatives of alternatives are brought to one level."""
    flat: list[Node] = []
    for node in nodes:
        flat.extend(node.children if isinstance(node, AnyOf) else [node])
    unique = tuple(dict.fromkeys(flat))
    return unique[0] if len(unique) == 1 else AnyOf(unique)


def all_of(nodes: list[Node]) -> Node:
    unique = tuple(dict.fromkeys(nodes))
    return unique[0] if len(unique) == 1 else AllOf(unique)
