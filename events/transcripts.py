"""Read a transcript in the forms video platforms give it: WebVTT, SRT, or text with a time at the start of lines."""

import re
from dataclasses import dataclass

_TIME = r"(?:(\d{1,3}):)?(\d{1,2}):(\d{2})(?:[.,]\d{1,3})?"
_CUE = re.compile(rf"^\s*{_TIME}\s*-->")
_TIMESTAMPED = re.compile(rf"^\s*[\[(]?{_TIME}[\])]?[\s:–-]*(.*)$")
_NOT_SPOKEN = re.compile(r"^(WEBVTT|NOTE|STYLE|REGION)\b")
_MARKUP = re.compile(r"<[^<>]{0,80}>")


@dataclass(frozen=True, slots=True)
class Passage:
    """Some words of a recording.

    ``start`` and ``end`` are in seconds from the beginning, ``None`` for text without timings. ``overlap`` is the end
    of what was said just before: searched with the passage, never shown with it.
    """

    start: float | None
    text: str
    end: float | None = None
    speaker: str = ""
    overlap: str = ""


def parse_transcript(*, text: str) -> list[Passage]:
    """Split a transcript into passages, whatever its form; text without any time becomes passages without a start."""
    passages: list[Passage] = []
    start: int | None = None
    words: list[str] = []
    for block in _blocks(text):
        if _NOT_SPOKEN.match(block[0]):
            continue
        for position, line in enumerate(block):
            cue, stamped = _CUE.match(line), _TIMESTAMPED.match(line)
            if not cue and not stamped:
                names_a_cue = position == 0 and len(block) > 1 and _CUE.match(block[1])
                if not names_a_cue:
                    words.append(line)
                continue
            _close(passages, start, words)
            start, words = _seconds((cue or stamped).groups()[:3]), []  # type: ignore[union-attr]
            if stamped and not cue:
                words.append(stamped[4])
        if start is None:
            _close(passages, None, words)
            words = []
    _close(passages, start, words)
    return passages


def _blocks(text: str) -> list[list[str]]:
    paragraphs = re.split(r"\n\s*\n", text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n"))
    return [lines for paragraph in paragraphs if (lines := [line for line in paragraph.split("\n") if line.strip()])]


def _seconds(parts: tuple[str | None, ...]) -> int:
    hours, minutes, seconds = (int(part or 0) for part in parts)
    return hours * 3600 + minutes * 60 + seconds


def _close(passages: list[Passage], start: int | None, words: list[str]) -> None:
    spoken = " ".join(_MARKUP.sub("", " ".join(words)).split())
    if spoken:
        passages.append(Passage(start=start, text=spoken))
