from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from events.recap.screens import ImportRecapView, may_import_recaps
from events.transcripts.screens import preview_transcript, tell_of_the_transcript


class ImportRecapMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return may_import_recaps(user=request.user)


@hooks.register("register_admin_urls")
def register_recap_urls() -> list[URLPattern]:
    return [
        path("ateliers/importer/", ImportRecapView.as_view(), name="import_recap"),
        path("ateliers/transcription/", preview_transcript, name="preview_transcript"),
    ]


@hooks.register("register_admin_menu_item")
def register_recap_menu_item() -> MenuItem:
    return ImportRecapMenuItem(
        "Importer un atelier", reverse("import_recap"), name="import-recap", icon_name="upload", order=110
    )


@hooks.register("insert_editor_js")
def read_transcripts_while_editing() -> SafeString:
    return format_html('<script src="{}"></script>', static("hub/js/admin-transcripts.js"))


hooks.register("after_create_page", tell_of_the_transcript)
hooks.register("after_edit_page", tell_of_the_transcript)
