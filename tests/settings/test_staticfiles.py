"""What is left out of a release is asked for by nobody."""

import re
from pathlib import Path, PurePosixPath

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.utils import matches_patterns

STYLESHEET = "dsfr/dist/dsfr.min.css"


def is_collected(name):
    patterns = apps.get_app_config("staticfiles").ignore_patterns
    return not matches_patterns(PurePosixPath(name).name, patterns) and not matches_patterns(name, patterns)


def test_every_file_the_state_s_stylesheet_names_is_collected():
    stylesheet = Path(finders.find(STYLESHEET)).read_text(encoding="utf-8")
    named = {name.strip("\"'").split("?")[0].split("#")[0] for name in re.findall(r"url\(([^)]*)\)", stylesheet)}
    files = {str(PurePosixPath(STYLESHEET).parent / name) for name in named if not name.startswith("data:")}
    assert len(files) > 50
    assert [name for name in sorted(files) if not is_collected(name)] == []


def test_every_file_the_templates_name_exists_and_is_collected():
    templates = Path(settings.BASE_DIR, "templates").rglob("*.html")
    named = {
        name
        for template in templates
        # The error pages name files without the tag: they must not depend on the list of hashed names.
        for name in re.findall(
            r"""(?:{%\s*static\s+["']|["']/static/)([^"']+)["']""", template.read_text(encoding="utf-8")
        )
    }
    assert STYLESHEET in named
    assert [name for name in sorted(named) if not finders.find(name) or not is_collected(name)] == []


def test_the_components_one_by_one_are_left_out():
    assert finders.find("dsfr/dist/component/card/card.min.css")
    assert not is_collected("dsfr/dist/component/card/card.min.css")
