"""Starting the hub and the three proxies, each on ports, folders and certificates of the test's own."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from tests.proxies.asking import SITE, ask
from tests.servers.processes import GuardedProcess, end_session, free_port, last_lines

FILES = settings.BASE_DIR / "hub" / "deploy" / "proxies"
PAGES = FILES / "pages"
START_LIMIT = 90.0  # seconds
STOP_LIMIT = 15.0  # seconds
PROXIES = ("nginx", "caddy", "haproxy")
PROGRAMS_FOLDERS = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def program(name: str) -> str | None:
    """Return the path of a proxy's program; Debian keeps some where only root looks."""
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:{PROGRAMS_FOLDERS}")


def make_certificate(*, folder: Path) -> None:
    """Write ``fullchain.pem``, ``privkey.pem``, and both together in ``hub.pem``."""
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={SITE}"),
            *("-addext", f"subjectAltName=DNS:{SITE}"),
            *("-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem")),
        ],
        check=True,
        capture_output=True,
    )
    both = (folder / "fullchain.pem").read_text() + (folder / "privkey.pem").read_text()
    (folder / "hub.pem").write_text(both)


def adapted(*, file: str, changes: dict[str, str]) -> str:
    """Return a configuration of the repository with what an operator adapts, each thing being there to be adapted."""
    text = (FILES / file).read_text(encoding="utf-8")
    for given, ours in changes.items():
        if given not in text:
            raise AssertionError(f"{file} ne dit plus « {given} »")
        text = text.replace(given, ours)
    return text


def nginx(*, folder: Path, port: int, hub: int) -> list[str]:
    """Write nginx's configuration; return its command."""
    changes = {
        "listen 80;": f"listen 127.0.0.1:{free_port()};",
        "listen 443 ssl http2;": f"listen 127.0.0.1:{port} ssl http2;",
        "/etc/ssl/hub/": f"{folder.parent}/",
        "127.0.0.1:8000": f"127.0.0.1:{hub}",
        "/srv/hub/var": str(folder.parent / "var"),
        "/srv/hub/app/hub/deploy/proxies": str(FILES),
    }
    (folder / "hub.conf").write_text(adapted(file="nginx.conf", changes=changes))
    temporary = "".join(
        f"{name}_temp_path {folder}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"{'user root;' if os.geteuid() == 0 else ''}\nworker_processes 1;\npid {folder}/pid;\n"
        f"error_log stderr;\nevents {{ worker_connections 1024; }}\n"
        f"http {{\naccess_log off;\ninclude /etc/nginx/mime.types;\n{temporary}include {folder}/hub.conf;\n}}\n"
    )
    return [str(program("nginx")), "-c", str(folder / "nginx.conf"), "-g", "daemon off;"]


def caddy(*, folder: Path, port: int, hub: int) -> list[str]:
    """Write Caddy's configuration; return its command."""
    changes = {
        "{\n\tservers {": "{\n\tadmin off\n\tauto_https off\n\tservers {",
        f"{SITE} {{": (
            f"https://{SITE}:{port} {{\n\tbind 127.0.0.1\n"
            f"\ttls {folder.parent}/fullchain.pem {folder.parent}/privkey.pem"
        ),
        "127.0.0.1:8000": f"127.0.0.1:{hub}",
        "/srv/hub/var": str(folder.parent / "var"),
        "/srv/hub/app/hub/deploy/proxies": str(FILES),
    }
    (folder / "Caddyfile").write_text(adapted(file="Caddyfile", changes=changes))
    return [str(program("caddy")), "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]


def haproxy(*, folder: Path, port: int, hub: int) -> list[str]:
    """Write HAProxy's configuration; return its command."""
    changes = {
        "log /dev/log local0": "log stderr format raw daemon",
        "bind :80\n": f"bind 127.0.0.1:{free_port()}\n",
        "bind :443": f"bind 127.0.0.1:{port}",
        "/etc/ssl/hub/": f"{folder.parent}/",
        "127.0.0.1:8000": f"127.0.0.1:{hub}",
        "/srv/hub/app/hub/deploy/proxies": str(FILES),
    }
    (folder / "haproxy.cfg").write_text(adapted(file="haproxy.cfg", changes=changes))
    return [str(program("haproxy")), "-db", "-f", str(folder / "haproxy.cfg")]


COMMANDS: dict[str, Callable[..., list[str]]] = {"nginx": nginx, "caddy": caddy, "haproxy": haproxy}


@contextmanager
def running_proxy(*, name: str, folder: Path, hub: int, healthy: bool = True) -> Iterator[int]:
    """Run a proxy in front of the hub, which answers or is away; yields its port."""
    own = folder / f"{name}-{hub}"
    own.mkdir(exist_ok=True)
    port = free_port()
    environment = {"PATH": PROGRAMS_FOLDERS, "HOME": str(own), "XDG_DATA_HOME": str(own), "XDG_CONFIG_HOME": str(own)}
    command = COMMANDS[name](folder=own, port=port, hub=hub)
    with running(command, folder=own, removed=own, environment=environment) as process:
        wait(process, until=lambda: ask(port=port, path="/sante/vif").status == (200 if healthy else 503))
        yield port


def hub_environment(*, folder: Path, port: int) -> dict[str, str]:
    """Return what production needs."""
    return {
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "DJANGO_SETTINGS_MODULE": "tests.proxies.settings",
        "SECRET_KEY": "vG7w-ROUdXk1Jc8sTq5Zb0yLm3Hn6Pf9aEi2KxWoCgNuBtMlDrSjQzYh",
        "ALLOWED_HOSTS": SITE,
        "PUBLIC_BASE_URL": f"https://{SITE}",
        "DATABASE_URL": "postgres://hub:secret@127.0.0.1:1/hub",
        "EMAIL_URL": "smtp+tls://hub:secret@mail.example.internal:587",
        "DEFAULT_FROM_EMAIL": "Hub Dihal <hub@example.gouv.fr>",
        "HUB_VAR_DIR": str(folder / "var"),
        "SEARCH_HOST_NAME": "web-1",
        "SECURITY_CONTACT": "mailto:securite@example.gouv.fr",
        "MAIL_DELIVERY": "worker",
        "BIND": f"127.0.0.1:{port}",
        "WEB_WORKERS": "1",
        "ACCESS_LOG": "0",
    }


@contextmanager
def running_hub(*, folder: Path, database: Path) -> Iterator[int]:
    """Run gunicorn with production's settings on a copy of a migrated database; yields its port."""
    var = folder / "var"
    (var / "static").mkdir(parents=True)
    (var / "static" / "essai.css").write_text("a{}")
    shutil.copy(database, var / "hub.sqlite3")
    port = free_port()
    environment = hub_environment(folder=folder, port=port)
    prepare = [sys.executable, "manage.py", "createcachetable"]
    subprocess.run(prepare, cwd=settings.BASE_DIR, env=environment, check=True, capture_output=True)
    command = [sys.executable, "-m", "gunicorn", "--config", "python:hub.gunicorn", "hub.wsgi"]
    with running(command, folder=folder, removed=var, environment=environment, runs_in=settings.BASE_DIR) as process:
        wait(process, until=lambda: ask(port=port, path="/sante/vif", secure=False).status == 200)
        yield port


@contextmanager
def running(
    command: list[str], *, folder: Path, removed: Path, environment: dict[str, str], runs_in: Path | None = None
) -> Iterator[GuardedProcess]:
    """Run a command until the end of the block."""
    process = GuardedProcess(
        command=command, folder=runs_in or folder, removed=removed, log=folder / "log", environment=environment
    )
    try:
        yield process
    finally:
        end_session(identity=process.identity, limit=STOP_LIMIT)
        process.close()


def wait(process: GuardedProcess, *, until: Callable[[], bool]) -> None:
    """Wait for a process to answer."""
    limit = time.monotonic() + START_LIMIT
    while True:
        try:
            if until():
                return
        except OSError:
            pass
        if process.has_ended or time.monotonic() > limit:
            raise AssertionError(last_lines(process.log))
        time.sleep(0.1)
