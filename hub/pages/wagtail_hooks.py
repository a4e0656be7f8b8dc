"""What the pages add to the administration."""

from django.templatetags.static import static
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail import hooks

from hub.pages.redirect_import import start_small_import


@hooks.register("insert_global_admin_js")
def leave_typed_dates_alone() -> SafeString:
    """Have no picker replace what was typed."""
    return format_html('<script src="{}"></script>', static("hub/js/admin-pickers.js"))


@hooks.register("register_admin_urls", order=-1)
def bound_the_import_of_redirections() -> list[URLPattern]:
    """Stand before Wagtail's own screen, at its address."""
    return [path("redirects/import/", start_small_import)]
