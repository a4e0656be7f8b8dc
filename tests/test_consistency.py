"""The repository keeps its word: what the documents say exists, and what exists is in the documents."""

import ast
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import get_commands
from wagtail.models import Page

from hub.settings.environment import OPTIONAL, REQUIRED

ROOT: Path = settings.BASE_DIR
APPS = ("events", "hub", "initiatives", "search")
LONGEST_MODULE = 700  # lines: one is looked at again above 500
LONGEST_TEST_MODULE = 400  # scenarios read one by one
SHARED_TEMPLATES = {"includes"}

# Written in pieces, so that this file does not contain what it forbids.
FOREIGN_WORDS = [
    "/" + "work/",
    "/" + "root/",
    "/" + "home/",
    "/" + "tmp/",
]


def tracked_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def documents() -> dict[Path, str]:
    return {
        path: text_of(path) for path in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]
    }


def own_commands() -> list[str]:
    return sorted(name for name, app in get_commands().items() if app.split(".")[0] in APPS)


def own_page_types() -> list[type[Page]]:
    return [model for model in apps.get_models() if issubclass(model, Page) and model.__module__.split(".")[0] in APPS]


# --- documents --------------------------------------------------------------------------------------------------------


def test_every_command_is_documented():
    written = "\n".join(documents().values())
    assert [name for name in own_commands() if not re.search(rf"\b{name}\b", written)] == []


def test_every_command_that_documents_name_exists():
    named = {name for text in documents().values() for name in re.findall(r"manage\.py ([a-z][a-z_]+)", text)}
    assert sorted(named - set(get_commands())) == []


def test_every_make_target_that_documents_name_exists():
    targets = set(re.findall(r"^([a-z-]+):", text_of(ROOT / "Makefile"), flags=re.MULTILINE))
    # As code: between backquotes, or indented.
    as_code = re.compile(r"(?:`|^ {4})make ([a-z-]+)", flags=re.MULTILINE)
    named = {name for text in documents().values() for name in as_code.findall(text)}
    assert named >= {"demo", "test"}
    assert sorted(named - targets) == []


def test_the_two_commands_of_a_newcomer_are_in_the_readme():
    readme = text_of(ROOT / "README.md")
    assert "make demo" in readme
    assert "make test" in readme


def test_every_link_between_documents_leads_somewhere():
    broken = [
        f"{path.relative_to(ROOT)}: {target}"
        for path, text in documents().items()
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text)
        if not (path.parent / target).exists()
    ]
    assert broken == []


def test_every_document_is_reachable_from_the_index():
    index = text_of(ROOT / "docs" / "index.md")
    missing = [
        path.name for path in (ROOT / "docs").glob("*.md") if path.name != "index.md" and f"({path.name})" not in index
    ]
    assert missing == []


def test_every_path_that_comments_refer_to_in_docs_exists():
    missing = set()
    for path in tracked_files():
        if path.suffix in {".py", ".html", ".toml", ".css", ".js"}:
            missing |= {
                name for name in re.findall(r"\bdocs/[\w./-]+\.md\b", text_of(path)) if not (ROOT / name).exists()
            }
    assert sorted(missing) == []


def test_every_variable_that_the_settings_read_is_in_the_operator_s_guide():
    guide = text_of(ROOT / "docs" / "exploitation.md")
    read = {*REQUIRED, *OPTIONAL}
    for path in [*(ROOT / "hub" / "settings").glob("*.py"), ROOT / "hub" / "gunicorn.py"]:
        read |= set(re.findall(r"(?:\benv\.\w+|environ\.get)\(\"([A-Z_]+)\"", text_of(path)))
    assert {"DATABASE_URL", "WEB_WORKERS", "HUB_VAR_DIR"} <= read
    assert sorted(name for name in read if f"`{name}`" not in guide) == []


def declared(*, groups: bool = True) -> set[str]:
    """The names of the libraries that pyproject.toml declares; those of the groups serve to work on the hub."""
    project = tomllib.loads(text_of(ROOT / "pyproject.toml"))
    lists = [project["project"]["dependencies"], *(project["dependency-groups"].values() if groups else ())]
    return {re.match(r"[\w.-]+", line).group() for lines in lists for line in lines}


def modules_named(path: Path) -> set[str]:
    """The first names of the modules that a file of Python imports."""
    found = set()
    for node in ast.walk(ast.parse(text_of(path))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


@pytest.mark.parametrize("of_tests", [False, True], ids=["the hub", "its tests"])
def test_each_library_that_is_imported_or_installed_is_declared(of_tests):
    libraries = packages_distributions()
    known = declared(groups=of_tests)
    named = set() if of_tests else {application.partition(".")[0] for application in settings.INSTALLED_APPS}
    for path in tracked_files():
        if path.suffix == ".py" and ("tests" in path.relative_to(ROOT).parts) == of_tests:
            named |= modules_named(path)
    foreign = named - set(sys.stdlib_module_names) - {*APPS, "tests"}
    assert foreign >= {"django", "pytest" if of_tests else "PIL"}
    undeclared = {
        name
        for name in foreign
        if not known & {library.lower().replace("_", "-") for library in libraries.get(name, [name])}
    }
    assert undeclared == set()


def test_each_dependency_has_one_line_that_says_why_it_is_there():
    explained = re.findall(r"^\| `([\w.-]+)`", text_of(ROOT / "docs" / "dependencies.md"), flags=re.MULTILINE)
    assert sorted(explained) == sorted(declared())


def test_the_lock_file_holds_every_dependency():
    locked = {package["name"] for package in tomllib.loads(text_of(ROOT / "uv.lock"))["package"]}
    assert declared() - locked == set()


# --- code -------------------------------------------------------------------------------------------------------------


def test_modules_stay_short_enough_to_be_read_at_once():
    long = {
        str(path.relative_to(ROOT)): lines
        for path in tracked_files()
        if path.suffix == ".py" and not {"migrations", "data"} & set(path.parts)
        if (lines := len(text_of(path).splitlines()))
        > (LONGEST_TEST_MODULE if "tests" in path.relative_to(ROOT).parts else LONGEST_MODULE)
    }
    assert long == {}


def test_no_file_speaks_of_a_machine():
    found = []
    for path in tracked_files():
        text = text_of(path)
        found += [
            f"{path.relative_to(ROOT)}: {word}" for word in FOREIGN_WORDS if re.search(rf"(?<![\w.]){word}", text)
        ]
    assert found == []


def test_every_folder_of_templates_belongs_to_an_app_or_replaces_a_library_s():
    labels = {config.label for config in apps.get_app_configs()}
    folders = {path.name for path in (ROOT / "templates").iterdir() if path.is_dir()}
    assert folders - labels - SHARED_TEMPLATES == set()


@pytest.mark.parametrize("model", own_page_types(), ids=lambda model: model.__name__)
def test_every_page_type_says_what_it_is_and_where_it_lives(model):
    declared = {
        name for ancestor in model.__mro__ if ancestor.__module__.split(".")[0] in APPS for name in vars(ancestor)
    }
    assert "parent_page_types" in declared
    assert model is apps.get_model("pages", "HomePage") or "subpage_types" in declared
    assert model.page_description
    assert model._meta.verbose_name != model.__name__.lower()
    assert (model._meta.verbose_name, model._meta.verbose_name_plural) != (
        Page._meta.verbose_name,
        Page._meta.verbose_name_plural,
    )


def test_a_class_of_ours_in_a_template_is_drawn_or_looked_for():
    files = tracked_files()
    named = {
        name
        for path in files
        if path.suffix == ".html" and path.is_relative_to(ROOT / "templates")
        for value in re.findall(r'class="([^"]*)"', text_of(path))
        for name in re.findall(r"\bhub-[a-z0-9_-]*[a-z0-9]", value)
    }
    static = ROOT / "hub" / "static"
    known = " ".join(text_of(path) for path in files if path.suffix in {".css", ".js"} and static in path.parents)
    assert {name for name in named if not re.search(rf"\b{name}(?![a-z0-9_-])", known)} == set()


def test_nothing_that_identifies_a_person_is_compared_by_folding_letters():
    """Each database folds letters its own way, some into a stranger's: hub/mail/addresses.py says what is equal."""
    folds = re.compile(
        r"(?:email|username|recipient|address)\w*__i(?:exact|contains|startswith|endswith|regex)"
        r"|(?:Upper|Lower|Collate)\(\"(?:\w+__)?(?:email|username|recipient)"
        r"|(?:email|recipient)\w*[\w\")\]]*\.(?:lower|upper|casefold)\(\)",
    )
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in tracked_files()
        if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in APPS and "migrations" not in path.parts
        for line in text_of(path).splitlines()
        if folds.search(line)
    ]
    assert found == []
