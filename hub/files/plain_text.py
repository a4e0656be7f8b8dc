"""Text and CSV: text indeed, and text alone."""

import re

from hub.files import signatures
from hub.files.refusal import FileRefused

# Controls that no text has; tabulation, line feeds and form feed are left.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
# A cell by which a spreadsheet starts a program (DDE): =cmd|'/c calc'!A0
_STARTS_A_PROGRAM = re.compile(r"(?:^|[;,\t\"'])\s*[=+\-@][^;,\t\r\n|]{0,100}\|[^;\t\r\n!]{0,500}!", re.MULTILINE)


def check_text(content: bytes) -> None:
    """Check a text in UTF-8 or in Windows's Western characters.

    Raises:
        FileRefused: for anything else, for a web page, and for cells that start a program.
    """
    text = _decoded(content)
    if _CONTROLS.search(text):
        raise FileRefused(
            "Ce fichier n’est pas du texte : donnez-lui son extension d’origine, ou enregistrez-le en texte (UTF-8)."
        )
    if text.startswith("{\\rtf"):
        raise FileRefused("Ce fichier est au format RTF : enregistrez-le en .docx, en .odt ou en PDF.")
    if signatures.has_markup(content):
        raise FileRefused("Ce fichier contient une page web ou un script : ne gardez que le texte, ou envoyez un PDF.")
    if _STARTS_A_PROGRAM.search(text):
        raise FileRefused(
            "Une case de ce fichier lancerait un programme dans un tableur (formule avec « | ») : retirez-la, puis "
            "renvoyez le fichier."
        )


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileRefused("Ce fichier n’est pas du texte lisible : enregistrez-le en texte (UTF-8), puis renvoyez-le.")
