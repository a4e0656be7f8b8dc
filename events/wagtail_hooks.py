from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from events.recap.screens import ImportRecapView, may_import_recaps


class ImportRecapMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return may_import_recaps(user=request.user)


@hooks.register("register_admin_urls")
def register_recap_urls() -> list[URLPattern]:
    return [path("ateliers/importer/", ImportRecapView.as_view(), name="import_recap")]


@hooks.register("register_admin_menu_item")
def register_recap_menu_item() -> MenuItem:
    return ImportRecapMenuItem(
        "Importer un atelier", reverse("import_recap"), name="import-recap", icon_name="upload", order=110
    )
