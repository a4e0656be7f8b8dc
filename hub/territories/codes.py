"""Typed codes of territories: the kind, a hyphen and the official code, for example ``departement-2A``."""

import re

from hub.territories.enums import TerritoryKind

_TYPED_CODE = re.compile(rf"({'|'.join(TerritoryKind.values)})-([0-9a-z]{{1,12}})", re.IGNORECASE | re.ASCII)


def typed_code(*, kind: str, official_code: str) -> str:
    """Return the code used in addresses and in the search."""
    return f"{TerritoryKind(kind).value}-{official_code}"


def parse_typed_code(text: str) -> tuple[TerritoryKind, str] | None:
    """Return the kind and the official code of ``text``, or None when it has not the form of a typed code.

    Whether such a territory exists is another matter. The case does not count: "Departement-2a" is read.
    """
    match = _TYPED_CODE.fullmatch(text)
    return (TerritoryKind(match[1].lower()), match[2].upper()) if match else None


def is_typed_code(text: str) -> bool:
    """Return whether ``text`` has the form of a typed code."""
    return parse_typed_code(text) is not None


COUNTRY_OFFICIAL_CODE = "FR"
COUNTRY_CODE = typed_code(kind=TerritoryKind.PAYS, official_code=COUNTRY_OFFICIAL_CODE)
