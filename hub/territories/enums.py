import re

from django.db import models


class TerritoryKind(models.TextChoices):
    """The value is also the first part of a territory's typed code (``commune-01004``)."""

    ARRONDISSEMENT = "arrondissement", "Arrondissement municipal"
    COMMUNE = "commune", "Commune"
    EPCI = "epci", "Intercommunalité (EPCI)"
    DEPARTEMENT = "departement", "Département"
    REGION = "region", "Région"
    COLLECTIVITE = "collectivite", "Collectivité d’outre-mer"
    PAYS = "pays", "France entière"

    @property
    def rank(self) -> int:
        return _RANKS[self]


_RANKS = {
    TerritoryKind.ARRONDISSEMENT: 1,
    TerritoryKind.COMMUNE: 2,
    TerritoryKind.EPCI: 3,
    TerritoryKind.DEPARTEMENT: 4,
    TerritoryKind.COLLECTIVITE: 4,
    TerritoryKind.REGION: 5,
    TerritoryKind.PAYS: 6,
}


_TYPED_CODE = re.compile(rf"({'|'.join(TerritoryKind.values)})-([0-9a-z]{{1,12}})", re.IGNORECASE | re.ASCII)


def typed_code(*, kind: str, official_code: str) -> str:
    return f"{TerritoryKind(kind).value}-{official_code}"


def parse_typed_code(text: str) -> tuple[TerritoryKind, str] | None:
    """Return the kind and the official code of ``text``, or None when it has not the form of a typed code.

    Whether such a territory exists is another matter. The case does not count: "Departement-2a" is read.
    """
    match = _TYPED_CODE.fullmatch(text)
    return (TerritoryKind(match[1].lower()), match[2].upper()) if match else None


def is_typed_code(text: str) -> bool:
    return parse_typed_code(text) is not None


COUNTRY_OFFICIAL_CODE = "FR"
COUNTRY_CODE = typed_code(kind=TerritoryKind.PAYS, official_code=COUNTRY_OFFICIAL_CODE)
