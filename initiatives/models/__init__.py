from initiatives.models.bulk import BulkImport, ImportLine
from initiatives.models.dossier import Dossier, ErrorReport, Exchange, PartConfirmation, Upload
from initiatives.models.sheet import (
    YEAR_VALIDATORS,
    InitiativeDocument,
    InitiativeIndexPage,
    InitiativeKeyFigure,
    InitiativePage,
    InitiativeTag,
    Partnership,
)

__all__ = [
    "YEAR_VALIDATORS",
    "BulkImport",
    "Dossier",
    "ErrorReport",
    "Exchange",
    "ImportLine",
    "InitiativeDocument",
    "InitiativeIndexPage",
    "InitiativeKeyFigure",
    "InitiativePage",
    "InitiativeTag",
    "PartConfirmation",
    "Partnership",
    "Upload",
]
