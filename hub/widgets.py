from typing import Any

from django.forms.renderers import BaseRenderer
from django.template.loader import render_to_string
from django.utils.safestring import SafeString


class ProjectTemplates:
    """A widget written by the project's templates, whatever ``FORM_RENDERER`` is; comes before Django's class."""

    def _render(
        self,
        template_name: str,
        context: dict[str, Any],
        renderer: BaseRenderer | type[BaseRenderer] | None = None,  # noqa: ARG002 — Django's signature
    ) -> SafeString:
        return render_to_string(template_name, context)
