from collections.abc import Iterable

from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.widgets.button import Button
from wagtail.models import Page

import hub.web.path_converters  # noqa: F401 — the converter « key »
from events import returns
from events.recap.screens import ImportRecapView, may_import_recaps


class ImportRecapMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return may_import_recaps(user=request.user)


@hooks.register("register_admin_urls")
def register_urls() -> list[URLPattern]:
    return [
        path("ateliers/importer/", ImportRecapView.as_view(), name="import_recap"),
        path("ateliers/retours/", returns.ReturnsView.as_view(), name=returns.LIST_URL),
        path("ateliers/<key:pk>/retour/", returns.ReturnView.as_view(), name=returns.SCREEN_URL),
    ]


@hooks.register("register_admin_menu_item")
def register_recap_menu_item() -> MenuItem:
    return ImportRecapMenuItem(
        "Importer un atelier", reverse("import_recap"), name="import-recap", icon_name="upload", order=110
    )


hooks.register("register_admin_menu_item", returns.returns_menu_item)


@hooks.register("register_page_header_buttons")
def register_return_button(
    page: Page,
    user: AbstractBaseUser,
    view_name: str,  # noqa: ARG001 — Wagtail's signature
    next_url: str | None = None,  # noqa: ARG001 — likewise
) -> Iterable[Button]:
    return returns.return_button(page=page, user=user)
