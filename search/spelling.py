"""How near two spellings are, and which typed words may be corrected. The same for every engine."""

from search.tree import Node, Term, wanted_leaves

MAX_CORRECTIONS = 3
_MIN_LENGTH = 4
_LONG_WORD = 8  # from here on two mistakes are forgiven


def correctable_words(node: Node) -> dict[str, list[str]]:
    """Return the typed words long enough to be corrected, each with the terms it was read as."""
    readings: dict[str, list[str]] = {}
    for leaf in wanted_leaves(node):
        if isinstance(leaf, Term) and len(leaf.surface) >= _MIN_LENGTH:
            readings.setdefault(leaf.surface, []).append(leaf.value)
    return readings


def allowed_mistakes(word: str) -> int:
    """Return how many mistakes a word of this length may have."""
    return 2 if len(word) >= _LONG_WORD else 1


def mistakes(first: str, second: str, *, limit: int) -> int:
    """Return how many letters to add, drop, change or swap with the next; more than ``limit`` as soon as it is sure."""
    before: list[int] = []
    previous = list(range(len(second) + 1))
    for i, letter in enumerate(first, start=1):
        current = [i]
        for j, other in enumerate(second, start=1):
            cost = min(previous[j] + 1, current[j - 1] + 1, previous[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == second[j - 2] and first[i - 2] == other:
                cost = min(cost, before[j - 2] + 1)
            current.append(cost)
        if min(current) > limit:
            return limit + 1
        before, previous = previous, current
    return previous[-1]
