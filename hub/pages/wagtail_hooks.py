"""What the pages add to the administration."""

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail import hooks


@hooks.register("insert_global_admin_js")
def leave_typed_dates_alone() -> SafeString:
    """Have no picker replace what was typed."""
    return format_html('<script src="{}"></script>', static("hub/js/admin-pickers.js"))
