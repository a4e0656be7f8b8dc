"""Whatever bytes arrive, the answer is a file that may be kept or a sentence, never a failure."""

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.files import DocumentKind, FileRefused, check_document, check_image
from tests.files import samples

DOCUMENTS = [(name, content) for name, content in samples.ACCEPTED.items() if len(content) < 20_000]
PICTURES = [samples.picture(kind) for kind in ("JPEG", "PNG", "WEBP", "GIF")] + [
    samples.photograph(),
    samples.picture("WEBP", mode="RGBA", lossless=True),
    samples.picture("PNG", mode="L", pnginfo=None),
]
CHANGES = st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(max_size=6), st.integers(0, 6)), max_size=6)
NAMES = st.builds("{}.{}".format, st.text(max_size=8), st.sampled_from([*DocumentKind.values, "doc", "xlsm", "exe"]))


def changed(content: bytes, changes: list[tuple[float, bytes, int]], keep: float) -> bytes:
    """The content with pieces replaced, added or removed here and there, and perhaps cut short."""
    damaged = bytearray(content)
    for place, piece, removed in changes:
        position = int(place * (len(damaged) + 1))
        damaged[position : position + removed] = piece
    return bytes(damaged[: max(1, int(len(damaged) * keep))])


def answer(check, *, name: str, content: bytes) -> None:
    message, checked = "", None
    try:
        checked = check(file=samples.sent(name, content))
    except FileRefused as refusal:
        message = refusal.message
    assert checked.size if checked else message.endswith(".")
    assert "\n" not in message


@settings(max_examples=300, deadline=None)
@given(sample=st.sampled_from(DOCUMENTS), changes=CHANGES, keep=st.sampled_from([1, 1, 1, 0.5, 0.9]))
def test_damaged_documents(sample, changes, keep):
    name, content = sample
    answer(check_document, name=name, content=changed(content, changes, keep))


@settings(max_examples=300, deadline=None)
@given(content=st.sampled_from(PICTURES), changes=CHANGES, keep=st.sampled_from([1, 1, 1, 0.5, 0.9]))
def test_damaged_pictures(content, changes, keep):
    answer(check_image, name="photo.jpg", content=changed(content, changes, keep))


@settings(max_examples=150, deadline=None)
@given(
    name=NAMES,
    head=st.sampled_from(
        [b"", b"%PDF-1.4\n", b"PK\x03\x04", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFF"]
    ),
    content=st.binary(max_size=400),
)
def test_anything(name, head, content):
    answer(check_document, name=name, content=head + content or b"x")
    answer(check_image, name=name, content=head + content or b"x")
