"""Load the starter vocabulary kept in ``data/*.toml``: add what is missing, leave alone what editors changed."""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction

from hub.vocabulary.models import Audience, Axis, Government, Organisation, OrganisationKind, Scheme

DATA_DIR = Path(__file__).resolve().parent / "data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """How one data file becomes rows of one model.

    An entry of the file is already there when a row shares any value of ``identity``, letter case aside: an editor who
    renames an entry or corrects its address keeps it, and gets no twin.
    """

    model: type[models.Model]
    file_name: str
    identity: tuple[str, ...]


# In the order they refer to each other.
VOCABULARIES: tuple[Vocabulary, ...] = (
    Vocabulary(model=Audience, file_name="audiences.toml", identity=("slug", "label")),
    Vocabulary(model=Axis, file_name="axes.toml", identity=("slug", "label")),
    Vocabulary(model=Scheme, file_name="schemes.toml", identity=("slug", "acronym", "expansion")),
    Vocabulary(model=OrganisationKind, file_name="organisation_kinds.toml", identity=("slug", "label")),
    Vocabulary(model=Organisation, file_name="organisations.toml", identity=("slug", "name")),
    Vocabulary(model=Government, file_name="governments.toml", identity=("name", "started_on")),
)


@dataclass(slots=True, kw_only=True)
class VocabularyReport:
    """What a load did to one vocabulary. ``problems`` names the entries refused, and why, in French."""

    label: str
    created: list[str] = field(default_factory=list)
    present: int = 0
    problems: list[str] = field(default_factory=list)


def read_entries(*, file_name: str) -> list[dict[str, Any]]:
    with (DATA_DIR / file_name).open("rb") as stream:
        return tomllib.load(stream)["entry"]


def load_vocabulary(*, dry_run: bool = False) -> list[VocabularyReport]:
    """Add the entries that are missing, in one transaction; with ``dry_run``, change nothing.

    Entries already there are not touched, whatever their content. An entry that contradicts what editors wrote (two
    governments in office at once…) is reported and skipped.
    """
    with transaction.atomic():
        starters: _Starters = {}
        reports = [_load(vocabulary, starters) for vocabulary in VOCABULARIES]
        if dry_run:
            transaction.set_rollback(True)
    return reports


# The row each entry of the files became or was recognised as, by model and by the entry's own slug.
_Starters = dict[tuple[type[models.Model], str], Any]


def _load(vocabulary: Vocabulary, starters: _Starters) -> VocabularyReport:
    report = VocabularyReport(label=str(vocabulary.model._meta.verbose_name_plural))
    known: dict[tuple[str, str], Any] = {}
    for stored in vocabulary.model._default_manager.all():
        _remember(stored, known, vocabulary)
    for entry in read_entries(file_name=vocabulary.file_name):
        row: Any = next((known[key] for key in _keys(entry, vocabulary) if key in known), None)
        if row is not None:
            report.present += 1
        else:
            row = _built(vocabulary.model, entry, starters)
            try:
                row.full_clean()
            except ValidationError as error:
                report.problems.append(f"{row} : {' '.join(error.messages)}")
                continue
            row.save()
            _remember(row, known, vocabulary)
            report.created.append(str(row))
        starters[vocabulary.model, entry.get("slug", "")] = row
    return report


def _remember(row: models.Model, known: dict[tuple[str, str], Any], vocabulary: Vocabulary) -> None:
    for key in _keys(vars(row), vocabulary):
        known.setdefault(key, row)


def _keys(values: dict[str, Any], vocabulary: Vocabulary) -> list[tuple[str, str]]:
    """What identifies a row or an entry; an empty value identifies nothing: several schemes have no acronym."""
    filled = ((name, values[name]) for name in vocabulary.identity if values.get(name))
    return [(name, str(value).casefold().replace("'", "’")) for name, value in filled]


def _built(model: type[models.Model], entry: dict[str, Any], starters: _Starters) -> models.Model:
    """The row of an entry, which names the fields of the model; its lists are fields of one name a line."""
    values = {name: "\n".join(value) if isinstance(value, list) else value for name, value in entry.items()}
    if model is Audience:
        parent = starters.get((Audience, entry.get("parent", "")))
        # Editors may have moved the parent under another public: the list keeps its two levels.
        values["parent"] = parent and (parent.parent or parent)
    if model is Organisation:
        values["kind"] = starters.get((OrganisationKind, entry["kind"]))
    return model(**values)
