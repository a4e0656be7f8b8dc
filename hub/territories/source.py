"""Turn the official geography, as npm's ``@etalab/decoupage-administratif`` publishes it, into our data file."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from hub.refusals import Refused
from hub.territories.dataset import (
    Arrondissement,
    Collectivite,
    Commune,
    Dataset,
    Departement,
    Epci,
    FormerCommune,
    Region,
)
from hub.territories.names import normalise_name

PACKAGE = "@etalab/decoupage-administratif"
VERSION = "6.0.0"
LICENCE = "Licence Ouverte 2.0 (données) ; MIT (code du paquet)"
# The last version that has the history of communes since 1943, with the names of those that were merged.
HISTORY_VERSION = "0.8.0"
_OVERSEAS_COLLECTIVITY = "com"

# DGCL's list of EPCI is written without the ligature.
_LIGATURES = {"Coeur": "Cœur", "coeur": "cœur", "Soeur": "Sœur", "soeur": "sœur", "Boeuf": "Bœuf", "Oeuf": "Œuf"}
_LIGATURE = re.compile("|".join(_LIGATURES))


def dataset_from_package(*, folder: Path, history: Path | None = None) -> Dataset:
    """Return the dataset read from the unpacked npm package in ``folder``, and its old names from that of ``history``.

    Raise ``Refused`` when a folder is not that package in the version this code was written for.
    """
    _check_package(folder=folder, version=VERSION)
    try:
        dataset = _read_dataset(folder=folder)
        return replace(dataset, old_names=_old_names(dataset=dataset, history=history)) if history else dataset
    except (KeyError, TypeError) as error:
        raise Refused(f"Le paquet n’a pas la forme attendue : champ {error} introuvable ou inattendu.") from error


def _old_names(*, dataset: Dataset, history: Path) -> list[FormerCommune]:
    """The names communes bore since 1943, each with the commune of today it led to, when the dataset knows which."""
    _check_package(folder=history, version=HISTORY_VERSION)
    current = {row.code: row.name for row in dataset.communes}
    successors = {former: row.code for row in dataset.communes for former in row.former_codes}
    successors |= {row.code: row.successor for row in dataset.former_communes}
    successors |= {code: code for code in current}
    known = {(row.successor, normalise_name(row.name)) for row in dataset.former_communes}
    found: dict[tuple[str, str], FormerCommune] = {}
    for row in sorted(_read_rows(folder=history, name="historique-communes"), key=lambda row: str(row.get("dateFin"))):
        successor, name = successors.get(row["code"], ""), tidy_name(row["nom"])
        names_it = (successor, normalise_name(name))
        if row["type"] != "COM" or not successor or names_it in known:
            continue
        if names_it[1] != normalise_name(current[successor]):
            found[names_it] = FormerCommune(code=row["code"], name=name, successor=successor)
    return sorted(found.values())


def _read_dataset(*, folder: Path) -> Dataset:
    rows = _read_rows(folder=folder, name="communes")
    epci = _read_rows(folder=folder, name="epci")
    epci_of = {member["code"]: row["code"] for row in epci for member in row["membres"]}
    departements = _read_rows(folder=folder, name="departements")
    return Dataset(
        source={
            "package": PACKAGE,
            "version": VERSION,
            "licence": LICENCE,
            "origin": "Insee (code officiel géographique, populations légales), DGCL (EPCI), La Poste (codes postaux)",
        },
        regions=sorted(
            Region(code=row["code"], name=tidy_name(row["nom"]))
            for row in _read_rows(folder=folder, name="regions")
            if row["zone"] != _OVERSEAS_COLLECTIVITY
        ),
        departements=sorted(
            Departement(code=row["code"], name=tidy_name(row["nom"]), region=row["region"])
            for row in departements
            if row["zone"] != _OVERSEAS_COLLECTIVITY
        ),
        collectivites=sorted(
            Collectivite(code=row["code"], name=tidy_name(row["nom"]))
            for row in departements
            if row["zone"] == _OVERSEAS_COLLECTIVITY
        ),
        epci=sorted(Epci(code=row["code"], name=tidy_name(row["nom"])) for row in epci),
        communes=sorted(
            Commune(
                code=row["code"],
                name=tidy_name(row["nom"]),
                area=row["departement"],
                epci=epci_of.get(row["code"], ""),
                population=row.get("population", 0),
                postcodes=sorted(row.get("codesPostaux", [])),
                former_codes=sorted(row.get("anciensCodes", [])),
            )
            for row in rows
            if row["type"] == "commune-actuelle"
        ),
        arrondissements=sorted(
            Arrondissement(
                code=row["code"],
                name=tidy_name(row["nom"]),
                commune=row["commune"],
                population=row.get("population", 0),
                postcodes=sorted(row.get("codesPostaux", [])),
            )
            for row in rows
            if row["type"] == "arrondissement-municipal"
        ),
        former_communes=sorted(
            FormerCommune(code=row["code"], name=tidy_name(row["nom"]), successor=row["chefLieu"])
            for row in rows
            if row["type"] in {"commune-deleguee", "commune-associee"}
        ),
    )


def tidy_name(name: str) -> str:
    """Return an official name as French typography shows it: ’, œ, single spaces, no quotation marks around it."""
    name = name.replace('"', "").replace("'", "’").replace("Arrondissement", "arrondissement")
    return " ".join(_LIGATURE.sub(lambda match: _LIGATURES[match[0]], name).split())


def _check_package(*, folder: Path, version: str) -> None:
    manifest = _read_json(path=folder / "package.json")
    name, found = (manifest.get("name"), manifest.get("version")) if isinstance(manifest, dict) else (None, None)
    if name != PACKAGE or found != version:
        raise Refused(f"{folder} contient {name} {found} ; il faut {PACKAGE} {version}.")


def _read_rows(*, folder: Path, name: str) -> list[Any]:
    rows = _read_json(path=folder / "data" / f"{name}.json")
    if not isinstance(rows, list):
        raise Refused(f"data/{name}.json n’est pas une liste.")
    return rows


def _read_json(*, path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise Refused(f"{path} manque : ce dossier n’est pas le paquet {PACKAGE} décompressé.") from error
    except ValueError as error:
        raise Refused(f"{path} n’est pas du JSON lisible : {error}.") from error
