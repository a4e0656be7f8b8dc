"""What reads a file does work that grows with the file and no faster, for each mark it knows, alone and with others."""

from itertools import permutations

import pytest

from hub.files import FileRefused
from hub.files.documents import read_document
from hub.files.images import picture_alone, redraw
from tests.files import samples
from tests.files.samples import object_list, office, open_document, pdf
from tests.support.growth import assert_linear, growing_texts, repeated, runs_of

MOST = 200 * 1024 * 1024
REFUSED = (FileRefused,)
# What plain_text.py, signatures.py and the spreadsheets give a meaning to, and what separates the cells.
MARKS = [
    "\n", "\r\n", "\t", " ", ";", ",", "|", "!", "=", "-", "@", '"', "'", "<", "</", "é", "a",
    "=cmd|", "HYPERLINK(", "=1+", "<script", "<!doctype ", "IMAGE (",
]  # fmt: skip
# What pdf.py gives a meaning to.
PDF_MARKS = [b"/", b"#", b"/#41", b"/#4a", b"/J#61", b"/Encrypt ", b"<<", b">>", b"[", b"(", b" ", b"1 0 R ", b"4 0 obj", b"stream\n", b"endobj\n", b"%%EOF\n"]  # fmt: skip  # noqa: E501


def read(kind: str):
    return lambda content: read_document(content, kind=kind, most=MOST)


def test_a_text():
    for make in growing_texts(MARKS):
        assert_linear(lambda size, make=make: make(size).encode(), read("txt"), refusals=REFUSED)


def test_the_line_breaks_that_stopped_the_site():
    for piece in ("\n", "\t", "\r\n", "\n\t"):
        assert_linear(
            lambda size, piece=piece: repeated(piece)(size).encode(), read("csv"), sizes=(50_000, 100_000, 200_000)
        )


@pytest.mark.parametrize("where", ["body", "list", "tail"])
def test_a_pdf(where):
    def made(text: bytes) -> bytes:
        if where == "list":
            return pdf(object_list(text))
        return pdf(text) if where == "body" else pdf() + text + b"\nstartxref\n9\n%%EOF\n"

    pieces = [piece.decode() for piece in PDF_MARKS]
    makers = [repeated(piece) for piece in pieces]
    makers += [how(*pair) for pair in permutations(pieces, 2) for how in (repeated, runs_of)]
    for make in makers:
        assert_linear(lambda size, make=make: made(make(size).encode()), read("pdf"), refusals=REFUSED)


@pytest.mark.parametrize(
    "part",
    [b"<< /Length 3 >>\nstream\nabc\nendstream", object_list(b"<< >>"), b"<< /A [1 << /S /URI /URI (http://a) >>] >>"],
)
def test_a_pdf_of_many_parts(part):
    assert_linear(lambda size: pdf(*[part] * size), read("pdf"), sizes=(500, 1000, 2000), refusals=REFUSED)


@pytest.mark.parametrize(
    "element",
    ["<a/>", "<Relationship Id='r' Type='t' Target='u'/>", "<a>", "text ", "<a b='c'/>", "<!-- c -->", "&#65;"],
)
def test_the_parts_of_an_office_document(element):
    def made(size: int) -> bytes:
        lines = repeated(element)(size)
        closing = "</a>" * lines.count("<a>")
        return office(parts={"word/_rels/document.xml.rels": f"<r>{lines}{closing}</r>".encode()})

    assert_linear(made, read("docx"), refusals=REFUSED)


def test_an_office_document_of_many_parts():
    for name in ("word/media/{}.xml", "word/_rels/{}.rels", "vbadata/{}.x", "word/embeddings/{}.bin"):
        parts = lambda size, name=name: {name.format(number): b"<a/>" for number in range(size)}  # noqa: E731
        assert_linear(
            lambda size, parts=parts: office(parts=parts(size)), read("docx"), sizes=(500, 1000, 2000), refusals=REFUSED
        )
        assert_linear(
            lambda size, parts=parts: open_document(parts=parts(size)),
            read("odt"),
            sizes=(500, 1000, 2000),
            refusals=REFUSED,
        )


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "GIF"])
def test_a_picture(file_format):
    # The number of pixels is doubled each time.
    assert_linear(
        lambda height: samples.picture(file_format, size=(800, height)),
        lambda content: redraw(content, most_pixels=20_000_000),
        sizes=(400, 800, 1600),
    )


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "GIF"])
def test_the_picture_of_an_editor(file_format):
    # The number of pixels is doubled each time; what the picture says of itself too.
    assert_linear(
        lambda height: samples.picture(file_format, size=(800, height), comment=b"a" * height),
        lambda content: picture_alone(content, most_pixels=20_000_000),
        sizes=(400, 800, 1600),
    )


def test_the_marks_of_a_picture_that_speaks():
    photo = samples.picture("JPEG")
    for block in (b"\xff\xfe\x00\x06abcd", b"\xff\xe1\x00\x0aExif\0\0MM", b"\xff\xe2\x00\x06abcd", b"\xff\xff", b"\0"):
        for place in (2, len(photo)):
            assert_linear(
                lambda size, block=block, place=place: photo[:place] + block * (size // len(block)) + photo[place:],
                lambda content: picture_alone(content, most_pixels=20_000_000),
                refusals=REFUSED,
            )
