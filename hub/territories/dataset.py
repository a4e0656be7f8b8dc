"""The compact data file of territories kept in the repository: its shape, reading and writing.

One gzipped JSON object whose lists hold one territory a line, as arrays in the order of the tuples below. The same
input always gives the same bytes, so that a rebuilt file without news shows no difference.
"""

import gzip
import json
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, get_args, get_type_hints

from hub.refusals import Refused

FORMAT = 1
DEFAULT_PATH = Path(__file__).resolve().parent / "data" / "territories.json.gz"
MAX_FILE_BYTES = 20 * 1024 * 1024


class Region(NamedTuple):
    """``code`` is Insee's, for example "84"."""

    code: str
    name: str


class Departement(NamedTuple):
    """``code`` is Insee's ("01", "2A", "974"), ``region`` the code of its région."""

    code: str
    name: str
    region: str


class Collectivite(NamedTuple):
    """An overseas collectivity outside the régions, for example "975" Saint-Pierre-et-Miquelon."""

    code: str
    name: str


class Epci(NamedTuple):
    """``code`` is the Siren number. Members are told by the communes."""

    code: str
    name: str


class Commune(NamedTuple):
    """``area`` is the code of its département or collectivity, ``epci`` a Siren number or "".

    ``former_codes`` are the Insee codes of communes merged into this one, whose names may be unknown.
    """

    code: str
    name: str
    area: str
    epci: str
    population: int
    postcodes: list[str]
    former_codes: list[str]


class Arrondissement(NamedTuple):
    """An arrondissement municipal of Paris, Lyon or Marseille."""

    code: str
    name: str
    commune: str
    population: int
    postcodes: list[str]


class FormerCommune(NamedTuple):
    """A commune déléguée or associée. ``code`` may be that of its ``successor``, when it is the seat of the merger."""

    code: str
    name: str
    successor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """The geography of one year. ``source`` says where it comes from (package, version, year, licence).

    ``old_names`` are names that communes of before bore, for looking up only; the code is its successor's own when the
    name alone changed.
    """

    source: dict[str, str] = field(default_factory=dict)
    regions: list[Region]
    departements: list[Departement]
    collectivites: list[Collectivite]
    epci: list[Epci]
    communes: list[Commune]
    arrondissements: list[Arrondissement]
    former_communes: list[FormerCommune]
    old_names: list[FormerCommune] = field(default_factory=list)


# The type of the rows of each list, in the order of the file.
_ROWS: dict[str, Any] = {name: get_args(hint)[0] for name, hint in get_type_hints(Dataset).items() if name != "source"}
_OPTIONAL = frozenset({"old_names"})


def write_dataset(*, dataset: Dataset, path: Path) -> int:
    """Write the data file and return its size in bytes. Equal datasets give equal files."""
    parts = [f'"format": {FORMAT}', f'"source": {_dumps(dataset.source)}']
    for name in _ROWS:
        if name in _OPTIONAL and not getattr(dataset, name):
            continue
        lines = ",\n".join(_dumps(row) for row in getattr(dataset, name))
        parts.append(f'"{name}": [\n{lines}\n]')
    text = "{" + ",\n".join(parts) + "}\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.write_bytes(gzip.compress(text.encode(), compresslevel=9, mtime=0))


def _dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def read_dataset(*, path: Path) -> Dataset:
    """Read a data file. Raise ``Refused`` when it is missing, damaged, or not one of ours."""
    try:
        with gzip.open(path, "rb") as stream:
            content = stream.read(MAX_FILE_BYTES + 1)
    except FileNotFoundError as error:
        raise Refused(f"Le fichier {path} n’existe pas.") from error
    except (OSError, EOFError, zlib.error) as error:
        raise Refused(f"Le fichier {path} n’est pas un fichier gzip lisible : {error}.") from error
    if len(content) > MAX_FILE_BYTES:
        raise Refused(f"Le fichier {path} est trop gros pour être un fichier de territoires.")
    try:
        raw = json.loads(content)
    except ValueError as error:
        raise Refused(f"Le fichier {path} ne contient pas de JSON lisible : {error}.") from error
    return parse_dataset(raw=raw)


def parse_dataset(*, raw: Any) -> Dataset:
    """Return the dataset held by the decoded JSON. Raise ``Refused`` when its shape is not the expected one."""
    if not isinstance(raw, dict) or raw.get("format") != FORMAT:
        raise Refused(f"Ce n’est pas un fichier de territoires au format {FORMAT}.")
    dataset = Dataset(source=raw.get("source", {}), **{name: _rows(raw=raw, name=name) for name in _ROWS})
    _check_references(dataset=dataset)
    return dataset


def _rows(*, raw: dict[str, Any], name: str) -> list[Any]:
    row_type = _ROWS[name]
    rows = raw.get(name, [] if name in _OPTIONAL else None)
    if not isinstance(rows, list):
        raise Refused(f"La liste « {name} » manque dans le fichier de territoires.")
    for row in rows:
        if not isinstance(row, list) or len(row) != len(row_type._fields):
            raise Refused(f"Ligne inattendue dans la liste « {name} » : {str(row)[:100]}.")
    return [row_type(*row) for row in rows]


def _check_references(*, dataset: Dataset) -> None:
    """A container that does not exist would silently leave a territory out of it."""
    regions = {row.code for row in dataset.regions}
    areas = {row.code for row in dataset.departements} | {row.code for row in dataset.collectivites}
    epci = {"", *(row.code for row in dataset.epci)}
    communes = {row.code for row in dataset.communes}
    formers = (*dataset.former_communes, *dataset.old_names)
    references: tuple[tuple[Any, str, set[str], str], ...] = (
        (dataset.departements, "region", regions, "région {} du département {}"),
        (dataset.communes, "area", areas, "département {} de la commune {}"),
        (dataset.communes, "epci", epci, "EPCI {} de la commune {}"),
        (dataset.arrondissements, "commune", communes, "commune {} de l’arrondissement {}"),
        (formers, "successor", communes, "commune {} qui remplace {}"),
    )
    missing = [
        words.format(code, row.code)
        for rows, name, known, words in references
        for row in rows
        if (code := getattr(row, name)) not in known
    ]
    if missing:
        raise Refused(f"Références inconnues dans le fichier de territoires : {', '.join(missing[:5])}.")
