"""Text and CSV: text indeed, and text alone."""

import re

from hub.files import signatures
from hub.files.refusal import FileRefused

# Controls that no text has; tabulation, line feeds and form feed are left.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
# How a cell that a spreadsheet computes begins. Its spaces are none of the marks before them: each is looked at once.
_COMPUTED = re.compile(r"(?:^|[;,|\t\r\"'])[ \u00a0]*[=+\-@]", re.MULTILINE)
# A cell by which a spreadsheet starts a program (DDE): =cmd|'/c calc'!A0. Each « | » is looked at up to the next.
_ASKS_A_PROGRAM = re.compile(r"\|[^;\t\r\n!|]{0,500}!")
_BEFORE_THE_BAR = 100  # characters
# Functions that open, fetch or send something elsewhere, by their English and French names; some are words as well.
_GOES_ELSEWHERE = re.compile(
    r"\b(?:HYPERLINK|LIEN[_.]HYPERTEXTE|WEBSERVICE|SERVICEWEB|IMPORT(?:XML|DATA|HTML|FEED|RANGE)|DDE|RTD)\s{0,20}\(|"
    r"=[ \u00a0]{0,20}(?:IMAGE|CALL|EXEC|REGISTER(?:\.ID)?)\s{0,20}\(",
    re.IGNORECASE,
)
_LONGEST_FORMULA = 8192  # characters, as spreadsheets have it


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
    if _starts_a_program(text):
        raise FileRefused(
            "Une case de ce fichier lancerait un programme dans un tableur (formule avec « | ») : retirez-la, puis "
            "renvoyez le fichier."
        )
    if _goes_elsewhere(text):
        raise FileRefused(
            "Une case de ce fichier est une formule qui ouvre une adresse ou va chercher une donnée ailleurs "
            "(LIEN_HYPERTEXTE, SERVICEWEB…) : remplacez-la par son texte, puis renvoyez le fichier."
        )


def _starts_a_program(text: str) -> bool:
    for found in _ASKS_A_PROGRAM.finditer(text):
        before = text[max(0, found.start() - _BEFORE_THE_BAR) : found.start()]
        if _COMPUTED.search(re.split(r"[;,\t\r\n]", before)[-1]):
            return True
    return False


def _goes_elsewhere(text: str) -> bool:
    """Whether a function that goes elsewhere is called where a formula began; each character is looked at once."""
    end = 0
    for found in _GOES_ELSEWHERE.finditer(text):
        begin = max(end, found.start() - _LONGEST_FORMULA)
        if _COMPUTED.search(text, begin, found.start() + 1):
            return True
        end = found.start()
    return False


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileRefused("Ce fichier n’est pas du texte lisible : enregistrez-le en texte (UTF-8), puis renvoyez-le.")
