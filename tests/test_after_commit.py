"""What is called after a commit: the change is made, nothing that follows may turn it into an error."""

import ast
from pathlib import Path

from django.conf import settings

APPS = ("events", "hub", "initiatives", "search")


def calls() -> dict[str, ast.Call]:
    """Return each call to ``on_commit``, by where it stands."""
    paths = [path for app in APPS for path in sorted(Path(settings.BASE_DIR, app).rglob("*.py"))]
    return {
        f"{path.relative_to(settings.BASE_DIR)}:{node.lineno}": node
        for path in paths
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "on_commit"
    }


def test_it_fails_nobody():
    assert calls()
    assert [
        where for where, call in calls().items() if not any(option.arg == "robust" for option in call.keywords)
    ] == []


def test_it_has_the_name_that_django_writes_when_it_fails():
    """``functools.partial``, or an object that is called, has no ``__qualname__``: Django's handler fails in turn."""
    named = (ast.Lambda, ast.Attribute)
    assert [where for where, call in calls().items() if not isinstance(call.args[0], named)] == []
