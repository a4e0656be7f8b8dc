"""Writing in the thread of a sheet."""

from typing import Any

from hub.accounts.models import User
from initiatives.enums import ExchangeKind
from initiatives.models import Exchange, InitiativePage


def record(
    *,
    sheet: InitiativePage,
    kind: ExchangeKind,
    author: User | None = None,
    is_from_dihal: bool = False,
    author_name: str = "",
    text: str = "",
    **values: Any,
) -> Exchange:
    """Add an exchange to the thread of a sheet and return it. ``values`` are other fields of ``Exchange``.

    ``author_name`` is for those who have no account: a reader, the hub itself.
    """
    return Exchange.objects.create(
        page=sheet,
        kind=kind,
        author=author,
        # The name of an account may be longer than what the thread keeps of it.
        author_name=(str(author) if author else author_name)[: Exchange._meta.get_field("author_name").max_length],
        is_from_dihal=is_from_dihal,
        text=text,
        **values,
    )
