"""What a container platform is given, read off its files: nothing they name is missing, nothing runs as root."""

import re
import shlex
import tomllib

import pytest
import yaml
from django.conf import settings
from django.core.management import get_commands

from hub.settings.environment import REQUIRED, SECRETS
from hub.web.health import VIEWS

ROOT = settings.BASE_DIR
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
SERVICES = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
PROCFILE = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text(encoding="utf-8").splitlines())
GUIDE = (ROOT / "docs" / "exploitation.md").read_text(encoding="utf-8")
OURS = {name for name, service in SERVICES.items() if service["image"].startswith("hub:")}
RUNNING_THE_HUB = {"web", "worker", "release"}

each_service = pytest.mark.parametrize("name", SERVICES)


def image_of(name):
    return re.sub(r"\$\{\w+:-([^}]+)\}", r"\1", SERVICES[name]["image"])


def commands():
    """Every command of ours that a platform runs, as words."""
    yield re.findall(r'"([^"]+)"', DOCKERFILE.rsplit("\nCMD ", 1)[1])
    yield from (list(SERVICES[name]["command"]) for name in OURS if "command" in SERVICES[name])
    for command in PROCFILE.values():
        yield [word for word in shlex.split(command) if "=" not in word]
    for line in (ROOT / "hub" / "deploy" / "release.sh").read_text(encoding="utf-8").splitlines():
        if line.strip().startswith("python "):
            yield shlex.split(line.split("||")[0])


@pytest.mark.parametrize("name", sorted(RUNNING_THE_HUB))
def test_every_variable_is_one_the_hub_knows_and_every_required_one_is_given(name):
    given = set(SERVICES[name]["environment"])
    described = set(re.findall(r"`([A-Z][A-Z_]+)`", GUIDE))
    from_files = {f"{secret}_FILE": secret for secret in SECRETS}
    assert sorted(name for name in given if from_files.get(name, name) not in described) == []
    assert set(REQUIRED) - {from_files.get(name, name) for name in given} == set()


@each_service
def test_secrets_are_files_that_the_service_was_given(name):
    service = SERVICES[name]
    environment = service.get("environment", {})
    paths = {value for key, value in environment.items() if key.endswith("_FILE")}
    assert paths == {f"/run/secrets/{secret}" for secret in service.get("secrets", [])}
    assert [key for key in environment if re.search(r"PASSWORD|SECRET|API_KEY|DATABASE_URL|EMAIL_URL", key)] == [
        key for key in environment if key.endswith("_FILE")
    ]
    assert set(service.get("secrets", [])) <= set(COMPOSE["secrets"])


def test_every_secret_is_drawn_by_the_preparation():
    script = (ROOT / "hub" / "deploy" / "prepare.sh").read_text(encoding="utf-8")
    kept = set(re.findall(r"\| keep (\w+) ", script))
    assert kept == set(COMPOSE["secrets"])
    assert {source["file"] for source in COMPOSE["secrets"].values()} == {f"./secrets/{name}" for name in kept}
    accounts = {name: re.search(rf"^{name}=(\d+)", script, flags=re.MULTILINE).group(1) for name in ("hub", "search")}
    assert SERVICES["web"]["user"] == f"{accounts['hub']}:{accounts['hub']}"
    assert SERVICES["search"]["user"].startswith(f"{accounts['search']}:")


@each_service
def test_nothing_runs_as_root_nor_gains_rights(name):
    service = SERVICES[name]
    assert int(service["user"].split(":")[0]) > 0
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    # Elasticsearch writes its keystore beside its configuration when it starts.
    assert service.get("read_only", False) or name == "search"


def test_the_image_runs_as_the_account_it_makes():
    user = re.findall(r"^USER (\d+):(\d+)$", DOCKERFILE, flags=re.MULTILINE)
    assert user == [tuple(SERVICES["web"]["user"].split(":"))]
    assert f"--uid {user[0][0]}" in DOCKERFILE
    assert f"--gid {user[0][1]}" in DOCKERFILE


@each_service
def test_every_image_is_of_one_version(name):
    assert re.search(r":\d+\.\d+", image_of(name))


def test_versions_agree_with_those_of_the_repository():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert {image_of(name) for name in OURS} == {f"hub:{project['version']}"}
    stages = re.findall(r"^FROM (\S+)", DOCKERFILE, flags=re.MULTILINE)
    assert len(stages) == 2
    assert len(set(stages)) == 1
    assert re.fullmatch(r"python:3\.\d+\.\d+-slim-\w+", stages[0])
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(r"uv==([\d.]+)", DOCKERFILE).group(1) == re.search(r"UV_VERSION := (\S+)", makefile).group(1)


def test_health_is_asked_where_it_is_told():
    asked = [SERVICES["web"]["healthcheck"]["test"][-1], re.search(r'"(/sante/\w+)"\]', DOCKERFILE).group(1)]
    assert asked == ["/sante/pret", "/sante/vif"]
    assert set(asked) == set(VIEWS)


@each_service
def test_whoever_stays_up_says_how_it_is_or_is_not_asked(name):
    service = SERVICES[name]
    if service["restart"] == "no" or name == "worker":
        assert service["healthcheck"] == {"disable": True}
    else:
        assert service["healthcheck"]["test"]


def test_every_command_and_every_script_exists():
    seen = list(commands())
    managed = {words[2] for words in seen if words[:2] == ["python", "manage.py"]}
    assert managed >= {
        "migrate",
        "run_worker",
        "rebuild_search",
        "prepare_site",
        "load_vocabulary",
        "load_thesaurus",
        "load_territories",
    }
    assert managed - set(get_commands()) == set()
    scripts = {words[1] for words in seen if words[0] in {"sh", "python"}}
    assert [script for script in sorted(scripts) if not (ROOT / script).is_file()] == []
    assert ["gunicorn", "--config", "python:hub.gunicorn", "hub.wsgi"] in seen
    assert {words[0] for words in seen} == {"gunicorn", "python", "sh"}


def test_the_worker_is_the_same_everywhere():
    worker = ["python", "manage.py", "run_worker"]
    assert SERVICES["worker"]["command"] == worker
    assert shlex.join(worker[1:]) in GUIDE
    beside_the_web_server = (ROOT / shlex.split(PROCFILE["web"])[1]).read_text(encoding="utf-8")
    assert shlex.join(worker) in beside_the_web_server
    assert "exec gunicorn --config python:hub.gunicorn hub.wsgi" in beside_the_web_server


def test_what_a_service_waits_for_and_mounts_is_declared():
    for service in SERVICES.values():
        for other, condition in service.get("depends_on", {}).items():
            ends = condition["condition"] == "service_completed_successfully"
            assert (SERVICES[other]["restart"] == "no") == ends
        volumes = {volume.split(":")[0] for volume in service.get("volumes", [])}
        assert {volume for volume in volumes if not volume.startswith("./")} <= set(COMPOSE["volumes"])
        assert set(service.get("networks", [])) <= set(COMPOSE["networks"])


def test_only_the_web_server_is_reached_and_from_this_machine_alone():
    assert {name: service["ports"] for name, service in SERVICES.items() if "ports" in service} == {
        "web": ["127.0.0.1:8000:8000"]
    }


def test_the_image_holds_what_serves_and_neither_secrets_nor_tests():
    kept = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert "*" in kept
    allowed = {line[1:] for line in kept if line.startswith("!")}
    assert {"hub", "search", "events", "initiatives", "templates", "manage.py", "uv.lock"} <= allowed
    assert not allowed & {"tests", "secrets", "var", ".git", ".env"}
    assert [name for name in sorted(allowed) if not (ROOT / name).exists()] == []
