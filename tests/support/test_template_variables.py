"""A misspelt variable in a template of ours fails the test; libraries' templates and optional values do not."""

from pathlib import Path

import pytest
from django.conf import settings
from django.template import Context, Origin, Template

from tests.support.template_variables import UnknownTemplateVariableError

OURS = str(Path(settings.BASE_DIR, "templates", "search", "example.html"))
A_LIBRARY_S = str(Path(settings.BASE_DIR, "site-packages", "wagtail", "admin", "example.html"))
REPLACED = str(Path(settings.BASE_DIR, "templates", "wagtailadmin", "example.html"))


def render(source, *, name=OURS, **context):
    return Template(source, origin=Origin(name=name)).render(Context(context))


@pytest.mark.parametrize(
    "source",
    [
        "{{ titel }}",
        "{{ page.titel }}",
        "{{ page.date|date:'j F Y' }}",
        "{% if page %}{{ titel }}{% endif %}",
        "{% with label=titel %}{% endwith %}",
        "{% include titel %}",
    ],
)
def test_an_unknown_variable_is_refused_with_its_template_and_line(source):
    with pytest.raises(UnknownTemplateVariableError, match=r"example\.html ligne 2"):
        render(f"\n{source}", page={"title": "Atelier"})


@pytest.mark.parametrize(
    "source",
    [
        "{% if titel %}non{% endif %}",
        "{% for item in items %}non{% endfor %}",
        "{{ titel|default:'' }}",
        "{{ titel|default_if_none:''|default:'' }}",
        "{{ page.empty }}",
    ],
)
def test_asking_whether_something_is_there_is_allowed(source):
    assert render(source, page={"empty": ""}) == ""


@pytest.mark.parametrize("name", [A_LIBRARY_S, REPLACED])
def test_a_library_keeps_its_habits(name):
    assert render("{{ titel }}", name=name) == ""
