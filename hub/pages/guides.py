"""The guides of the documentation, as the site shows them: one text, that cannot differ from what is published."""

import re
from functools import cache
from typing import Any

import markdown
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin


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
    """The editors' guide, in the administration."""

    page_title = "Guide de l’éditeur"
    header_icon = "help"
    template_name = "pages/admin/guide.html"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(guide=guide_html(name="editeur"), **kwargs)
