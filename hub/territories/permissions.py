"""Who may do what with territories in the admin: everyone looks, nobody changes."""

from collections.abc import Collection
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from wagtail.permission_policies import BasePermissionPolicy

from hub.accounts.models import User

_LOOKING = {"view", "choose"}


class LoadedDataPolicy(BasePermissionPolicy):
    """Data that a command loads: people of the admin may see and choose it, none may add, change or delete."""

    def user_has_permission(self, user: User | AnonymousUser, action: str) -> bool:
        return action in _LOOKING and user.is_active and user.has_perm("wagtailadmin.access_admin")

    def users_with_any_permission(self, actions: Collection[str]) -> QuerySet[Any]:
        users = get_user_model().objects
        if not _LOOKING.intersection(actions):
            return users.none()
        return users.with_perm("wagtailadmin.access_admin", backend="django.contrib.auth.backends.ModelBackend")
