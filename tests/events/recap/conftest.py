from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from events.recap.draft.drafting import draft_workshop
from events.recap.find.lexicon import RecapVocabulary, Term, TerritoryTerm
from events.recap.importing import check_recap
from events.recap.parsed import ParsedRecap
from events.recap.parsing import parse_recap
from events.recap.read.reading import read_recap
from events.recap.vocabulary import build_vocabulary
from hub.territories.models import Territory
from hub.vocabulary.loading import VOCABULARIES, load_vocabulary, read_entries
from tests.territories.sample import full_dataset, load_sample_territories

SAMPLES = Path(__file__).parent / "samples"


def _other_names(entry: dict[str, Any]) -> tuple[str, ...]:
    return (*entry.get("aliases", ()), *entry.get("loose_aliases", ()))


def _terms(file_name: str, *, name: str, are_aliases_hints: bool = False) -> tuple[Term, ...]:
    entries = read_entries(file_name=file_name)
    return tuple(
        Term(
            key=entry["slug"],
            name=entry[name],
            aliases=() if are_aliases_hints else _other_names(entry),
            hints=_other_names(entry) if are_aliases_hints else (),
        )
        for entry in entries
    )


def _territories() -> tuple[TerritoryTerm, ...]:
    data = full_dataset()
    rows = [("region", row.code, row.name, 0) for row in data.regions]
    rows += [("departement", row.code, row.name, 0) for row in data.departements]
    rows += [("collectivite", row.code, row.name, 0) for row in data.collectivites]
    rows += [("epci", row.code, row.name, 0) for row in data.epci]
    rows += [("commune", row.code, row.name, row.population) for row in data.communes]
    return tuple(
        TerritoryTerm(code=f"{kind}-{code}", kind=kind, name=name, population=population)
        for kind, code, name, population in rows
    )


@pytest.fixture(scope="session")
def words() -> RecapVocabulary:
    """The starter vocabulary and every territory of France, without a database."""
    schemes = tuple(
        Term(
            key=entry["slug"],
            name=entry["acronym"] or entry["expansion"],
            aliases=(entry["expansion"], *_other_names(entry)),
        )
        for entry in read_entries(file_name="schemes.toml")
    )
    return RecapVocabulary(
        audiences=_terms("audiences.toml", name="label", are_aliases_hints=True),
        axes=_terms("axes.toml", name="label", are_aliases_hints=True),
        schemes=schemes,
        organisations=_terms("organisations.toml", name="name"),
        structure_kinds=_terms("organisation_kinds.toml", name="label"),
        territories=_territories(),
    )


@pytest.fixture(scope="session")
def understand(words):
    """Read and parse a recap: text, bytes, or the name of a sample."""

    def _understand(source: str | bytes) -> ParsedRecap:
        path = SAMPLES / source if isinstance(source, str) and len(source) < 60 else None
        data = path.read_bytes() if path is not None and path.exists() else source
        return parse_recap(text=read_recap(data=data), vocabulary=words)

    return _understand


def keys(mentions) -> list[str | None]:
    return [mention.key for mention in mentions]


def sure(mentions) -> set[str]:
    return {mention.key for mention in mentions if not mention.provenance.is_guess}


def guessed(mentions) -> set[str]:
    return {mention.key for mention in mentions if mention.provenance.is_guess}


@pytest.fixture(scope="session")
def stock_rows(django_db_setup, django_db_blocker):
    """The starter vocabulary and a slice of the territories, read once: each test that asks for them gets a copy."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_vocabulary()
        load_sample_territories()
        rows = [list(model.objects.all()) for model in (*(each.model for each in VOCABULARIES), Territory)]
        transaction.set_rollback(True)
    return rows


@pytest.fixture
def stocked(home, stock_rows):
    """A site with its lists, its vocabularies and some territories."""
    for rows in stock_rows:
        type(rows[0]).objects.bulk_create(rows)
    return home


@pytest.fixture
def draft(stocked):
    """Import a recap (text, bytes or the name of a sample) and return the outcome."""
    vocabulary = build_vocabulary()

    def _draft(source: str | bytes, **options):
        path = SAMPLES / source if isinstance(source, str) and len(source) < 60 else None
        data = path.read_bytes() if path is not None and path.exists() else source
        check = check_recap(data=data, vocabulary=vocabulary)
        return draft_workshop(parsed=check.parsed, report=check.report, **options)

    return _draft
