"""Find in what people wrote the numbers a telephone can call."""

import re
from collections.abc import Iterator

_GAP = r"[ \u00a0\u202f.-]?"
# « +33 (0)1 99 00 01 10 »: the zero between brackets is not dialled.
_INTERNATIONAL = rf"(?:\+|00){_GAP}[1-9](?:{_GAP}(?:\(0\){_GAP})?\d){{7,13}}"
_NATIONAL = rf"0(?:{_GAP}\d){{9}}"
# 115, 3919, 116 117. Two digits alone are more often a day or an hour.
_SHORT = rf"116{_GAP}\d{{3}}|3\d{_GAP}\d\d|11[2-9]"
_NUMBER = re.compile(rf"(?<![\w+.,])(?:{_INTERNATIONAL}|{_NATIONAL}|{_SHORT})(?!{_GAP}\d|\w)")


def telephone_pieces(text: str) -> Iterator[tuple[str, str]]:
    """Yield the text in pieces, each with the ``tel:`` address of the number it is, empty for other words.

    Joined again, the pieces give back the text exactly.
    """
    position = 0
    for number in _NUMBER.finditer(text):
        if number.start() > position:
            yield text[position : number.start()], ""
        yield number[0], f"tel:{_dialled(number[0])}"
        position = number.end()
    if position < len(text):
        yield text[position:], ""


def _dialled(number: str) -> str:
    digits = "".join(re.findall(r"\d", number.replace("(0)", "")))
    if number.startswith("+"):
        return f"+{digits}"
    return f"+{digits[2:]}" if digits.startswith("00") else digits
