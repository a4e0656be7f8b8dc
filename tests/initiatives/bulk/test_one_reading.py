"""A line of a spreadsheet and a typed step cannot disagree: they keep the same, or refuse with the same sentence."""

from typing import Any

import pytest
from django.http import QueryDict

from initiatives.bulk.columns import columns
from initiatives.bulk.reading import SourceLine
from initiatives.bulk.values import Reference, read_values
from initiatives.fields import FIELDS, Kind
from initiatives.models import InitiativePage
from initiatives.space.forms import FORMS

pytestmark = pytest.mark.django_db

# What is typed as it is kept: the other kinds are chosen in a list, or made of several inputs.
TYPED = [
    name
    for name, field in FIELDS.items()
    if field.cell is not None and field.kind in {Kind.PLAIN, Kind.TITLE, Kind.YEAR, Kind.RICH, Kind.BLOCKS, Kind.TAGS}
]
VALUES = [
    *("31/02/2024", "2024-3-1", "24/11/22"),
    *("2024", " 2024 ", "2024.0", "1979", "2101", "-1", "\uff12\uff10\uff12\uff14", "l’an 2000", "9" * 5_000),
    *("exemple.fr", "https://exemple.fr", "[ici](exemple.fr)", "[ici](https://exemple.fr)", "javascript:alert(1)"),
    *("04 74 00 00 00", "+33 4 74 00 00 00 poste 12", "12", "04-74 ?", "a@exemple.fr", "a@exemple", "a@é.fr"),
    *("x" * 101, "x" * 161, "x" * 256, "x" * 601, "x" * 2_001, "x" * 20_001, "x" * 100_001),
    *(
        "**gras** _mince_",
        "<b>gras</b> & <script>",
        "### Titre\n1. un\n  - dedans",
        f"## {'x' * 161}",
        "> Note\n\nSuite",
    ),
    *("a\x00b", "a\x07b", "a\x1fb", "a\x7fb", "a\tb", "a\n\nb", "a  b", "\u200b", "é\u0301", "a, A, b", "👍"),
]


def told(text: InitiativePage, name: str) -> Any:
    value = getattr(text, name)
    if name == "tags":
        return sorted(tag.name for tag in value.all())
    return (
        [(child.block_type, child.block.get_prep_value(child.value)) for child in text.body]
        if name == "body"
        else value
    )


def typed(name: str, value: str) -> tuple[Any, list[str]]:
    text, data = InitiativePage(), QueryDict(mutable=True)
    data[name] = value
    form = FORMS[FIELDS[name].step](text=text, user=None, data=data)
    form.apply()
    return told(text, name), form.messages().get(name, [])


def imported(name: str, value: str) -> tuple[Any, list[str]]:
    text = InitiativePage()
    values, problems = read_values(line=SourceLine(2, {name: value}), reference=Reference(), default_steward=None)
    values.write(text)
    assert {problem.heading for problem in problems} <= {columns()[name].heading}
    return told(text, name), [problem.reason for problem in problems]


@pytest.mark.parametrize("name", TYPED)
def test_a_cell_is_kept_or_refused_as_what_is_typed_in_the_step(name):
    for value in VALUES:
        assert imported(name, value) == typed(name, value), repr(value[:80])
