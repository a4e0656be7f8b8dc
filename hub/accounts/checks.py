"""Addresses that were set aside, told to the operator at each ``check --database default`` and ``migrate``."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Tags, register
from django.core.checks import Warning as CheckWarning
from django.db import connections

from hub.accounts.models import FormerAddress


@register(Tags.database)
def check_former_addresses(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **_kwargs: Any
) -> list[CheckMessage]:
    """No address was taken from an account without somebody having decided about it."""
    del app_configs
    if not databases or FormerAddress._meta.db_table not in connections["default"].introspection.table_names():
        return []
    count = FormerAddress.objects.to_look_at().count()
    hint = "« manage.py check_addresses » en donne la liste (docs/exploitation.md)."
    words = f"{count} adresse(s) écartée(s) attendent une décision."
    return [CheckWarning(words, hint=hint, id="hub.W020")] if count else []
