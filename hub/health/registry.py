"""The probes behind ``/sante/pret``: an app registers its own from ``AppConfig.ready``."""

from collections.abc import Callable
from dataclasses import dataclass

from hub.health.enums import Light


@dataclass(frozen=True, slots=True)
class Reading:
    """What a probe found. ``label`` is a short French sentence that anybody may read: no name, no address, no path."""

    light: Light
    label: str


Probe = Callable[[], Reading]

_probes: dict[str, Probe] = {}


def register_probe(*, name: str, probe: Probe) -> None:
    """Have ``probe`` asked each time the health is measured, under ``name`` in the answer.

    It says ``DOWN`` only for what a visitor notices: a server so lit receives no more requests. It answers within a
    second or two, whatever does not answer it; raising counts as ``DOWN``. Registering a name again replaces its probe.
    """
    _probes[name] = probe


def registered_probes() -> dict[str, Probe]:
    """Return the probes by name, in the order they were registered."""
    return dict(_probes)
