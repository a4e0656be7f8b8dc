"""Captions, whose times are on both sides of an arrow: WebVTT, SRT, and what Teams, Zoom and YouTube make of them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from events.transcripts.cues import CLOCK, Problem, RawCue, RawTranscript, quoted, seconds_of

_ARROW = r"(?:[-–—]{1,3}>|→)"
_TIMING = re.compile(rf"\s*+{CLOCK}\s*+{_ARROW}\s*+{CLOCK}(?=\s|$)")
_START_ALONE = re.compile(rf"\s*+{CLOCK}\s*+{_ARROW}")
# What was meant as the times of a cue: an arrow after something that begins as a time, or after nothing.
_MEANT_AS_TIMING = re.compile(rf"\s*+(?:\d{{1,4}}\s?[:hH.,][^\n]{{0,20}}?{_ARROW}|{_ARROW}\s*+(?:\d|$))")
_NOT_SPOKEN = re.compile(r"(?:NOTE|STYLE|REGION)(?:\s|$)")
_HEADER_LINE = re.compile(r"[\w-]{1,40}\s?[:=]")
_INDEX = re.compile(r"\d{1,6}")
# Words by which a line above the times is something said, and no identifier.
_FEWEST_WORDS_SAID = 4


@dataclass(slots=True)
class _Timing:
    start: float | None
    end: float | None
    problem: str = ""


def has_arrows(lines: Sequence[str]) -> bool:
    return any(_TIMING.match(line) for line in lines)


def read_captions(lines: Sequence[str]) -> RawTranscript:
    """Read lines of which one at least is the times of a cue."""
    return _Reader(lines).read()


class _Reader:
    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines
        self._is_vtt = next((line for line in lines if line.strip()), "").startswith("WEBVTT")
        self._whole_milliseconds = _has_single_digits(lines)
        self._has_commas = False
        self._raw = RawTranscript(form="")
        self._cue: RawCue | None = None
        self._index: int | None = None
        self._is_skipping = False
        # Lines of the block being read, since the last empty one.
        self._block = 0
        self._after_empty = True

    def read(self) -> RawTranscript:
        first = 0
        if self._is_vtt:
            first = self._read_header()
        for number, line in enumerate(self._lines[first:], first + 1):
            if not line.strip():
                # A line of blanks is part of a cue for whoever wrote it, and its end for whoever pasted it.
                self._block, self._is_skipping = 0, False
                self._after_empty = self._after_empty or not line
                continue
            self._read_line(number, line)
            self._block += 1
        if self._is_vtt:
            self._raw.form = "WebVTT"
        else:
            self._raw.form = "SRT" if self._has_commas else "WebVTT sans son en-tête"
        return self._raw

    def _read_header(self) -> int:
        """Pass over the lines up to the first empty one; return how many."""
        begun = next(position for position, line in enumerate(self._lines) if line.strip())
        for position, line in enumerate(self._lines[begun + 1 :], begun + 1):
            if not line.strip() or self._timing(line):
                return position
            if not _HEADER_LINE.match(line) and not _NOT_SPOKEN.match(line):
                self._add_words(position + 1, line)
        return len(self._lines)

    def _read_line(self, number: int, line: str) -> None:
        if timing := self._timing(line):
            self._begin(number, line, timing)
        elif self._is_skipping:
            return
        elif self._block == 0 and self._is_vtt and _NOT_SPOKEN.match(line):
            self._is_skipping = True
        else:
            self._add_words(number, line)

    def _timing(self, line: str) -> _Timing | None:
        if found := _TIMING.match(line):
            groups = found.groups()
            self._has_commas = self._has_commas or "," in found[0]
            start = seconds_of(groups[:4], whole_milliseconds=self._whole_milliseconds)
            end = seconds_of(groups[4:], whole_milliseconds=self._whole_milliseconds)
            problem = ""
            if start is None:
                problem = "ces temps n’existent pas : les mots sont gardés, sans leur moment"
            elif end is None:
                problem = "le temps de fin n’existe pas : seul le début est gardé"
            elif end < start:
                problem = "la fin précède le début : seul le début est gardé"
            return _Timing(start, None if problem else end, problem)
        if not _MEANT_AS_TIMING.match(line):
            return None
        alone = _START_ALONE.match(line)
        start = seconds_of(alone.groups(), whole_milliseconds=self._whole_milliseconds) if alone else None
        if start is not None:
            return _Timing(start, None, "le temps de fin n’est pas compris : seul le début est gardé")
        return _Timing(None, None, "ces temps ne sont pas compris : les mots sont gardés, sans leur moment")

    def _begin(self, number: int, line: str, timing: _Timing) -> None:
        self._take_identifier(number)
        if timing.problem:
            self._tell(number, f"{timing.problem} ({quoted(line)}).")
        self._cue = RawCue(line=number, start=timing.start, end=timing.end)
        self._raw.cues.append(self._cue)
        self._is_skipping = self._after_empty = False

    def _take_identifier(self, number: int) -> None:
        """Take back, from the words read so far, the line just above the times when it names the cue."""
        if self._cue is None or not self._cue.lines or self._cue.lines[-1][0] != number - 1 or not self._block:
            return
        above = self._cue.lines[-1][1].strip()
        is_index = _INDEX.fullmatch(above) is not None
        if self._block == 1:
            is_said = not is_index and len(above.split()) >= _FEWEST_WORDS_SAID
            if is_said:
                self._tell(number - 1, f"pas de temps au-dessus de {quoted(above)} : joint à ce qui précède.")
                return
        elif not is_index or not self._follows(int(above)):
            # In the middle of a block, only the next number of a list of cues is no words.
            return
        self._cue.lines.pop()
        self._index = int(above) if is_index else self._index
        if not self._cue.lines and self._cue.start is None and self._raw.cues[-1] is self._cue:
            self._raw.cues.pop()

    def _follows(self, index: int) -> bool:
        return index <= 1 if self._index is None else self._index <= index <= self._index + 3

    def _add_words(self, number: int, line: str) -> None:
        if self._cue is None:
            self._cue = RawCue(line=number)
            self._raw.cues.append(self._cue)
        elif self._block == 0 and self._after_empty and self._cue.lines and self._cue.start is not None:
            following = self._lines[number] if number < len(self._lines) else ""
            if not self._timing(following):
                self._tell(number, f"pas de temps au-dessus de {quoted(line)} : joint à ce qui précède.")
        self._cue.lines.append((number, line))
        self._after_empty = False

    def _tell(self, line: int, message: str) -> None:
        self._raw.problems.append(Problem(line, message[0].upper() + message[1:]))


def _has_single_digits(lines: Sequence[str]) -> bool:
    """Whether the zeros before a number are left out, as Teams did: « 0:0:4.90 » is 4 seconds and 90 milliseconds."""
    for line in lines:
        if found := _TIMING.match(line):
            hours, minutes, seconds = found[1], found[2], found[3]
            if len(seconds) == 1 or (hours is not None and len(minutes) == 1):
                return True
    return False
