"""What the pages add to the administration."""

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from hub.pages.guides import EditorGuideView
from hub.pages.redirect_import import start_small_import


@hooks.register("insert_global_admin_js")
def leave_typed_dates_alone() -> SafeString:
    """Have no picker replace what was typed."""
    return format_html('<script src="{}"></script>', static("hub/js/admin-pickers.js"))


@hooks.register("insert_editor_js")
def publish_after_the_save() -> SafeString:
    """Have no page created twice by whoever publishes in a hurry."""
    return format_html('<script src="{}"></script>', static("hub/js/admin-saving.js"))


@hooks.register("register_admin_urls", order=-1)
def bound_the_import_of_redirections() -> list[URLPattern]:
    """Stand before Wagtail's own screen, at its address."""
    return [path("redirects/import/", start_small_import)]


@hooks.register("insert_global_admin_css")
def make_the_administration_plain() -> SafeString:
    """What our screens add, and what Wagtail's leave unsaid: that a part unfolds, where a long text ends."""
    return format_html('<link rel="stylesheet" href="{}">', static("hub/css/admin.css"))


@hooks.register("register_admin_urls")
def register_guide() -> list[URLPattern]:
    """The editors' guide."""
    return [path("guide/", EditorGuideView.as_view(), name="editor-guide")]


@hooks.register("construct_help_menu")
def offer_our_guide(request: HttpRequest, menu_items: list[MenuItem]) -> None:
    """Our guide in place of Wagtail's, which is in English and knows neither workshops nor sheets."""
    del request
    menu_items[:] = [
        item for item in menu_items if item.name != "editor-guide" and not item.name.startswith("whats-new")
    ]
    menu_items.append(
        MenuItem("Guide de l’éditeur", reverse("editor-guide"), icon_name="help", order=1000, name="guide")
    )
