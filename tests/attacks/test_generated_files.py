"""A thousand generated files, read by the process that looks at files with the limits of a deployed site."""

import logging
import random
from collections.abc import Iterator

import pytest

from hub.files import FileRefused, apart
from hub.files.documents import read_document
from hub.files.images import picture_alone, redraw
from initiatives.bulk.tables import read_table
from tests.files.samples import object_list, office, open_document, pdf, picture

pytestmark = pytest.mark.slow
GENERATED = 1000
MOST = 200 * 1024 * 1024


def generated(count: int) -> Iterator[tuple[str, object, dict, bytes]]:
    """Name of the reader, the reader, what it is told, and a file."""
    chance = random.Random(13)  # noqa: S311 — the same files each time
    marks = [
        b"\n", b"\t", b";", b"=", b"|", b"!", b"<", b"/", b"#", b"/#41", b"[", b"(", b"<<", b" ", b"-", b'"', b"=1+",
        b"&a;", b"1 0 R ", b"<a/>", b"\xff\xda", b"\0", b"HYPERLINK(", b"stream\n",
    ]  # fmt: skip
    pictures = {kind: picture(kind) for kind in ("GIF", "JPEG", "PNG", "WEBP")}
    for number in range(count):
        text = b"".join(chance.choice(marks) * chance.choice([1, 100, 5_000]) for _piece in range(12))
        document = lambda kind: (f"a {kind}", read_document, {"kind": kind, "most": MOST})  # noqa: E731
        drawn = pictures[chance.choice(list(pictures))]
        place = chance.randrange(2, len(drawn))
        hidden = drawn[:place] + text[:60_000] + drawn[place:]
        pixels = {"most_pixels": 20_000_000}
        yield [
            (*document("txt"), text),
            (*document("csv"), text),
            (*document("pdf"), pdf(text)),
            (*document("pdf"), pdf(object_list(text))),
            (*document("docx"), office(parts={"word/_rels/a.rels": b"<r>" + text + b"</r>"})),
            (*document("odt"), open_document(parts={"a.xml": b"<r>" + text + b"</r>"})),
            ("a partner's picture", redraw, pixels, hidden),
            ("an editor's picture", picture_alone, pixels, hidden),
            ("a table", read_table, {"most_rows": 2_000, "most_opened": MOST}, text),
            ("a workbook", read_table, {"most_rows": 2_000, "most_opened": MOST},
             office("xlsx", parts={"xl/a.xml": b"<r>" + text + b"</r>"})),
        ][number % 10]  # fmt: skip


def test_no_generated_file_reaches_a_limit_or_makes_a_reader_fail(settings, caplog):
    """A file of some kilobytes is read or refused for what it holds: a limit reached is a reader that grows too fast.

    The limit that tells is that of the processor: what else the machine does has no part in it.
    """
    settings.FILE_CHECK_PROCESSOR_SECONDS, settings.FILE_CHECK_SECONDS = 2, 60.0
    outcomes = {"read": 0, "refused": 0}
    with caplog.at_level(logging.WARNING, logger="hub.files.apart"):
        for name, reader, options, content in generated(GENERATED):
            try:
                apart.look(reader, content, **options)
            except FileRefused:
                outcomes["refused"] += 1
            else:
                outcomes["read"] += 1
            assert not caplog.records, (name, len(content), caplog.text)
    assert sum(outcomes.values()) == GENERATED
    assert min(outcomes.values()) > GENERATED // 20, outcomes
