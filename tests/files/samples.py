"""Files really built, good and bad, as people and as attackers would make them."""

import zlib
from collections.abc import Callable
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook
from PIL import Image

from hub.files.kinds import DocumentKind

OFFICE = "application/vnd.openxmlformats-officedocument."
MAIN_TYPES = {
    "docx": f"{OFFICE}wordprocessingml.document.main+xml",
    "xlsx": f"{OFFICE}spreadsheetml.sheet.main+xml",
    "pptx": f"{OFFICE}presentationml.presentation.main+xml",
}
MAIN_PARTS = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000)
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!DOCTYPE html><html><body><script>alert(document.cookie)</script></body></html>"


def sent(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


# --- pictures ---------------------------------------------------------------------------------------------------------


def picture(file_format: str = "JPEG", *, size: tuple[int, int] = (60, 40), mode: str = "RGB", **options) -> bytes:
    stream = BytesIO()
    drawn = Image.new(mode, size)
    # Two halves of different colours, so that a turned picture is told from an upright one.
    drawn.paste(Image.new(mode, (size[0] // 2, size[1]), 255 if mode == "L" else (250, 20, 20, 255)[: len(mode)]))
    drawn.save(stream, file_format, **options)
    return stream.getvalue()


def photograph() -> bytes:
    """A picture as a telephone makes it: lying on its side, with the place it was taken at."""
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned a quarter
    exif[0x010F] = "Téléphone de Camille"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (46.0, 12.0, 18.0)
    return picture("JPEG", exif=exif, comment=b"prise chez Camille")


def image_bomb() -> bytes:
    """A PNG of some kilobytes that takes gigabytes once decoded."""
    header = bytearray(picture("PNG", mode="L"))
    header[16:24] = (40_000).to_bytes(4, "big") + (40_000).to_bytes(4, "big")
    header[29:33] = zlib.crc32(header[12:29]).to_bytes(4, "big")
    return bytes(header)


# --- archives ---------------------------------------------------------------------------------------------------------


def zipped(parts: dict[str, bytes]) -> bytes:
    stream = BytesIO()
    with ZipFile(stream, "w", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content, compress_type=ZIP_STORED if name == "mimetype" else ZIP_DEFLATED)
    return stream.getvalue()


def content_types(*overrides: tuple[str, str]) -> bytes:
    lines = "".join(f'<Override PartName="/{part}" ContentType="{kind}"/>' for part, kind in overrides)
    namespace = "http://schemas.openxmlformats.org/package/2006/content-types"
    return f'<?xml version="1.0"?><Types xmlns="{namespace}">{lines}</Types>'.encode()


def relations(*lines: tuple[str, str, str]) -> bytes:
    """Lines are (kind, target, mode)."""
    written = "".join(
        f'<Relationship Id="r{number}" Type="{RELATIONS}/{kind}" Target="{target}" TargetMode="{mode}"/>'
        for number, (kind, target, mode) in enumerate(lines)
    )
    namespace = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'<?xml version="1.0"?><Relationships xmlns="{namespace}">{written}</Relationships>'.encode()


def office(kind: str = "docx", *, parts: dict[str, bytes] | None = None, main_type: str = "") -> bytes:
    main = MAIN_PARTS[kind]
    return zipped(
        {
            "[Content_Types].xml": content_types((main, main_type or MAIN_TYPES[kind])),
            "_rels/.rels": relations(("officeDocument", main, "Internal")),
            main: b"<document>Bail glissant</document>",
            **(parts or {}),
        }
    )


def workbook() -> bytes:
    return workbook_of([["Ménages accompagnés", 42]])


def workbook_of(rows: list[list[str | int]]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def open_document(kind: str = "odt", *, parts: dict[str, bytes] | None = None, manifest: bytes = b"") -> bytes:
    namespace = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    return zipped(
        {
            "mimetype": DocumentKind(kind).mime_type.encode(),
            "META-INF/manifest.xml": f'<m:manifest xmlns:m="{namespace}">'.encode() + manifest + b"</m:manifest>",
            "content.xml": b"<content>Bail glissant</content>",
            **(parts or {}),
        }
    )


def with_entries_marked_encrypted(content: bytes) -> bytes:
    """The same archive, whose parts say they are encrypted, at both places where they say it."""
    changed = bytearray(content)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        position = changed.find(signature)
        while position >= 0:
            changed[position + offset] |= 1
            position = changed.find(signature, position + 4)
    return bytes(changed)


# --- PDF --------------------------------------------------------------------------------------------------------------


def pdf(*objects: bytes, trailer: bytes = b"", version: bytes = b"1.4") -> bytes:
    """A PDF of one empty page, to which objects are added from number 4 on."""
    written = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>",
        *objects,
    ]
    content, offsets = b"%PDF-" + version + b"\n%\xe2\xe3\xcf\xd3\n", []
    for number, body in enumerate(written, start=1):
        offsets.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(content)
    content += b"xref\n0 %d\n0000000000 65535 f \n" % (len(written) + 1)
    content += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    content += b"trailer\n<< /Size %d /Root 1 0 R %s >>\n" % (len(written) + 1, trailer)
    return content + b"startxref\n%d\n%%%%EOF\n" % start


def object_list(
    text: bytes,
    *,
    filters: bytes = b"/Filter /FlateDecode",
    kind: bytes = b"/ObjStm",
    encode: Callable[[bytes], bytes] = zlib.compress,
) -> bytes:
    """A compressed list of objects, as most programs write them since PDF 1.5."""
    data = encode(b"10 0 " + text)
    return b"<< /Type %s /N 1 /First 5 %s /Length %d >>\nstream\n%s\nendstream" % (kind, filters, len(data), data)


def with_unlisted(body: bytes) -> bytes:
    """A PDF with an object that its table does not know."""
    content = pdf()
    place = content.rindex(b"startxref")
    return content[:place] + b"9 0 obj\n%s\nendobj\n" % body + content[place:]


def lzw(data: bytes) -> bytes:
    """Codes of nine bits, started afresh at each byte: not short, but what any reader of LZW opens."""
    codes = [code for byte in data for code in (256, byte)] + [257]
    bits = "".join(f"{code:09b}" for code in codes)
    bits += "0" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8, "big")


ACCEPTED = {
    "rapport.pdf": pdf(),
    "rapport-recent.pdf": pdf(object_list(b"<< /Type /Annot >>"), version=b"1.7"),
    "convention.odt": open_document("odt"),
    "budget.ods": open_document("ods"),
    "diaporama.odp": open_document("odp"),
    "convention.docx": office("docx"),
    "budget.xlsx": workbook(),
    "diaporama.pptx": office("pptx", parts={"ppt/embeddings/Microsoft_Excel_Sheet1.xlsx": office("xlsx")}),
    "mesures.csv": "commune;ménages\nBourg-en-Bresse;42\nÉtrez;-3,5\n".encode("cp1252"),
    "note.txt": "Le bail glissant, à l’épreuve – 2024 < 2025\r\n".encode(),
}
