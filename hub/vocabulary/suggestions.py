import re
from typing import NamedTuple

from hub.territories.names import normalise_name
from hub.vocabulary.models import Organisation

MAX_SUGGESTIONS = 12
_NO_MATCH = 3
# What a suggestion sends in a text field where names are typed too: a name may be made of digits (« 115 »).
_CODE = re.compile(r"structure-([0-9]{1,18})")


class OrganisationSuggestion(NamedTuple):
    key: int
    name: str
    kind: str


def suggest_organisations(*, text: str, limit: int = MAX_SUGGESTIONS) -> list[OrganisationSuggestion]:
    """Return the structures that have every word of ``text`` at the start of a word, names that begin with it first."""
    wanted = normalise_name(text)
    if not wanted:
        return []
    found = []
    rows = Organisation.objects.validated().values_list("pk", "name", "aliases", "kind__label")
    for key, name, aliases, kind in rows:
        names = [normalise_name(label) for label in (name, *aliases.splitlines())]
        best = min((_rank(label, wanted) for label in names), default=_NO_MATCH)
        if best < _NO_MATCH:
            found.append((best, normalise_name(name), OrganisationSuggestion(key, name, kind)))
    return [suggestion for _rank_, _name, suggestion in sorted(found, key=lambda row: row[:2])[:limit]]


def code_of(key: int) -> str:
    """Return how a suggestion names a structure in a text field."""
    return f"structure-{key}"


def organisation_coded(*, text: str) -> int | None:
    """Return the key a suggestion sent; ``None`` for a text that was typed. The structure may be gone, or proposed."""
    coded = _CODE.fullmatch(text)
    return int(coded[1]) if coded else None


def organisation_named(*, text: str) -> int | None:
    """Return the key of the one structure of this name or other name; ``None`` when there is none, or several."""
    wanted = normalise_name(text)
    if not wanted:
        return None
    rows = list(Organisation.objects.values_list("pk", "name", "aliases"))
    found = [key for key, name, _aliases in rows if normalise_name(name) == wanted] or [
        key for key, _name, aliases in rows if wanted in map(normalise_name, aliases.splitlines())
    ]
    return found[0] if len(found) == 1 else None


def _rank(label: str, wanted: str) -> int:
    """How well a name answers: 0 for the whole name, 1 for its beginning, 2 for its words, 3 for not at all."""
    if label == wanted:
        return 0
    if label.startswith(wanted):
        return 1
    words = label.split()
    return 2 if all(any(word.startswith(part) for word in words) for part in wanted.split()) else _NO_MATCH
