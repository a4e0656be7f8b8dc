"""The floors of the house (docs/architecture.md): who may import whom, read off the source."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

ROOT: Path = settings.BASE_DIR
PACKAGES = ("hub", "search", "initiatives", "events")
UPPER_FLOORS = ("search", "initiatives", "events")

# What the search may know of the ground floor.
GROUND_FLOOR_OF_SEARCH = (
    "hub.daily.loops",
    "hub.daily.registry",
    "hub.web.health",
    "hub.web.limits",
    "hub.pages.records",
    "hub.pages.catalogue",
    "hub.pages.videos",
    "hub.refusals",
    "hub.statements",
    "hub.territories",
    "hub.vocabulary",
)

# Inside a package, from the ground up: a part imports those of its floor and of the floors below. What is not named
# stands above them all and puts them together.
FLOORS_WITHIN: dict[str, tuple[str, ...]] = {
    "hub": (
        "accents admin_menu deploy files french_fields refusals settings statements web widgets",
        "daily",
        "mail",
        "accounts territories vocabulary",
        "checks pages",
    ),
    "initiatives": (
        "answers enums fields forms keywords",
        "models",
        "drafts people readable settling similar states thread",
        "comparing completeness reporting",
        "review",
        "upkeep",
        "space",
        "bulk",
    ),
    "search": (
        "analysis enums inclusive models tree",
        "highlighting place_words places_in_words query synonyms",
        "compiler tiers",
        "engines spelling",
        "asking checks marking presentation status",
        "delivery outbox rebuild",
        "asked explaining landing nearest resolving service thesaurus unanswered worker",
    ),
}
# Folders that Django finds by their name.
OF_DJANGO = {"management", "migrations", "templatetags"}


def imports_of(*, path: Path) -> Iterator[tuple[int, str]]:
    """Yield (line, dotted name) of each import; ``from a import b`` gives ``a.b``, which may be a module or a name."""
    module = path.relative_to(ROOT).with_suffix("").parts
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(module[: -node.level]) if node.level else ""
            origin = ".".join(filter(None, (base, node.module)))
            yield from ((node.lineno, f"{origin}.{alias.name}") for alias in node.names)


def is_within(*, name: str, packages: tuple[str, ...]) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def trespasses(*, package: str, forbidden: tuple[str, ...], allowed: tuple[str, ...] = ()) -> list[str]:
    found = []
    for path in sorted((ROOT / package).rglob("*.py")):
        if path == ROOT / "hub" / "urls.py":
            continue  # the one place that puts the floors together
        for line, name in imports_of(path=path):
            if is_within(name=name, packages=forbidden) and not is_within(name=name, packages=allowed):
                found.append(f"{path.relative_to(ROOT)}:{line} imports {name}")
    return found


def test_the_ground_floor_knows_nothing_of_those_above():
    assert trespasses(package="hub", forbidden=UPPER_FLOORS) == []


def test_the_search_knows_the_catalogue_and_no_type_of_content():
    assert trespasses(package="search", forbidden=("initiatives", "events")) == []
    assert trespasses(package="search", forbidden=("hub",), allowed=GROUND_FLOOR_OF_SEARCH) == []


def test_initiatives_know_neither_workshops_nor_the_search():
    assert trespasses(package="initiatives", forbidden=("events", "search")) == []


def test_workshops_may_present_initiatives_but_do_not_know_the_search():
    assert trespasses(package="events", forbidden=("search",)) == []


@pytest.mark.parametrize("package", FLOORS_WITHIN)
def test_inside_a_package_a_part_knows_its_floor_and_those_below(package):
    found = []
    below: set[str] = set()
    for floor in FLOORS_WITHIN[package]:
        below |= set(floor.split())
        allowed = tuple(f"{package}.{part}" for part in below)
        for part in floor.split():
            own = [(ROOT / package / part).with_suffix(".py"), *(ROOT / package / part).rglob("*.py")]
            assert any(path.exists() for path in own), part
            for path in filter(Path.exists, own):
                for line, name in imports_of(path=path):
                    if name.startswith(f"{package}.") and not is_within(name=name, packages=allowed):
                        found.append(f"{path.relative_to(ROOT)}:{line} imports {name}")
    assert found == []


@pytest.mark.parametrize("package", FLOORS_WITHIN)
def test_every_room_has_its_floor(package):
    rooms = {path.parent.name for path in (ROOT / package).glob("*/*.py")} - OF_DJANGO
    assert rooms <= {part for floor in FLOORS_WITHIN[package] for part in floor.split()}


def test_nothing_served_depends_on_the_tests():
    for package in PACKAGES:
        assert trespasses(package=package, forbidden=("tests",)) == []


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import events.models", ["events.models"]),
        ("from events import models", ["events.models"]),
        ("def late():\n    from events.models import WorkshopPage", ["events.models.WorkshopPage"]),
        ("from . import facets", ["search.facets"]),
        ("from .engines import base", ["search.engines.base"]),
    ],
)
def test_every_way_of_importing_is_seen(source, expected, tmp_path, monkeypatch):
    monkeypatch.setattr("tests.test_floors.ROOT", tmp_path)
    module = tmp_path / "search" / "views.py"
    module.parent.mkdir()
    module.write_text(source)
    assert [name for _line, name in imports_of(path=module)] == expected
