"""A table takes a time that grows with its length, whatever it repeats."""

import pytest

from hub.files import FileRefused
from initiatives.bulk.tables import read_table
from tests.files.samples import office, workbook_of
from tests.support.growth import assert_linear, growing_texts

MOST = {"most_rows": 100_000, "most_opened": 200 * 1024 * 1024}
MARKS = (";", ",", "\t", "\n", "\r", '"', '""', '"\n', "a", "é", "=", "'", " ")


def read(content: bytes) -> object:
    return read_table(content, **MOST)


def test_a_csv():
    for make in growing_texts(MARKS):
        made = lambda size, make=make: make(size).encode()  # noqa: E731
        try:
            assert_linear(made, read, refusals=(FileRefused,))
        except AssertionError:  # what is quadratic is so each time; a machine that does other things is not
            assert_linear(made, read, sizes=(40_000, 80_000, 160_000), refusals=(FileRefused,))


@pytest.mark.parametrize("row", [["a"], [""], ["=1+1"], ["é" * 50, "b"], [""] * 199 + ["a"]])
def test_a_workbook_of_many_rows(row):
    assert_linear(lambda count: workbook_of([row] * count), read, sizes=(250, 500, 1000), refusals=(FileRefused,))


@pytest.mark.parametrize(
    "element", ["<row/>", "<row><c/></row>", "<c>", "<mergeCell ref='A1:B2'/>", "<si><t>a</t></si>"]
)
def test_the_parts_of_a_workbook(element):
    def made(size: int) -> bytes:
        lines = element * (size // len(element)) + "</c>" * (size // len(element)) * (element == "<c>")
        return office("xlsx", parts={"xl/worksheets/sheet1.xml": f"<r>{lines}</r>".encode()})

    assert_linear(made, read, refusals=(FileRefused,))
