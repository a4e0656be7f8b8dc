import re
from functools import cache
from typing import Any

import markdown
from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.views.generic import TemplateView
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.contrib.redirects.views import start_import

from hub.files import FileRefused
from hub.files.reading import extension_of, read_bounded


@cache
def guide_html(*, name: str) -> SafeString:
    """Return a guide of ``docs/`` in HTML, without its title, which is the page's."""
    text = (settings.BASE_DIR / "docs" / f"guide-{name}.md").read_text(encoding="utf-8").partition("\n")[2]
    html = markdown.markdown(text, extensions=["tables"])
    html = re.sub(r"<table>(.*?)</table>", _table, html, flags=re.DOTALL)
    return mark_safe(html)  # noqa: S308 — the repository's own text


def _table(found: re.Match[str]) -> str:
    heads = found[1].replace("<th>", '<th scope="col">')
    return f'<div class="hub-table" tabindex="0" role="group" aria-label="Tableau"><table>{heads}</table></div>'


class EditorGuideView(WagtailAdminTemplateMixin, TemplateView):
    page_title = "Guide de l’éditeur"
    header_icon = "help"
    template_name = "pages/admin/guide.html"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(guide=guide_html(name="editeur"), **kwargs)


MOST_BYTES = 1024 * 1024
MOST_LINES = 500  # each is looked for in the database
MOST_CELLS = 20
_DELIMITERS = (b",", b";", b"\t")


def start_small_import(request: HttpRequest) -> HttpResponse:
    """Wagtail's screen, for a small text table: a workbook unfolds into a thousand times what was sent."""
    file = request.FILES.get("import_file")
    if file is not None:
        try:
            _require_small(file)
        except FileRefused as refusal:
            messages.error(request, refusal.message)
            return redirect("wagtailredirects:start_import")
    return start_import(request)


def _require_small(file: UploadedFile) -> None:
    if extension_of(name=file.name or "") not in {"csv", "tsv"}:
        raise FileRefused("Les redirections s’importent d’un fichier CSV : enregistrez votre tableau en CSV UTF-8.")
    content = read_bounded(file=file, limit=MOST_BYTES)
    file.seek(0)
    lines = content.replace(b"\r", b"\n").split(b"\n")
    if sum(map(bool, lines)) > MOST_LINES + 1:
        raise FileRefused(f"Plus de {MOST_LINES} lignes : coupez ce fichier en plusieurs.")
    if any(line.count(delimiter) >= MOST_CELLS for line in lines for delimiter in _DELIMITERS):
        raise FileRefused(f"Ce tableau a plus de {MOST_CELLS} colonnes : gardez l’ancienne et la nouvelle adresse.")


@hooks.register("insert_global_admin_js")
def leave_typed_dates_alone() -> SafeString:
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
    return [path("guide/", EditorGuideView.as_view(), name="editor-guide")]


@hooks.register("construct_help_menu")
def offer_our_guide(_request: HttpRequest, menu_items: list[MenuItem]) -> None:
    """Our guide in place of Wagtail's, which is in English and knows neither workshops nor sheets."""
    menu_items[:] = [
        item for item in menu_items if item.name != "editor-guide" and not item.name.startswith("whats-new")
    ]
    menu_items.append(
        MenuItem("Guide de l’éditeur", reverse("editor-guide"), icon_name="help", order=1000, name="guide")
    )
