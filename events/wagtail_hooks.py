from collections.abc import Iterable

from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.widgets.button import Button
from wagtail.log_actions import LogActionRegistry
from wagtail.models import Page

import hub.web.path_converters  # noqa: F401 — the converter « key »
from events import returns
from events.models import WorkshopPage
from events.recap.screens import ImportRecapView, may_import_recaps
from events.registrations import admin as registrations
from events.transcripts.screens import preview_transcript, tell_of_the_transcript


class ImportRecapMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return may_import_recaps(user=request.user)


@hooks.register("register_admin_urls")
def register_urls() -> list[URLPattern]:
    return [
        path("ateliers/importer/", ImportRecapView.as_view(), name="import_recap"),
        path("ateliers/retours/", returns.ReturnsView.as_view(), name=returns.LIST_URL),
        path("ateliers/<key:pk>/retour/", returns.ReturnView.as_view(), name=returns.SCREEN_URL),
        path("ateliers/transcription/", preview_transcript, name="preview_transcript"),
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


class RegistrationsMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return registrations.may_see_registrations(user=request.user)


@hooks.register("register_admin_urls")
def register_registration_urls() -> list[URLPattern]:
    one = "ateliers/<key:pk>/inscriptions"
    export = registrations.ExportView
    return [
        path("ateliers/inscriptions/", registrations.RegisteredWorkshopsView.as_view(), name=registrations.INDEX_URL),
        path(f"{one}/", registrations.RegistrationsView.as_view(), name=registrations.LIST_URL),
        path(f"{one}.csv", export.as_view(), name="workshop-registrations-csv"),
        path(f"{one}.xlsx", export.as_view(file_format="xlsx"), name="workshop-registrations-xlsx"),
        path(f"{one}/presences/", registrations.AttendanceView.as_view(), name=registrations.ATTENDANCE_URL),
        path(
            f"{one}/<key:registration_pk>/", registrations.RegistrationActView.as_view(), name="workshop-registration"
        ),
    ]


@hooks.register("register_admin_menu_item")
def register_registrations_menu_item() -> MenuItem:
    address = reverse(registrations.INDEX_URL)
    return RegistrationsMenuItem("Inscriptions", address, name="registrations", icon_name="group", order=111)


@hooks.register("register_page_header_buttons")
def register_registrations_button(
    page: Page,
    user: AbstractBaseUser,
    view_name: str,  # noqa: ARG001 — Wagtail's signature
    next_url: str | None = None,  # noqa: ARG001 — likewise
) -> Iterable[Button]:
    """The way from the editor of a workshop to who registered."""
    model = page.specific_class
    if page.pk and model is WorkshopPage and page.permissions_for_user(user).can_edit():
        yield Button("Inscriptions", reverse(registrations.LIST_URL, args=[page.pk]), icon_name="group", priority=6)


@hooks.register("register_log_actions")
def register_registration_log_actions(actions: LogActionRegistry) -> None:
    for action, label, message in registrations.LOG_ACTIONS:
        actions.register_action(action, label, message)


@hooks.register("insert_editor_js")
def read_transcripts_while_editing() -> SafeString:
    return format_html('<script src="{}"></script>', static("hub/js/admin-transcripts.js"))


hooks.register("after_create_page", tell_of_the_transcript)
hooks.register("after_edit_page", tell_of_the_transcript)
