from typing import Any

from django.http import HttpRequest
from wagtail.admin.menu import MenuItem


class RightMenuItem(MenuItem):
    """Shown to whoever has a right, named « app.codename »."""

    def __init__(self, *args: Any, right: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.right = right

    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(self.right))
