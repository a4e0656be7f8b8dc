"""Writing in the thread of a sheet."""

from typing import Any

from hub.accounts.models import User
from initiatives.enums import ExchangeKind
from initiatives.models import Exchange, InitiativePage


def record(
    *,
    sheet: InitiativePage,
    kind: ExchangeKind,
    author: User | None,
    is_from_dihal: bool,
    text: str = "",
    **values: Any,
) -> Exchange:
    """Add an exchange to the thread of a sheet and return it. ``values`` are other fields of ``Exchange``."""
    return Exchange.objects.create(
        page=sheet,
        kind=kind,
        author=author,
        author_name=str(author) if author else "",
        is_from_dihal=is_from_dihal,
        text=text,
        **values,
    )
