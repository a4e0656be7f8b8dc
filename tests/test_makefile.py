"""The first commands a newcomer types: they work from nothing, and say clearly what is missing."""

import os
import re
import shutil
import socket
import subprocess
import sys

import pytest
from django.conf import settings

MAKE = shutil.which("make")
pytestmark = pytest.mark.skipif(MAKE is None, reason="make n’est pas installé")


@pytest.fixture
def clone(tmp_path):
    """A folder with the Makefile and nothing installed."""
    shutil.copy(settings.BASE_DIR / "Makefile", tmp_path)
    (tmp_path / "uv.lock").touch()
    for folder in ("events", "hub", "initiatives", "search", "templates", "tests", "programs"):
        (tmp_path / folder).mkdir()
    return tmp_path


def make(*arguments, folder, path=None):
    environ = {"PATH": path or os.environ["PATH"], "LANG": "C.UTF-8"}
    return subprocess.run(
        [MAKE, *arguments], cwd=folder, env=environ, capture_output=True, text=True, check=False, timeout=60
    )


def pretend_python(*, folder, version, has_venv=True):
    """Programs named like Python that answer a version, and the few system commands the Makefile needs."""
    programs = folder / "programs"
    major, minor = (int(part) for part in version.split("."))
    accepted = (major, minor) >= (3, 11)
    for name in ("python3", "python3.11", "python3.12", "python3.13", "python3.14"):
        program = programs / name
        program.write_text(
            "#!/bin/sh\n"
            f'case "$1" in --version) echo "Python {version}.2";; -c) exit {0 if accepted else 1};;'
            f" -m) exit {0 if has_venv else 1};; esac\n"
        )
        program.chmod(0o755)
    for name in ("sh", "find", "awk", "rm", "printf"):
        (programs / name).symlink_to(shutil.which(name))
    return str(programs)


def test_help_lists_every_command_with_what_it_does(clone):
    listed = set(re.findall(r"^  make ([a-z-]+) +\S", make("help", folder=clone).stdout, flags=re.MULTILINE))
    assert {"demo", "test", "lint", "bench", "help"} <= listed
    assert make(folder=clone).stdout == make("help", folder=clone).stdout


def test_an_old_python_is_refused_with_the_version_found_and_what_to_do(clone):
    result = make("demo", folder=clone, path=pretend_python(folder=clone, version="3.9"))
    assert result.returncode != 0
    assert "Il faut Python 3.11 ou plus récent" in result.stderr
    assert "Python 3.9.2" in result.stderr
    assert not (clone / ".venv").exists()


def test_a_python_without_venv_is_told_which_package_to_install(clone):
    path = pretend_python(folder=clone, version="3.11", has_venv=False)
    result = make("demo", folder=clone, path=path)
    assert result.returncode != 0
    assert "apt install python3-venv" in result.stderr


def test_a_busy_port_is_told_before_anything_long_begins(clone):
    (clone / ".venv" / "bin").mkdir(parents=True)
    (clone / ".venv" / "bin" / "python").symlink_to(sys.executable)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        result = make("demo", f"PORT={port}", folder=clone)
    assert result.returncode != 0
    assert f"Le port {port} est déjà occupé" in result.stderr
    assert "Installation" not in result.stdout


def test_continuous_integration_is_a_valid_script_that_anyone_may_run():
    script = settings.BASE_DIR / ".ci" / "run"
    assert os.access(script, os.X_OK)
    checked = subprocess.run(["bash", "-n", str(script)], capture_output=True, text=True, check=False)
    assert checked.stderr == ""
