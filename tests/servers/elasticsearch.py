"""Real Elasticsearch nodes on this machine: one, several that form a cluster, with or without security.

    with running_node() as node:
        node.request(path="/_cluster/health")

A node is two processes: a small launcher, and the server, its child, which ``Node.pid`` names. Both die with the
process that started them, even killed with -9.
"""

import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from .answers import Answer, ask
from .archive import ServerFolder, obtain
from .configuration import (
    ADMIN_NAME,
    ADMIN_PASSWORD,
    PRIVATE,
    Cluster,
    Security,
    node_environment,
    node_settings,
    prepare_folder,
)
from .errors import ServerError
from .folders import run_folder as lent_run_folder
from .privacy import protected_command
from .processes import (
    GuardedProcess,
    command_line,
    end_session,
    free_port,
    last_lines,
    send,
    session_members,
    unprivileged,
)
from .progress import silent, waiting

__all__ = [
    "ADMIN_NAME",
    "ADMIN_PASSWORD",
    "Cluster",
    "Node",
    "Security",
    "running_cluster",
    "running_node",
    "start_node",
]

SERVER_CLASS = "org.elasticsearch.bootstrap.Elasticsearch"
START_LIMIT = 180.0  # seconds: a busy machine of continuous integration
STOP_LIMIT = 30.0  # seconds


class Node:
    """One Elasticsearch node, started by ``start_node``.

    Attributes:
        url: its address, without credentials nor a slash at the end.
        folder: where its data, configuration and logs are.
        process: the guarded process it runs in.
    """

    def __init__(
        self,
        *,
        server: ServerFolder,
        folder: Path,
        name: str,
        http_port: int,
        transport_port: int,
        heap_mb: int,
        secured: Security | None,
        cluster: Cluster | None,
    ) -> None:
        self.server = server
        self.folder = folder
        self.name = name
        self.http_port = http_port
        self.transport_port = transport_port
        self.heap_mb = heap_mb
        self.secured = secured
        self.cluster = cluster
        self.url = f"{'https' if secured else 'http'}://127.0.0.1:{http_port}"
        self._user = unprivileged("nobody")
        prepare_folder(server=server, folder=folder, security=secured, user=self._user)
        self.process = self._launch()

    # --- speaking to it ---------------------------------------------------------------------------------------------

    @property
    def ca_file(self) -> Path | None:
        """The certificate its clients must trust, when it is secured."""
        return self.secured.certificate.authority if self.secured else None

    def request(
        self, *, path: str, method: str = "GET", body: Any = None, timeout: float = 30, verified: bool = True
    ) -> Answer:
        """Ask the node something, as its superuser when it is secured (see ``answers.ask``)."""
        address = self.url.replace("://", f"://{ADMIN_NAME}:{ADMIN_PASSWORD}@") if self.secured else self.url
        return ask(
            url=address,
            path=path,
            method=method,
            body=body,
            ca_file=self.ca_file,
            verified=verified,
            timeout=timeout,
        )

    def wait_ready(self, *, limit: float = START_LIMIT, nodes: int = 1, tell: Callable[[str], None] = silent) -> None:
        """Wait until the node answers searches and its cluster has that many nodes, ``limit`` seconds at most.

        Raises:
            ServerError: it ended, or is not ready in time; with the end of its log.
        """

        def is_over() -> bool:
            return self.process.has_ended or self.is_ready(nodes=nodes)

        in_time = waiting(until=is_over, tell=tell, what="démarrage d’Elasticsearch", limit=limit)
        if self.process.has_ended or not in_time:
            why = "s’est arrêté" if self.process.has_ended else f"n’est pas prêt après {limit:.0f} s"
            raise ServerError(f"Elasticsearch ({self.name}) {why} :\n{last_lines(self.process.log)}")

    def is_ready(self, *, nodes: int = 1) -> bool:
        """Tell whether the node answers, its cluster has that many nodes, and every primary shard is there."""
        path = f"/_cluster/health?wait_for_status=yellow&wait_for_nodes=%3E%3D{nodes}&timeout=1s"
        try:
            # Its certificate may be an expired one, on purpose.
            answer = self.request(path=path, timeout=5, verified=False)
        except OSError:
            return False
        return answer.status == 200 and not answer.data["timed_out"]

    # --- what may happen to it --------------------------------------------------------------------------------------

    @property
    def pid(self) -> int:
        """The number of the server process, the one to stop or to kill.

        Raises:
            ServerError: the node does not run.
        """
        for member in session_members(session=self.process.identity.pid):
            if any(argument.endswith(SERVER_CLASS) for argument in command_line(member.pid)):
                return member.pid
        raise ServerError(f"Le nœud {self.name} ne tourne pas.")

    def stop(self) -> None:
        """Stop the node in its own time, frozen or not; nothing when it is stopped already."""
        end_session(identity=self.process.identity, limit=STOP_LIMIT)
        self.process.close()

    def kill(self) -> None:
        """Kill the server as a power cut would (-9)."""
        send(self.pid, signal.SIGKILL)
        end_session(identity=self.process.identity, limit=STOP_LIMIT)
        self.process.close()

    def freeze(self) -> None:
        """Stop the server from running (SIGSTOP): it accepts connections and answers nothing."""
        send(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let a frozen server go on."""
        send(self.pid, signal.SIGCONT)

    def restart(self) -> None:
        """Start the node again, on the same data and ports; stops it first if it runs."""
        self.stop()
        self.process = self._launch()

    def _launch(self) -> GuardedProcess:
        settings = node_settings(
            name=self.name,
            folder=self.folder,
            http_port=self.http_port,
            transport_port=self.transport_port,
            secured=self.secured is not None,
            cluster=self.cluster,
        )
        command = ["bash", str(self.server.path / "bin" / "elasticsearch-cli")]
        for name, value in settings.items():
            command += ["-E", f"{name}={value}"]
        return GuardedProcess(
            command=protected_command(command=command, user=self._user, private=self.folder / PRIVATE),
            folder=self.folder,
            removed=self.folder.parent,
            log=self.folder / "logs" / "console.log",
            environment=node_environment(server=self.server, folder=self.folder, heap_mb=self.heap_mb),
        )


def start_node(
    *,
    run_folder: Path,
    folder: ServerFolder | None = None,
    name: str = "hub",
    http_port: int | None = None,
    transport_port: int | None = None,
    heap_mb: int = 512,
    secured: Security | None = None,
    cluster: Cluster | None = None,
) -> Node:
    """Start a node, without waiting for it (``Node.wait_ready``).

    Args:
        run_folder: receives a folder named after the node, and is removed if this process is killed; see
            ``folders.run_folder``. Every user must be able to
            reach it when this process is root's, and it may not be under the machine's temporary folder then.
        folder: the unpacked server; obtained if it is not given.
        name: the node's name, and its cluster's when it is alone.
        http_port: where it answers; a free one if it is not given.
        transport_port: where nodes speak to one another; a free one if it is not given.
        heap_mb: memory of its Java heap, in megabytes; the process takes about 250 more.
        secured: switches security on.
        cluster: what it is part of, when it is not alone.

    Raises:
        ServerError: the server cannot be obtained.
    """
    if transport_port is None:
        transport_port = cluster.transport_ports[name] if cluster else free_port()
    return Node(
        server=folder or obtain(),
        folder=run_folder / name,
        name=name,
        http_port=http_port or free_port(),
        transport_port=transport_port,
        heap_mb=heap_mb,
        secured=secured,
        cluster=cluster,
    )


@contextmanager
def running_node(*, secured: Security | None = None, heap_mb: int = 512) -> Iterator[Node]:
    """Lend a node that is ready, in a folder of its own; stopped and removed at the end."""
    with lent_run_folder(name="node") as folder:
        node = start_node(run_folder=folder, secured=secured, heap_mb=heap_mb)
        try:
            node.wait_ready()
            yield node
        finally:
            node.stop()


@contextmanager
def running_cluster(*, size: int = 3, heap_mb: int = 512) -> Iterator[list[Node]]:
    """Lend the nodes of a cluster that is ready; stopped and removed at the end, whatever happened to them."""
    ports = {f"hub-{number}": free_port() for number in range(1, size + 1)}
    cluster = Cluster(name="hub-cluster", transport_ports=ports)
    with ExitStack() as stack:
        folder = stack.enter_context(lent_run_folder(name="cluster"))
        nodes = []
        for name in ports:
            node = start_node(run_folder=folder, name=name, cluster=cluster, heap_mb=heap_mb)
            stack.callback(node.stop)
            nodes.append(node)
        for node in nodes:
            node.wait_ready(nodes=size)
        yield nodes
