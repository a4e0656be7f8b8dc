from collections.abc import Iterable

TAG_MAX_LENGTH = 100


def distinct_names(names: Iterable[str]) -> list[str]:
    """Return each name once, case aside, as it was first written; empty ones are left out."""
    first = {name.casefold(): name for name in reversed(list(names)) if name}
    return list(reversed(first.values()))
