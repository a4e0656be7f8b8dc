"""Files as people make them, and a site they may be imported into."""

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from typing import IO

import pytest
from openpyxl import Workbook

from hub.pages.models import HomePage
from hub.vocabulary.models import Organisation
from initiatives.bulk.importing import import_initiatives
from initiatives.bulk.report import ImportTotals, LineResult
from tests.factories import AudienceFactory, AxisFactory, OrganisationFactory, SchemeFactory
from tests.initiatives.space.conftest import client_of
from tests.territories.sample import sample_territories

__all__ = ["client_of", "sample_territories"]

Line = Mapping[str, object]
Import = Callable[..., tuple[ImportTotals, list[LineResult]]]

READY = {
    "chapô": "Trois jeunes, un logement.",
    "contexte": "Peu de petits logements.",
    "publics": "Jeunes",
    "territoires": "departement-01",
    "partenaires": "ADIL de l’Ain (porteur)",
    "courriel du contact": "contact@adil.example",
}


def csv_bytes(lines: Iterable[Line], *, delimiter: str = ";", encoding: str = "utf-8") -> bytes:
    """Return a CSV file of these lines, whose keys are headings."""
    lines = [dict(line) for line in lines]
    headings = list(dict.fromkeys(heading for line in lines for heading in line))
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, headings, delimiter=delimiter, restval="")
    writer.writeheader()
    writer.writerows(lines)
    return text.getvalue().encode(encoding)


def xlsx_bytes(lines: Iterable[Line], *, title: str = "Fiches") -> bytes:
    """Return a workbook of these lines."""
    lines = [dict(line) for line in lines]
    headings = list(dict.fromkeys(heading for line in lines for heading in line))
    book = Workbook()
    book.active.title = title
    book.active.append(headings)
    for line in lines:
        book.active.append([line.get(heading) for heading in headings])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def sheet(number: int = 1, **cells: object) -> dict[str, object]:
    """Return the cells of a line; other headings are given as ``{"année de début": 2023}``."""
    return {"identifiant": f"F-{number}", "titre": f"Fiche numéro {number}", **cells}


@pytest.fixture
def adil(db: None) -> Organisation:
    return OrganisationFactory(name="ADIL de l’Ain", aliases="ADIL 01\nADIL01")


@pytest.fixture
def site(home: HomePage, sample_territories: None, adil: Organisation) -> HomePage:
    """A site with its vocabularies, a slice of France, and a structure."""
    AudienceFactory(label="Jeunes")
    AxisFactory(label="Logement")
    AxisFactory(label="Santé")
    SchemeFactory(acronym="AVDL", expansion="Accompagnement vers et dans le logement")
    return home


@pytest.fixture
def bring(site: HomePage, adil: Organisation) -> Import:
    """Import lines, or a file: ``totals, results = bring([sheet(1)], is_to_submit=True)``."""

    def brought(
        lines: Iterable[Line] | bytes,
        *,
        organisation: Organisation | None = adil,
        user: object = None,
        **options: bool,
    ) -> tuple[ImportTotals, list[LineResult]]:
        stream: IO[bytes] = io.BytesIO(lines if isinstance(lines, bytes) else csv_bytes(lines))
        results: list[LineResult] = []
        totals = import_initiatives(stream=stream, user=user, organisation=organisation, tell=results.append, **options)
        return totals, results

    return brought
