"""System checks: what would otherwise show up as a search without results."""

import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, register

from search.engines.base import EngineState
from search.engines.selection import search_engine

_REBUILD_HINT = "Lancez « manage.py rebuild_search » : le site continue de servir pendant la reconstruction."


@register("search")
def check_index_folder(**_kwargs: Any) -> list[CheckMessage]:
    """Check that the folder of the embedded index can be written to."""
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


@register("search", deploy=True)
def check_index(**_kwargs: Any) -> list[CheckMessage]:
    """Check that there is an index, made by this version of the hub."""
    match search_engine().state():
        case EngineState.MISSING:
            return [checks.Warning("L’index de recherche n’existe pas encore.", hint=_REBUILD_HINT, id="search.W001")]
        case EngineState.OUTDATED:
            return [
                checks.Warning(
                    "L’index de recherche vient d’une autre version du hub : il répond, mais n’est plus mis à jour.",
                    hint=_REBUILD_HINT,
                    id="search.W002",
                )
            ]
    return []
