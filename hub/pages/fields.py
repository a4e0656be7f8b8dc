from typing import Any

from wagtail.fields import StreamField


class ContentField(StreamField):
    """A StreamField whose blocks stay out of the migrations.

    Changing a block would otherwise write a migration that changes no table, and tie old migrations to block classes
    that move. Data migrations that need the blocks must name them explicitly.
    """

    def __init__(self, block_types: Any = (), **kwargs: Any) -> None:
        super().__init__(block_types, **kwargs)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, _args, kwargs = super().deconstruct()
        kwargs.pop("block_lookup", None)
        return name, path, [], kwargs
