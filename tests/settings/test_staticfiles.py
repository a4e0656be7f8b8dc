"""What is left out of a release is asked for by nobody."""

import json
import re
from pathlib import Path, PurePosixPath

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.utils import matches_patterns

from tests.settings.test_production import run_python

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


SERVED_IN_PRODUCTION = """
import json
import django
django.setup()
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.test import Client

call_command("collectstatic", "--no-input", verbosity=0)
seen = {}
for name in ("hub/hub.css", "dsfr/dist/dsfr.min.css"):
    for encoding in ("br", "gzip", ""):
        address = staticfiles_storage.url(name)
        headers = {"host": "hub.example.gouv.fr", "accept-encoding": encoding}
        response = Client().get(address, secure=True, headers=headers)
        seen[f"{name} {encoding}"] = [
            address, response.status_code, response.headers.get("Cache-Control"),
            response.headers.get("Content-Encoding", ""), sum(map(len, response)),
        ]
plain = Client().get("/static/hub/hub.css", secure=True, headers={"host": "hub.example.gouv.fr"})
seen["without its hash"] = ["", plain.status_code, plain.headers["Cache-Control"], "", 0]
print(json.dumps(seen))
"""


@pytest.mark.slow
def test_production_serves_files_named_after_their_content_compressed_and_for_ever(environ):
    result = run_python("-W", "ignore", "-c", SERVED_IN_PRODUCTION, environ=environ)
    assert result.returncode == 0, result.stderr
    seen = json.loads(result.stdout)
    without_hash = seen.pop("without its hash")
    assert without_hash[1] == 200
    assert "immutable" not in without_hash[2]
    for asked, (address, status, cache, encoding, size) in seen.items():
        name, _, wanted = asked.partition(" ")
        assert status == 200
        assert re.search(r"\.[0-9a-f]{12}\.css$", address)
        assert cache == "max-age=315360000, public, immutable"
        assert encoding == wanted
        assert size < seen[f"{name} "][4] / 3 or not wanted
