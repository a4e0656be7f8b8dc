"""A template of ours that prints a variable nobody gave it fails the test, instead of printing nothing."""

import sys
from pathlib import Path
from types import FrameType

from django.conf import settings
from django.template.base import FilterExpression, Node
from django.template.defaultfilters import default, default_if_none

# Templates of a library that we replace follow that library's habits, unknown variables included.
REPLACED_LIBRARIES = (
    "dsfr",
    "django",
    "widget_tweaks",
    "wagtailadmin",
    "wagtailcore",
    "wagtailsnippets",
    "wagtailusers",
)


class UnknownTemplateVariableError(AssertionError):
    """A template of the hub prints a variable that its context does not hold."""


class UnknownVariable(str):
    """The ``string_if_invalid`` of the test settings: empty, and refused where it comes from a template of ours.

    Django asks whether ``string_if_invalid`` is true at the very moment it meets an unknown variable: that question is
    the hook. ``{% if %}`` and ``{% for %}`` never ask it, and an expression with a ``default`` filter has an answer of
    its own: those stay allowed.
    """

    __slots__ = ()

    def __bool__(self) -> bool:
        frame = sys._getframe(1)  # noqa: SLF001 — Django gives no other way to know which template is asking
        expression = frame.f_locals.get("self")
        if not isinstance(expression, FilterExpression) or _has_default(expression):
            return False
        node = _node_being_rendered(frame)
        if node is not None and _is_ours(str(node.origin)):
            line = getattr(node.token, "lineno", "?")
            message = f"{{{{ {expression.token} }}}} : variable inconnue, {node.origin} ligne {line}"
            raise UnknownTemplateVariableError(message)
        return False


def _has_default(expression: FilterExpression) -> bool:
    return any(function in (default, default_if_none) for function, _arguments in expression.filters)


def _node_being_rendered(frame: FrameType | None) -> Node | None:
    """The innermost template node on the stack that knows which file it was written in."""
    while frame is not None:
        candidate = frame.f_locals.get("self")
        if isinstance(candidate, Node) and getattr(candidate, "origin", None) is not None:
            return candidate
        frame = frame.f_back
    return None


def _is_ours(origin: str) -> bool:
    templates = Path(settings.BASE_DIR) / "templates"
    path = Path(origin)
    return path.is_relative_to(templates) and path.relative_to(templates).parts[0] not in REPLACED_LIBRARIES
