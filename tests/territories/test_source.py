"""The developer's command, on a tiny package of the same structure as npm's."""

import gzip
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from hub.refusals import Refused
from hub.territories.dataset import Commune, Departement, FormerCommune, read_dataset, write_dataset
from hub.territories.source import HISTORY_VERSION, PACKAGE, VERSION, dataset_from_package, tidy_name
from tests.territories.small import SMALL, with_commune

FILES = {
    "regions": [
        {"code": "84", "nom": "Auvergne-Rhône-Alpes", "zone": "metro"},
        {"code": "975", "nom": "Saint-Pierre-et-Miquelon", "zone": "com"},
    ],
    "departements": [
        {"code": "69", "nom": "Rhône", "region": "84", "zone": "metro"},
        {"code": "01", "nom": "Ain", "region": "84", "zone": "metro"},
        {"code": "975", "nom": "Saint-Pierre-et-Miquelon", "region": "975", "zone": "com"},
    ],
    "epci": [
        {"code": "200070118", "nom": "CC  Coeur d'\"Ain\"", "membres": [{"code": "01015"}, {"code": "69123"}]},
    ],
    "communes": [
        {
            "code": "69123", "nom": "Lyon", "type": "commune-actuelle", "departement": "69", "region": "84",
            "codesPostaux": ["69002", "69001"], "population": 520_000,
        },
        {
            "code": "69381", "nom": "Lyon 1er Arrondissement", "type": "arrondissement-municipal", "commune": "69123",
            "departement": "69", "region": "84", "codesPostaux": ["69001"], "population": 29_000,
        },
        {
            "code": "01015", "nom": "Arboys en Bugey", "type": "commune-actuelle", "departement": "01", "region": "84",
            "codesPostaux": ["01300"], "population": 650, "anciensCodes": ["01340"],
        },
        {"code": "01015", "nom": "Arbignieu", "type": "commune-deleguee", "chefLieu": "01015", "departement": "01"},
        {"code": "01340", "nom": "Saint-Bois", "type": "commune-associee", "chefLieu": "01015", "departement": "01"},
        {"code": "97502", "nom": "Saint-Pierre", "type": "commune-actuelle", "departement": "975", "region": "975"},
    ],
}  # fmt: skip


@pytest.fixture
def package(tmp_path):
    folder = tmp_path / "package"
    (folder / "data").mkdir(parents=True)
    (folder / "package.json").write_text(json.dumps({"name": PACKAGE, "version": VERSION}))
    for name, rows in FILES.items():
        (folder / "data" / f"{name}.json").write_text(json.dumps(rows))
    return folder


def test_the_command_writes_a_file_the_loader_reads(package, tmp_path):
    output, said = tmp_path / "out.json.gz", StringIO()
    call_command("build_territories_data", str(package), "--output", str(output), stdout=said)
    dataset = read_dataset(path=output)
    assert dataset.source["version"] == VERSION
    assert "Licence Ouverte" in dataset.source["licence"]
    assert dataset.departements == [Departement("01", "Ain", "84"), Departement("69", "Rhône", "84")]
    assert [row.code for row in dataset.regions] == ["84"]
    assert [row.code for row in dataset.collectivites] == ["975"]
    assert dataset.communes[0] == Commune("01015", "Arboys en Bugey", "01", "200070118", 650, ["01300"], ["01340"])
    assert dataset.communes[2] == Commune("97502", "Saint-Pierre", "975", "", 0, [], [])
    assert dataset.arrondissements[0].name == "Lyon 1er arrondissement"
    assert FormerCommune("01340", "Saint-Bois", "01015") in dataset.former_communes
    assert dataset.epci[0].name == "CC Cœur d’Ain"
    assert "3 communes" in said.getvalue()


def test_the_same_source_gives_the_same_bytes(package, tmp_path):
    for name in ("a", "b"):
        write_dataset(dataset=dataset_from_package(folder=package), path=tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_names_are_typeset(package):
    assert tidy_name("Provence-Alpes-Côte d'Azur") == "Provence-Alpes-Côte d’Azur"
    assert tidy_name("CC des Villes Soeurs") == "CC des Villes Sœurs"


def test_another_version_of_the_package_is_refused(package):
    (package / "package.json").write_text(json.dumps({"name": PACKAGE, "version": "5.3.0"}))
    with pytest.raises(CommandError, match=r"5\.3\.0 ; il faut"):
        call_command("build_territories_data", str(package))


def test_a_folder_that_is_not_the_package_is_refused(tmp_path):
    with pytest.raises(CommandError, match="n’est pas le paquet"):
        call_command("build_territories_data", str(tmp_path))


def test_a_package_of_another_shape_is_refused(package):
    (package / "data" / "regions.json").write_text(json.dumps([{"code": "84"}]))
    with pytest.raises(Refused, match="zone"):
        dataset_from_package(folder=package)


def test_npm_missing_is_said(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CommandError, match="npm n’est pas installé"):
        call_command("build_territories_data", "--npm", stdout=StringIO())


def test_a_written_dataset_is_read_back_the_same(tmp_path):
    write_dataset(dataset=SMALL, path=tmp_path / "small")
    assert read_dataset(path=tmp_path / "small") == SMALL


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"not gzip at all", "gzip"),
        (gzip.compress(b"{}")[:-6], "gzip"),
        (gzip.compress(b"{"), "JSON"),
        (gzip.compress(b"[]"), "format"),
        (gzip.compress(b'{"format": 99}'), "format"),
        (gzip.compress(b'{"format": 1}'), "regions"),
        (gzip.compress(b'{"format": 1, "regions": [["84"]]}'), "Ligne inattendue"),
    ],
    # Compressed bytes hold the time: as names, they would differ from one process of the run to another.
    ids=["not gzip", "cut short", "not JSON", "not an object", "other format", "no regions", "short line"],
)
def test_a_damaged_file_is_refused_with_the_reason(tmp_path, content, message):
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(Refused, match=message):
        read_dataset(path=tmp_path / "file")


def test_a_file_with_a_container_that_does_not_exist_is_refused(tmp_path):
    stray = SMALL.communes[0]._replace(epci="999999999")
    write_dataset(dataset=with_commune(stray), path=tmp_path / "file")
    with pytest.raises(Refused, match="EPCI 999999999 de la commune 01053"):
        read_dataset(path=tmp_path / "file")


def test_names_of_before_come_from_the_history_of_communes(package, tmp_path):
    history = tmp_path / "history"
    (history / "data").mkdir(parents=True)
    (history / "package.json").write_text(json.dumps({"name": PACKAGE, "version": HISTORY_VERSION}))
    rows = [
        {"code": "01340", "nom": "Saint-Bois-le-Vieux", "type": "COM", "dateFin": "1950-01-01"},
        {"code": "01340", "nom": "Saint-Bois", "type": "COM"},
        {"code": "01015", "nom": "Arboys en Bugey", "type": "COM"},
        {"code": "99999", "nom": "Nulle-Part", "type": "COM"},
    ]
    (history / "data" / "historique-communes.json").write_text(json.dumps(rows))
    dataset = dataset_from_package(folder=package, history=history)
    assert dataset.old_names == [FormerCommune("01340", "Saint-Bois-le-Vieux", "01015")]
    write_dataset(dataset=dataset, path=tmp_path / "file")
    assert read_dataset(path=tmp_path / "file") == dataset
