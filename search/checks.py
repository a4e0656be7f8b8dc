"""System checks: what would otherwise show up as a search without results."""

import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, register

from search.engines.base import Engine, EngineError, EngineState
from search.engines.selection import engines

_REBUILD_HINT = "Lancez « manage.py rebuild_search » : le site continue de servir pendant la reconstruction."

_STANDBY_HINT = "En attendant, le moteur de secours de chaque serveur web répond aux recherches."


@register("search")
def check_index_folder(**_kwargs: Any) -> list[CheckMessage]:
    folder = Path(settings.SEARCH_INDEX_DIR)
    nearest = next(path for path in (folder, *folder.parents) if path.exists())
    if nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK):
        return []
    return [
        Error(
            f"Le dossier de l’index de recherche ne peut pas être écrit : {folder}",
            hint="Corrigez ses droits, ou le réglage SEARCH_INDEX_DIR.",
            id="search.E001",
        )
    ]


@register("search")
def check_servers(**_kwargs: Any) -> list[CheckMessage]:
    problems: list[CheckMessage] = []
    for engine in engines():
        try:
            engine.require_supported()
        except EngineError as error:
            problems.append(checks.Warning(str(error), hint=_STANDBY_HINT, id="search.W003"))
    return problems


@register("search", deploy=True)
def check_indexes(**_kwargs: Any) -> list[CheckMessage]:
    return [problem for engine in engines() for problem in _index_problems(engine)]


def _index_problems(engine: Engine) -> list[CheckMessage]:
    try:
        state = engine.state()
    except EngineError:
        return []  # ``check_servers`` has said why
    if state is EngineState.MISSING:
        text = f"L’index de recherche « {engine.name} » n’existe pas encore."
        return [checks.Warning(text, hint=_REBUILD_HINT, id="search.W001")]
    if state is EngineState.OUTDATED:
        text = f"L’index de recherche « {engine.name} », d’une autre version du hub, répond mais n’est plus mis à jour."
        return [checks.Warning(text, hint=_REBUILD_HINT, id="search.W002")]
    return []
