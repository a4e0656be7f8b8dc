"""Documents: what is taken, what is refused, and whether the person is told why and what to do."""

import zlib
from collections.abc import Callable
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pikepdf
import pytest

from hub.files import DocumentKind, FileRefused, check_document
from tests.files import samples
from tests.files.samples import COMPOUND, HTML, MAIN_TYPES, OFFICE, SVG, object_list, office, open_document, pdf, sent


def why_refused(name: str, content: bytes) -> str:
    with pytest.raises(FileRefused) as refusal:
        check_document(file=sent(name, content))
    return refusal.value.message


@pytest.mark.parametrize("name", samples.ACCEPTED)
def test_what_partners_usually_send_is_taken_as_it_is(name):
    checked = check_document(file=sent(name, samples.ACCEPTED[name]))
    assert checked.content == samples.ACCEPTED[name]
    assert f"{checked.stem}.{checked.extension}" == name
    assert checked.mime_type == DocumentKind(name.rpartition(".")[2]).mime_type
    assert checked.size == len(samples.ACCEPTED[name])


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("note.exe", b"MZ\x90", "ne sont pas acceptés"),
        ("note", b"texte", "pas d’extension"),
        ("archive.zip", samples.zipped({"a.txt": b"a"}), "ne sont pas acceptés"),
        ("note.doc", COMPOUND, "enregistrez-le en .docx ou en PDF"),
        ("note.docx", COMPOUND, "ancien format"),
        ("note.docx", COMPOUND + "EncryptedPackage".encode("utf-16-le"), "mot de passe"),
        ("note.docm", office(), "macros"),
        ("note.pdf", b"MZ\x90\x00" + bytes(50), "programme"),
        ("note.pdf", HTML, "page web"),
        ("note.pdf", b"\n\n  " + HTML, "page web"),
        ("note.pdf", SVG, "SVG"),
        ("note.txt", HTML, "page web"),
        ("note.pdf", office(), "archive ou un document"),
        ("note.docx", pdf(), "renommez-le en .pdf"),
        ("note.pdf", b"", "vide"),
        ("note.docx", b"du texte", "pas un document bureautique"),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_refused_with_the_reason(name, content, reason):
    assert reason in why_refused(name, content)


def test_a_file_too_large_is_refused_before_it_is_read(settings):
    class NeverRead(BytesIO):
        name, size = "gros.pdf", settings.PARTNER_DOCUMENT_MAX_BYTES + 1

        def read(self, *_args):
            raise AssertionError

    with pytest.raises(FileRefused, match="20 Mo au plus"):
        check_document(file=NeverRead())


# --- PDF --------------------------------------------------------------------------------------------------------------

SCRIPT = b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (pdf(SCRIPT), "JavaScript"),
        (pdf(SCRIPT.replace(b"JavaScript", b"J#61v#61Script")), "JavaScript"),
        (pdf(b"<</S/JavaScript/JS(1)>>"), "JavaScript"),
        (pdf(object_list(SCRIPT)), "JavaScript"),
        (pdf(object_list(SCRIPT.replace(b"JavaScript", b"JavaScrip#74"))), "JavaScript"),
        (pdf(object_list(SCRIPT, kind=b"/Obj#53tm")), "JavaScript"),
        (pdf(b"<< /S /Launch /F (cmd.exe) >>"), "application"),
        (pdf(b"<< /Type /EmbeddedFile >>\nstream\nMZ\nendstream"), "pièce jointe"),
        (pdf(object_list(b"<< /Names << /EmbeddedFiles 5 0 R >> >>")), "pièce jointe"),
        (pdf(b"<< /Subtype /RichMedia >>"), "animation"),
        (pdf(b"<< /XFA 5 0 R >>"), "XFA"),
        (pdf(trailer=b"/Encrypt 9 0 R"), "mot de passe"),
        (pdf(trailer=b"/Encr#79pt << /V 4 >>"), "mot de passe"),
        (pdf()[:-40], "incomplet"),
        (pdf() + bytes(5000), "incomplet"),
        (pdf(object_list(b"<< >>")[:80]), "abîmé"),
        (pdf(object_list(b"<< >>", filters=b"/Filter /LZWDecode")), "abîmé"),
        (pdf(object_list(b"<< >>", filters=b"/Filter /Inconnu")), "abîmé"),
        (pdf(object_list(bytes(70 * 1024 * 1024))), "beaucoup plus que sa taille"),
    ],
)
def test_a_pdf_that_runs_carries_or_hides_something_is_refused(content, reason):
    message = why_refused("rapport.pdf", content)
    assert reason in message
    assert "PDF" in message


def test_a_pdf_that_only_speaks_of_such_things_is_taken():
    text = b"<< /Length 70 >>\nstream\nBT (Le JavaScript de la page, /Launcher, EncryptMetadata) Tj ET\nendstream"
    assert check_document(file=sent("cours.pdf", pdf(text, b"<< /JavaScripts 1 /EncryptMetadata true >>")))


@pytest.mark.parametrize(
    ("filters", "encode"),
    [
        (b"/Filter /LZWDecode", samples.lzw),
        (b"/Filter [/ASCIIHexDecode /FlateDecode]", lambda data: zlib.compress(data).hex().encode() + b">"),
        (b"/Filter [/AHx /LZW]", lambda data: samples.lzw(data).hex().encode() + b">"),
        (
            b"/Filter /FlateDecode /DecodeParms << /Predictor 12 /Columns 60 >>",
            lambda data: zlib.compress(b"\x02" + data.ljust(60)),
        ),
    ],
    ids=["LZW", "hexadecimal", "both", "predictor"],
)
def test_a_list_of_objects_is_opened_whatever_its_filter(filters, encode):
    harmless = b"<< /S /URI /URI (https://exemple.org) >>"
    assert check_document(file=sent("rapport.pdf", pdf(object_list(harmless, filters=filters, encode=encode))))
    assert "JavaScript" in why_refused("rapport.pdf", pdf(object_list(SCRIPT, filters=filters, encode=encode)))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (samples.with_unlisted(object_list(SCRIPT)), "JavaScript"),
        (samples.with_unlisted(b"<< /A << /JS (1) >> >>"), "JavaScript"),
        (samples.with_unlisted(b"<< /S /URI /URI (javascript:alert\\(1\\)) >>"), "lien"),
        (samples.with_unlisted(object_list(b"<< /Subtype /FileAttachment >>")), "pièce jointe"),
        (samples.with_unlisted(b"<< /F (ailleurs.bin) /Length 1 >>\nstream\na\nendstream"), "ouvre un autre fichier"),
        (pdf(object_list(b"<< /S /URI /URI (file://serveur/partage) /Next 5 0 R >>")), "lien"),
        (pdf(object_list(b"<< /Subtype /Screen >>")), "vidéo"),
    ],
)
def test_what_no_table_leads_to_is_looked_at_like_the_rest(content, reason):
    assert reason in why_refused("rapport.pdf", content)


def intricate(change: Callable[[pikepdf.Pdf], object]) -> bytes:
    document = pikepdf.new()
    document.add_blank_page()
    change(document)
    stream = BytesIO()
    document.save(stream, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return stream.getvalue()


def pages_in_a_circle(document: pikepdf.Pdf) -> None:
    document.Root.Pages.Kids.append(document.Root.Pages)


def lists_in_a_circle(document: pikepdf.Pdf) -> None:
    document.Root.Held = document.make_indirect(pikepdf.Dictionary())
    document.Root.Held.Kids = pikepdf.Array([document.Root.Held, document.Root.Held])


def many_objects(document: pikepdf.Pdf) -> None:
    document.Root.Held = pikepdf.Array([document.make_indirect(pikepdf.Dictionary(A=n)) for n in range(20_000)])


@pytest.mark.parametrize(
    "content",
    [
        intricate(pages_in_a_circle),
        intricate(lists_in_a_circle),
        intricate(many_objects),
        pdf(b"[" * 600 + b"]" * 600),
        pdf(b"<< /A " * 400 + b"1" + b" >>" * 400 + b" << /JS (1) >>"),
        pdf(object_list(b"[" * 1_000_000)),
        pdf(
            b"<< /Type /ObjStm /N 1 /First 5 /Extends 4 0 R /Length 4 0 R /Filter /FlateDecode >>\nstream\na\nendstream"
        ),
        pdf(trailer=b"/Prev 9"),
        pdf().replace(b"/Size", b"/Prev 255 /Size"),
        pdf(b"<< /Length 4 0 R >>\nstream\na\nendstream"),
        samples.with_unlisted(b"1 0 obj " * 20_000),
        samples.with_unlisted(b"9999999 0 obj << >> endobj 999999999 0 obj << /A 1 >>"),
    ],
    ids=lambda content: str(len(content)),
)
def test_a_pdf_in_circles_or_without_end_is_answered_in_time(content, caplog):
    message = ""
    try:
        check_document(file=sent("rapport.pdf", content))
    except FileRefused as refusal:
        message = refusal.message
    assert not message or "PDF" in message
    assert not caplog.records  # neither a limit of the process nor a crash


ACTIONS = [
    (b"<< /S /Rendition /JS (app.alert\\(1\\)) >>", "vidéo"),
    (b"<< /S /Ren#64ition >>", "vidéo"),
    (b"<< /S /SubmitForm /F (http://exemple.org) >>", "envoie"),
    (b"<< /S /ImportData /F (a.fdf) >>", "envoie"),
    (b"<< /S /GoToR /F (autre.pdf) /D [0 /Fit] >>", "ouvre un autre fichier"),
    (b"<< /S /GoToE /T << >> >>", "ouvre un autre fichier"),
    (b"<< /S /Thread /F (autre.pdf) >>", "ouvre un autre fichier"),
    (b"<< /S /URI /URI (javascript:alert\\(1\\)) >>", "lien"),
    (b"<< /S /URI /URI ( java\\nscript:alert) >>", "lien"),
    (b"<< /S /URI /URI <6A6176617363726970743A61> >>", "lien"),
    (b"<< /S /URI /URI (file://serveur/partage) >>", "lien"),
    (b"<< /S /URI /URI (\\\\\\\\serveur\\\\a) >>", "lien"),
    (b"<< /Kids [[<< /A << /JS (1) >> >>]] >>", "JavaScript"),
    (b"<< /Subtype /Screen >>", "vidéo"),
    (b"<< /Type /Filespec /EF << /F 3 0 R >> >>", "pièce jointe"),
    (b"<< /F (ailleurs.bin) /Length 1 >>\nstream\na\nendstream", "ouvre un autre fichier"),
]


@pytest.mark.parametrize(("action", "reason"), ACTIONS)
@pytest.mark.parametrize("is_listed", [False, True], ids=["plainly", "in a list of objects"])
def test_an_active_pdf_is_refused_wherever_the_action_is(action, reason, is_listed):
    document = pikepdf.open(BytesIO(pdf(action)))
    stream = BytesIO()
    mode = pikepdf.ObjectStreamMode.generate if is_listed else pikepdf.ObjectStreamMode.disable
    document.Root.Held = document.get_object(4, 0)
    document.save(stream, object_stream_mode=mode)
    message = why_refused("rapport.pdf", stream.getvalue())
    assert reason in message
    assert message.endswith("puis envoyez ce nouveau fichier.")


@pytest.mark.parametrize(
    "harmless",
    [
        b"<< /S /URI /URI (https://exemple.org/?a=javascript:1) >>",
        b"<< /S /URI /URI (mailto:a@exemple.org) >>",
        b"<< /S /URI /URI (www.exemple.org/a:b) >>",
        b"<< /S /GoTo /D [3 0 R /Fit] >>",
        b"<< /S /Named /N /NextPage >>",
        b"<< /Font << /JS 3 0 R /EF 3 0 R >> >>",
    ],
)
def test_links_and_names_that_do_nothing_are_left(harmless):
    assert check_document(file=sent("rapport.pdf", pdf(harmless)))


def protected(*, user: str, script: bool = False) -> bytes:
    document = pikepdf.new()
    document.add_blank_page()
    if script:
        document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
    stream = BytesIO()
    allowed = pikepdf.Permissions(print_highres=False, print_lowres=False)
    document.save(
        stream,
        encryption=pikepdf.Encryption(owner="dihal", user=user, allow=allowed),
        object_stream_mode=pikepdf.ObjectStreamMode.generate,
    )
    return stream.getvalue()


def test_a_pdf_that_only_limits_printing_is_taken_and_still_looked_at():
    assert check_document(file=sent("rapport.pdf", protected(user="")))
    assert "JavaScript" in why_refused("rapport.pdf", protected(user="", script=True))
    assert "mot de passe" in why_refused("rapport.pdf", protected(user="secret"))


# --- Office -----------------------------------------------------------------------------------------------------------

MACRO_TYPE = "application/vnd.ms-word.document.macroEnabled.main+xml"


def rels(*lines: tuple[str, str, str]) -> dict[str, bytes]:
    return {"word/_rels/document.xml.rels": samples.relations(*lines)}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (office(main_type=MACRO_TYPE), "macros"),  # a .docm under another name
        (office(parts={"word/vbaProject.bin": COMPOUND}), "macros"),
        (office(parts={"xl/macrosheets/sheet1.xml": b"<x/>"}), "macros"),
        (office(parts=rels(("vbaProject", "autre.bin", "Internal"))), "macros"),
        (office(parts={"word/activeX/activeX1.xml": b"<x/>"}), "ActiveX"),
        (office(parts={"word/embeddings/oleObject1.bin": COMPOUND}), "objet d’une autre application"),
        (office(parts=rels(("oleObject", "http://198.51.100.7/a", "External"))), "va chercher"),
        (office(parts=rels(("attachedTemplate", "https://exemple.org/m.dotm", "External"))), "va chercher"),
        (office(parts=rels(("attachedTemplate", "file://serveur/m.dotm", "External"))), "va chercher"),
        (office(parts={"xl/externalLinks/externalLink1.xml": b"<x:ddeLink ddeService='cmd'/>"}), "va chercher"),
        (office(parts={"word/media/a.zip": samples.zipped({"a": b"a"})}), "archive"),
        (office(parts={"word/media/image1.png": samples.zipped({"a": b"a"})}), "archive"),
        (office(parts={"word/media/image1.png": b"MZ\x90\x00"}), "programme"),
        (office(parts={"word/afchunk.htm": HTML}), "programme ou une page web"),
        (office(parts={"word/embeddings/a.docx": office(main_type=MACRO_TYPE)}), "macros"),
        (
            office(parts={"word/embeddings/a.docx": office(parts={"word/embeddings/b.docx": office()})}),
            "archive",
        ),
        (office("xlsx"), "pas un document texte Word"),
        (open_document(), "pas un document texte Word"),
        (samples.zipped({"a.txt": b"a"}), "pas un document texte Word"),
        (office(parts={"../../etc/passwd": b"x"}), "abîmé"),
        (office(parts={"C:\\a.txt": b"x"}), "abîmé"),
        (office(parts={"_rels/autre.rels": b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"}), "abîmé"),
        (samples.with_entries_marked_encrypted(office()), "mot de passe"),
        (office()[:-30], "abîmé"),
        (office()[: len(office()) // 2], "abîmé"),
        (office() + b"suite", "abîmé"),
        (b"PK\x03\x04" + office(), "abîmé"),
        (office(parts={"word/media/zeros.emf": bytes(150 * 1024 * 1024)}), "beaucoup plus que sa taille"),
        (office(parts={f"word/media/{number}.xml": b"" for number in range(5001)}), "trop grand une fois décompressé"),
    ],
)
def test_an_office_document_that_runs_or_hides_something_is_refused(content, reason):
    assert reason in why_refused("convention.docx", content)


def test_an_office_document_keeps_its_links_and_the_path_of_its_model():
    lines = [
        ("hyperlink", "https://exemple.org/", "External"),
        ("attachedTemplate", "file:///C:\\Users\\claire\\Normal.dotm", "External"),
    ]
    assert check_document(file=sent("convention.docx", office(parts=rels(*lines))))


def test_a_content_that_lies_about_its_size_is_refused(settings):
    """A list of contents that announces little, over parts that hold much."""
    settings.PARTNER_ARCHIVE_MAX_BYTES = 100_000
    content = office(parts={"word/media/image1.emf": b"a" * 120_000})
    announced = (120_000).to_bytes(4, "little")
    assert announced in content
    message = why_refused("convention.docx", content.replace(announced, (12).to_bytes(4, "little")))
    assert "abîmé" in message


def test_two_parts_of_the_same_name_are_refused():
    stream = BytesIO(office())
    with ZipFile(stream, "a", ZIP_DEFLATED) as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr(ZipInfo("word/document.xml"), b"<autre/>")
    assert "abîmé" in why_refused("convention.docx", stream.getvalue())


# --- OpenDocument -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (open_document(parts={"Basic/Standard/Module1.xml": b"<x/>"}), "macros"),
        (open_document(parts={"Scripts/python/a.py": b"import os"}), "macros"),
        (open_document(parts={"content.xml": b"<a href='vnd.sun.star.script:a?language=Basic'/>"}), "macros"),
        (open_document(manifest=b"<m:encryption-data/>"), "mot de passe"),
        (open_document(parts={"Object 1": COMPOUND}), "objet d’une autre application"),
        (open_document("ods"), "pas un document texte OpenDocument"),
        (office(), "pas un document texte OpenDocument"),
        (open_document(parts={"Pictures/a.png": samples.zipped({"a": b"a"})}), "archive"),
    ],
)
def test_an_open_document_that_runs_or_hides_something_is_refused(content, reason):
    assert reason in why_refused("convention.odt", content)


# --- text -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"abc\x00def", "pas du texte"),
        (bytes(range(1, 256)), "pas du texte"),
        ("Été".encode("utf-16"), "pas du texte"),
        (b"{\\rtf1 texte}", "RTF"),
        (b"bonjour\n<script>alert(1)</script>", "page web"),
        (b"a;=cmd|'/c calc'!A0\n", "lancerait un programme"),
        (b"=cmd|'/c a|b'!A0", "lancerait un programme"),
        (b'=HYPERLINK("http://exemple.org";"Voir")', "ouvre une adresse"),
        (b'nom;"=1+hyperlink(""http://exemple.org"")"\n', "ouvre une adresse"),
        (b"nom,\t @LIEN_HYPERTEXTE(A1)\n", "ouvre une adresse"),
        (b'+WEBSERVICE("http://exemple.org/"&A1)', "ouvre une adresse"),
        (b'=IMAGE("http://exemple.org/a.png")', "ouvre une adresse"),
    ],
)
def test_a_text_that_is_not_plain_text_is_refused(content, reason):
    assert reason in why_refused("mesures.csv", content)


@pytest.mark.parametrize("words", ["- image (voir annexe)", "Lyon - Paris | venez !", "a;-3,5;@dihal;+33 1", "=A1+B1"])
def test_a_text_that_only_looks_like_a_formula_is_taken(words):
    assert check_document(file=sent("note.txt", words.encode()))


def test_the_relations_of_an_office_document_are_bounded_together():
    many = {f"word/_rels/{number}.rels": b"<r>" + b"<a/>" * 500_000 + b"</r>" for number in range(6)}
    assert "beaucoup plus que sa taille" in why_refused("convention.docx", office(parts=many))


@pytest.mark.parametrize("kind", MAIN_TYPES)
def test_each_main_part_is_told_from_the_others(kind):
    others = [name for name in MAIN_TYPES if name != kind]
    assert MAIN_TYPES[kind].startswith(OFFICE)
    assert check_document(file=sent(f"a.{kind}", office(kind))).kind == kind
    for other in others:
        assert "pas un document" in why_refused(f"a.{other}", office(kind))
