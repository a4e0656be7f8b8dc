"""The files, settings and environment of an Elasticsearch node."""

import os
import pwd
import shutil
from dataclasses import dataclass
from pathlib import Path

from .archive import ServerFolder
from .certificates import Certificate

# Lines of the options of Java that write beside the program, where an unprivileged user may not.
UNWANTED_JAVA_OPTIONS = ("-Xlog", "-XX:HeapDumpPath", "-XX:+HeapDumpOnOutOfMemoryError", "-XX:ErrorFile")
# The server attaches to itself through a socket in the machine's temporary folder: this one takes its place when the
# machine's is closed to the server's user.
PRIVATE = "private"
FOLDERS = ("data", "config", "logs", "temporary", PRIVATE)

ADMIN_NAME = "hub-admin"
ADMIN_PASSWORD = "hub-de-test"
ADMIN_PASSWORD_HASH = "$2a$10$N9qo8uLOickgx2ZMRZoMyepaTPgW9/xUqf4qj/hzL.MBmNDY.NAIi"


@dataclass(frozen=True, slots=True)
class Security:
    """Security switched on: TLS with this certificate, and the superuser ``ADMIN_NAME``."""

    certificate: Certificate


@dataclass(frozen=True, slots=True)
class Cluster:
    """The cluster a node belongs to: its name, and the transport port of each node by name."""

    name: str
    transport_ports: dict[str, int]


def prepare_folder(
    *, server: ServerFolder, folder: Path, security: Security | None, user: pwd.struct_passwd | None
) -> None:
    """Make the folders of a node, with its configuration, given to the user that will run it."""
    for name in FOLDERS:
        (folder / name).mkdir(parents=True, exist_ok=True)
    config = folder / "config"
    shutil.copytree(server.path / "config", config, dirs_exist_ok=True)
    options = config / "jvm.options"
    lines = options.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not line.startswith(UNWANTED_JAVA_OPTIONS)]
    options.write_text("\n".join(kept) + "\n", encoding="utf-8")
    if security is not None:
        # The server reads nothing outside its own folders.
        shutil.copy(security.certificate.certificate, config / "server.pem")
        shutil.copy(security.certificate.key, config / "server.key")
        (config / "users").write_text(f"{ADMIN_NAME}:{ADMIN_PASSWORD_HASH}\n", encoding="utf-8")
        (config / "users_roles").write_text(f"superuser:{ADMIN_NAME}\n", encoding="utf-8")
    if user is not None:
        for path in [folder, *folder.rglob("*")]:
            os.chown(path, user.pw_uid, user.pw_gid)


def node_settings(
    *, name: str, folder: Path, http_port: int, transport_port: int, secured: bool, cluster: Cluster | None
) -> dict[str, str]:
    """Return the settings of a node about to start: on this machine only, no index made by a stray write."""
    settings = {
        "cluster.name": cluster.name if cluster else name,
        "node.name": name,
        "network.host": "127.0.0.1",
        "http.port": str(http_port),
        "transport.port": str(transport_port),
        "path.data": str(folder / "data"),
        "path.logs": str(folder / "logs"),
        "action.auto_create_index": "false",
        "cluster.routing.allocation.disk.threshold_enabled": "false",
        "xpack.security.enabled": "false",
    }
    if cluster is None:
        settings["discovery.type"] = "single-node"
    else:
        ports = cluster.transport_ports
        settings["discovery.seed_hosts"] = ",".join(f"127.0.0.1:{port}" for port in ports.values())
        if not any((folder / "data").iterdir()):
            # Only to form the cluster: a node that comes back joins it.
            settings["cluster.initial_master_nodes"] = ",".join(ports)
    if secured:
        settings |= {
            "xpack.security.enabled": "true",
            "xpack.security.autoconfiguration.enabled": "false",
            "xpack.security.http.ssl.enabled": "true",
            "xpack.security.http.ssl.certificate": "server.pem",
            "xpack.security.http.ssl.key": "server.key",
        }
    return settings


def node_environment(*, server: ServerFolder, folder: Path, heap_mb: int) -> dict[str, str]:
    """Return the environment of a node: the machine's PATH, and nothing else of this process's.

    ``JAVA_OPTS``, ``ES_…`` and the like would change the node.
    """
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "LANG": "C.UTF-8",
        "ES_JAVA_HOME": str(server.java_home),
        "CLI_NAME": "server",
        "CLI_LIBS": "lib/tools/server-cli",
        "CLI_JAVA_OPTS": f"-Djava.io.tmpdir={folder / PRIVATE}",
        "ES_PATH_CONF": str(folder / "config"),
        "ES_TMPDIR": str(folder / "temporary"),
        "ES_JAVA_OPTS": f"-Xms{heap_mb}m -Xmx{heap_mb}m",
    }
