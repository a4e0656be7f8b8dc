"""PDF files: whole, readable by anyone, and without anything that runs or opens something else.

qpdf reads the file as viewers do: what is encrypted with an empty password, compressed or damaged, whatever the filter.
Every object is walked through; so is what no table of the file leads to, plain or in a compressed list, which a viewer
that mends a damaged file would find. docs/fichiers.md says what this leaves to whoever opens the file.
"""

import re
from io import BytesIO
from itertools import count, pairwise
from typing import Any

import pikepdf

from hub.files.office import is_on_a_network
from hub.files.reading import FileRefused

MOST_OPENED = 32 * 1024 * 1024  # bytes of compressed lists of objects, once opened
# Of each; a filter that has no such limit has that of the process.
pikepdf.settings.set_qpdf_limits(
    flate_max_memory=MOST_OPENED,
    png_max_memory=MOST_OPENED,
    run_length_max_memory=MOST_OPENED,
    tiff_max_memory=MOST_OPENED,
)
_END_WITHIN = 1024  # bytes, as readers of PDF do
_DEEPEST = 200  # containers in one another

_List = tuple[bytes, int]  # a compressed list of objects once opened, and where the first one is
_Places = dict[int, tuple[int, int]]  # where the object of each number is, and its generation

_RUNS = "Ce PDF contient un programme (JavaScript ou lancement d’une application)"
_CARRIES = "Ce PDF contient un autre fichier en pièce jointe"
_OPENS = "Ce PDF ouvre un autre fichier"
_SENDS = "Ce PDF est un formulaire qui envoie ou va chercher des données ailleurs"
_PLAYS = "Ce PDF contient une animation, un son ou une vidéo"
_LEADS = "Ce PDF contient un lien qui lance un programme ou ouvre un fichier du réseau"
_XFA = "Ce PDF est un formulaire dynamique (XFA), que beaucoup de lecteurs n’ouvrent pas"
_TOO_MUCH = "Ce PDF contient beaucoup plus que sa taille ne le dit"
_TOO_INTRICATE = "Ce PDF est trop compliqué pour être vérifié"
_PROTECTED = "Ce PDF est protégé par un mot de passe : enregistrez-le sans protection, puis renvoyez-le."
_DAMAGED = "Ce PDF est incomplet ou abîmé : ouvrez-le, enregistrez-le de nouveau en PDF, puis renvoyez-le."
_WAY_OUT = "imprimez-le en PDF (« Imprimer », « Enregistrer au format PDF »), puis envoyez ce nouveau fichier."

# What an action does (its /S).
_ACTIONS = {
    **dict.fromkeys(("/JavaScript", "/Launch"), _RUNS),
    **dict.fromkeys(("/Rendition", "/RichMediaExecute", "/Movie", "/Sound"), _PLAYS),
    **dict.fromkeys(("/SubmitForm", "/ImportData"), _SENDS),
    **dict.fromkeys(("/GoToR", "/GoToE", "/Thread"), _OPENS),  # a thread when it names a file
}
# What a part is (its /Type or /Subtype).
_KINDS = {
    **dict.fromkeys(("/EmbeddedFile", "/FileAttachment"), _CARRIES),
    **dict.fromkeys(("/RichMedia", "/Rendition", "/MediaClip", "/Movie", "/Sound", "/Screen", "/3D"), _PLAYS),
}
# What a part has.
_KEYS = {
    **dict.fromkeys(("/JS", "/JavaScript"), _RUNS),
    **dict.fromkeys(("/EmbeddedFiles", "/EF"), _CARRIES),
    **dict.fromkeys(("/RichMediaContent", "/RichMediaSettings"), _PLAYS),
    "/XFA": _XFA,
}
# Refused even in what a later version of the file replaces; too long to be met in a picture by chance.
_NAMES = {
    **dict.fromkeys(("JavaScript", "Launch"), _RUNS),
    **dict.fromkeys(("EmbeddedFile", "EmbeddedFiles"), _CARRIES),
    **dict.fromkeys(("RichMedia", "Rendition"), _PLAYS),
    **dict.fromkeys(("GoToE", "GoToR"), _OPENS),
    **dict.fromkeys(("SubmitForm", "ImportData"), _SENDS),
    "XFA": _XFA,
}
_HARMLESS_ADDRESS = re.compile(r"(?:https?|mailto|tel|sms|ftp|file):|[^:]*$|[^:]*[/?#.]", re.IGNORECASE)
_DELIMITER = rb"\x00\t\n\x0c\r ()<>\[\]{}/%"


def _written(name: str) -> bytes:
    """The expression of a name, each letter of which may be written with its code (``J#61vaScript``)."""
    return b"".join(b"(?:%c|#(?i:%02x))" % (letter, letter) for letter in name.encode())


_FIRST_LETTERS = b"|".join({_written(name[0]) for name in _NAMES})
_NAMED = re.compile(
    b"/(?=" + _FIRST_LETTERS + b")(?:" + b"|".join(b"(%s)" % _written(name) for name in _NAMES) + rb")"
    rb"(?=[" + _DELIMITER + rb"]|$)"
)
# An object as qpdf writes it, names decoded, is looked at closely when it has one of these.
_WORTH_A_LOOK = re.compile(
    b"(?:"
    + b"|".join(name.encode() for name in (*_ACTIONS, *_KINDS, *_KEYS, "/URI"))
    + rb")(?=["
    + _DELIMITER
    + rb"]|$)"
)
# Where an object begins.
_HEAD = re.compile(rb"(?<!\d)(\d{1,9})[\x00\s]{1,9}(\d{1,5})[\x00\s]{1,9}obj(?![A-Za-z])")
_ENCRYPTED = re.compile(b"/" + _written("Encrypt") + rb"\s{0,20}(?:\d|<<)")


def check_pdf(content: bytes) -> None:
    """Refuse what is no PDF, one cut short, protected, or that runs, opens, sends, plays or carries something."""
    if not re.match(rb"[\xef\xbb\xbf\s]{0,8}%PDF-[12]\.\d", content):
        raise FileRefused("Ce fichier n’est pas un PDF, malgré son nom : envoyez l’original, ou enregistrez-le en PDF.")
    if b"%%EOF" not in content[-_END_WITHIN:] or b"startxref" not in content:
        raise FileRefused(_DAMAGED)
    _refuse_names(content)
    try:
        _check_objects(content)
    except pikepdf.PasswordError as error:
        raise FileRefused(_PROTECTED) from error
    except (pikepdf.PdfError, pikepdf.DataDecodingError, ValueError, TypeError, OverflowError) as error:
        if "memory limit" in str(error):
            raise _refused(_TOO_MUCH) from error
        raise FileRefused(_PROTECTED if _ENCRYPTED.search(content) else _DAMAGED) from error


def _check_objects(content: bytes) -> None:
    """Look at what the tables of the file lead to, at whatever else is written in it, then at what lists hold."""
    seen: set[bytes] = set()
    lists: set[_List] = set()
    with pikepdf.open(BytesIO(content), suppress_warnings=True) as document:
        if not document.is_encrypted and _ENCRYPTED.search(content):
            raise FileRefused(_PROTECTED)  # in a way that nothing reads
        _check_document(document, seen=seen, lists=lists)
        keys = [key for key in ("/Encrypt", "/ID") if key in document.trailer]
        entries = b" ".join(key.encode() + b" " + document.trailer[key].unparse() for key in keys)
    content = content[content.index(b"%PDF-") :]
    # As viewers that mend a file do: the last of each number.
    places = {int(head[1]): (head.start(), int(head[2])) for head in _HEAD.finditer(content)}
    with _opened_by_places(content, places, entries=entries) as document:
        _check_document(document, seen=seen, lists=lists)
    for opened, _first in lists:
        _refuse_names(opened)
    with _opened_by_places(*_written_plainly(lists)) as document:
        _check_document(document, seen=seen, lists=lists)


def _check_document(document: pikepdf.Pdf, *, seen: set[bytes], lists: set[_List]) -> None:
    """Look at each object that is not among those seen, and add the compressed lists of objects to the others."""
    for part in document.objects:
        _check_part(part, seen=seen)
        if isinstance(part, pikepdf.Stream) and part.get("/Type") == pikepdf.Name.ObjStm:
            lists.add((part.read_bytes(), int(part.First)))
            if sum(len(opened) for opened, _first in lists) > MOST_OPENED:
                raise _refused(_TOO_MUCH)
    if any("limits" in str(warning) for warning in document.get_warnings()):
        raise _refused(_TOO_INTRICATE)  # an object in objects without end, which qpdf left unread


def _opened_by_places(content: bytes, places: _Places, *, entries: bytes = b"") -> pikepdf.Pdf:
    """Open a file by where its objects are, whatever its own tables say."""
    catalog = next(number for number in count(1) if number not in places)
    written = content + b"\n%d 0 obj\n<< /Pages << /Kids [] /Count 0 >> >>\nendobj\n" % catalog
    rows = sorted({**places, catalog: (len(content) + 1, 0)}.items())
    table = b"".join(b"%d 1\n%010d %05d n \n" % (number, *place) for number, place in rows)
    end = b"xref\n%strailer\n<< /Size %d /Root %d 0 R %s >>\nstartxref\n%d\n%%%%EOF\n"
    whole = written + end % (table, rows[-1][0] + 1, catalog, entries, len(written))
    return pikepdf.open(BytesIO(whole), suppress_warnings=True, attempt_recovery=False)


def _written_plainly(lists: set[_List]) -> tuple[bytes, _Places]:
    """The objects of compressed lists, each under a number of its own, and where they are."""
    written = bytearray(b"%PDF-1.7\n")
    places: _Places = {}
    for opened, first in lists:
        # A list begins with the number of each object and where it is, counted from the first one.
        starts = sorted({first + int(start) for start in opened[:first].split()[1::2]})
        for start, end in pairwise([*starts, len(opened)]):
            number = len(places) + 1
            places[number] = (len(written), 0)
            written += b"%d 0 obj\n%s\nendobj\n" % (number, opened[start:end])
    return bytes(written), places


def _check_part(part: Any, *, seen: set[bytes]) -> None:
    """Look at an object and at those it is made of; those it only names are looked at in their turn."""
    if not isinstance(part, pikepdf.Object):
        return  # a number
    is_stream = isinstance(part, pikepdf.Stream)
    if is_stream and "/F" in part:
        raise _refused(_OPENS)  # its content is elsewhere
    written = (part.stream_dict if is_stream else part).unparse(resolved=True)
    if written in seen or not _WORTH_A_LOOK.search(written):
        return
    seen.add(written)
    waiting: list[tuple[pikepdf.Object, int]] = [(part, 0)]
    while waiting:
        one, depth = waiting.pop()
        if depth > _DEEPEST:
            raise _refused(_TOO_INTRICATE)
        if isinstance(one, (pikepdf.Dictionary, pikepdf.Stream)):
            values = _checked_values(one)
        elif isinstance(one, pikepdf.Array):
            values = list(one)
        else:
            continue
        waiting.extend(
            (value, depth + 1)
            for value in values
            if isinstance(value, (pikepdf.Dictionary, pikepdf.Array, pikepdf.Stream)) and not value.is_indirect
        )


def _checked_values(part: pikepdf.Object) -> list[pikepdf.Object]:
    entries = dict(part.items())
    for key, reasons in (("/S", _ACTIONS), ("/Type", _KINDS), ("/Subtype", _KINDS)):
        value = entries.get(key)
        name = str(value) if isinstance(value, pikepdf.Name) else ""
        if name in reasons and (name != "/Thread" or "/F" in entries):
            raise _refused(reasons[name])
    for key in entries.keys() & _KEYS.keys():
        if _is_meant(key, entries[key]):
            raise _refused(_KEYS[key])
    address = entries.get("/URI")
    if isinstance(address, pikepdf.String) and not _is_harmless(str(address)):
        raise _refused(_LEADS)
    return list(entries.values())


def _is_meant(key: str, value: pikepdf.Object) -> bool:
    """Whether a key is what it seems: in a list of fonts or of pictures, it is a name somebody gave to one of them."""
    if key == "/JS":
        return isinstance(value, (pikepdf.String, pikepdf.Stream))
    if key == "/EF":
        return isinstance(value, pikepdf.Dictionary) and bool(value.keys() & {"/F", "/UF", "/DOS", "/Mac", "/Unix"})
    return True


def _is_harmless(address: str) -> bool:
    plain = re.sub(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028-\u202f\ufeff]", "", address)
    return bool(_HARMLESS_ADDRESS.match(plain)) and not (
        is_on_a_network(plain) and not plain.lower().startswith(("http:", "https:", "ftp:"))
    )


def _refuse_names(content: bytes) -> None:
    if found := _NAMED.search(content):
        raise _refused(list(_NAMES.values())[found.lastindex - 1 if found.lastindex else 0])


def _refused(reason: str) -> FileRefused:
    return FileRefused(f"{reason} : {_WAY_OUT}")
