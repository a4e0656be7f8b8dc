"""Text that was copied from a window or typed: times alone on their line, after a name, or before the words."""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from events.transcripts.cues import CLOCK, Chapter, Problem, RawCue, RawTranscript, quoted, seconds_of
from events.transcripts.names import looks_like_a_name

_ALONE = re.compile(rf"[\[(]?{CLOCK}[\])]?")
_STAMPED = re.compile(rf"([\[(]?){CLOCK}(?:[\])]\s*+[-–—:|]*+\s*+|\s*+[-–—:|]++\s*+|\s++|(?=[^\W\d_]))(?=\S)")
_SPOKEN_TIME = re.compile(
    r"(?:(?P<hours>\d{1,3})\s?(?:heures?|hours?|h)(?:,?\s(?:et\s|and\s)?|$))?"
    r"(?:(?P<minutes>\d{1,3})\s?(?:minutes?|min)(?:,?\s(?:et\s|and\s)?|$))?"
    r"(?:(?P<seconds>\d{1,2})\s?(?:secondes?|seconds?|s))?"
)
_NOTICE = re.compile(
    r".{0,60}\b(?:a (?:commencé|démarré|lancé|arrêté) la transcription|(?:started|stopped) transcription)\.?",
    re.IGNORECASE,
)
_LONGEST_HEADING = 120
# After one of these words, an hour is something that is said: « nous reprenons à / 14:30 pour la table ronde ».
_BEFORE_AN_HOUR = {"à", "a", "vers", "dès", "avant", "après", "depuis", "entre", "jusqu’à", "jusqu'à", "de", "et"}
_FAR = 120  # seconds; nearer, the time may well be that of the next words
_SLOWEST = 4  # seconds a word, all pauses included


class _Kind(Enum):
    PLAIN = "plain"
    ALONE = "alone"
    NAMED = "named"
    STAMPED = "stamped"


@dataclass(slots=True)
class _Line:
    number: int
    text: str
    kind: _Kind = _Kind.PLAIN
    time: float = 0
    # What stands before the time of a named line, after that of a stamped one.
    other: str = ""
    is_bracketed: bool = False
    has_hours: bool = False
    is_spelt_out: bool = False


def read_pasted(lines: Sequence[str]) -> RawTranscript:
    """Read lines none of which is the times of a caption."""
    read = [_line(number, line.strip()) for number, line in enumerate(lines, 1)]
    _require_names(read)
    count = Counter(line.kind for line in read)
    if count[_Kind.NAMED] and count[_Kind.NAMED] >= count[_Kind.STAMPED]:
        return _read_headed(read)
    if count[_Kind.ALONE] and count[_Kind.ALONE] >= count[_Kind.STAMPED]:
        return _read_panel(read)
    if count[_Kind.STAMPED] > 1 or next((line for line in read if line.text), None) in _of_kind(read, _Kind.STAMPED):
        return _read_stamped(read)
    return _read_untimed(read)


def _line(number: int, text: str) -> _Line:
    if found := _ALONE.fullmatch(text):
        time = seconds_of(found.groups())
        if time is not None:
            return _Line(number, text, _Kind.ALONE, time, has_hours=found[1] is not None)
    if text[:1].isdigit() and len(text) <= _LONGEST_HEADING and (spoken := _spoken_time(text)) is not None:
        return _Line(number, text, _Kind.ALONE, spoken, is_spelt_out=True)
    if found := _STAMPED.match(text):
        time = seconds_of(found.groups()[1:])
        if time is not None:
            rest = text[found.end() :]
            return _Line(number, text, _Kind.STAMPED, time, rest, bool(found[1]), has_hours=found[2] is not None)
    if len(text) <= _LONGEST_HEADING and text[-1:] in set("0123456789)]s") and (named := _named(number, text)):
        return named
    return _Line(number, text)


def _named(number: int, text: str) -> _Line | None:
    """« Prénom Nom   0:03 », « Prénom Nom 0 minutes 3 secondes »."""
    words = text.split()
    if clock := _ALONE.fullmatch(words[-1]):
        time = seconds_of(clock.groups())
        name = text[: -len(words[-1])]
        is_apart = name.endswith(("  ", "\t"))
        spelt = False
    else:
        first = next((at for at, word in enumerate(words) if at and word.isdigit() and len(words) - at <= 8), None)  # noqa: PLR2004
        time, spelt, is_apart = None, True, True
        while first is not None and time is None:
            time = _spoken_time(" ".join(words[first:]))
            if time is None:
                first = next((at for at in range(first + 1, len(words)) if words[at].isdigit()), None)
        name = " ".join(words[:first])
    name = " ".join(name.split()).strip(" -–—:,")
    if time is None or not looks_like_a_name(name) or not (is_apart or " " in name):
        return None
    return _Line(number, text, _Kind.NAMED, time, name, is_spelt_out=spelt)


def _spoken_time(text: str) -> float | None:
    """« 1 heure 2 minutes 3 secondes », as a window tells a screen reader."""
    found = _SPOKEN_TIME.fullmatch(text)
    if not found or not any(found.groups()):
        return None
    return int(found["hours"] or 0) * 3600.0 + int(found["minutes"] or 0) * 60 + int(found["seconds"] or 0)


def _require_names(read: Sequence[_Line]) -> None:
    """Of a single line that ends with an hour (« Rendez-vous Gare de Lyon 14:30 »), nothing says that it is a name."""
    named = _of_kind(read, _Kind.NAMED)
    first = next((line for line in read if line.text), None)
    if len(named) == 1 and named[0] is not first and "   " not in named[0].text and not named[0].is_spelt_out:
        named[0].kind = _Kind.PLAIN


def _of_kind(read: Iterable[_Line], *kinds: _Kind) -> list[_Line]:
    return [line for line in read if line.kind in kinds]


# --- the forms --------------------------------------------------------------------------------------------------------


def _read_headed(read: list[_Line]) -> RawTranscript:
    """Teams: a name and a time, words under them."""
    raw = RawTranscript(form="texte copié de Teams")
    marks = _in_order(raw, _of_kind(read, _Kind.NAMED, _Kind.ALONE))
    cue: RawCue | None = None
    for line in read:
        if line.number in marks:
            name = line.other if line.kind is _Kind.NAMED else ""
            is_same = cue is not None and not cue.lines and cue.start == line.time and name in {"", cue.speaker}
            if cue is None or not is_same:
                cue = RawCue(line=line.number, start=line.time, speaker=name)
                raw.cues.append(cue)
        else:
            cue = _add(raw, cue, line)
    return raw


def _read_panel(read: list[_Line]) -> RawTranscript:
    """YouTube's panel: a time, words under it; the title of a chapter may stand before a time."""
    raw = RawTranscript(form="texte copié du panneau de YouTube")
    marks = _in_order(raw, _of_kind(read, _Kind.ALONE))
    titles, names = _before_times(read, marks)
    cue: RawCue | None = None
    above = ""
    for line in read:
        if line.number in marks:
            if cue is not None and cue.start == line.time and not cue.lines:
                continue  # said again in words
            cue = RawCue(line=line.number, start=line.time, speaker=above if names else "")
            raw.cues.append(cue)
            if above and not names:
                raw.chapters.append(Chapter(line.time, above))
                raw.problems.append(
                    Problem(line.number, f"Le titre de chapitre {quoted(above)} est mis à part : il n’est pas parlé.")
                )
            above = ""
        elif line.number in titles:
            above = line.text
        else:
            cue = _add(raw, cue, line)
    return raw


def _before_times(read: list[_Line], marks: set[int]) -> tuple[set[int], bool]:
    """Return the numbers of the lines that stand before a time without being said, and whether they are names.

    Where nearly each time has one line of words, a last line more, that begins with a capital, is a title; where nearly
    each time comes after a name, and names come back, they are names.
    """
    leading: list[_Line] = []
    blocks: list[list[_Line]] = []
    for line in read:
        if line.number in marks:
            if not (blocks and not blocks[-1] and line.is_spelt_out):
                blocks.append([])
        elif line.text:
            (blocks[-1] if blocks else leading).append(line)
    last = [block[-1] for block in [leading, *blocks[:-1]] if block]
    named = [line for line in last if looks_like_a_name(line.text)]
    if len(named) >= len(blocks) * 0.9 and len(blocks) > 1 and len({line.text for line in named}) < len(named):
        return {line.number for line in named}, True
    spoken = [block for block in blocks if block]
    single = sum(len(block) == 1 for block in spoken)
    usual = 0.5 if len(leading) == 1 else 0.7
    titles = {leading[-1].number} if leading and len(leading[-1].text) <= _LONGEST_HEADING else set()
    if spoken and single > len(spoken) * usual:
        titles |= {block[-1].number for block in blocks[:-1] if len(block) > 1 and _may_be_title(block[-1].text)}
    return titles, False


def _may_be_title(text: str) -> bool:
    return len(text) <= _LONGEST_HEADING and not text[0].islower() and text[-1] not in ".,;…"


def _read_stamped(read: list[_Line]) -> RawTranscript:
    """A time at the beginning of lines, and the words after it."""
    raw = RawTranscript(form="texte minuté")
    stamped = _of_kind(read, _Kind.STAMPED)
    said = _hours_said(read, stamped)
    marks = _in_order(raw, [line for line in _of_kind(read, _Kind.STAMPED, _Kind.ALONE) if line.number not in said])
    cue: RawCue | None = None
    for line in read:
        if line.number in marks:
            cue = RawCue(line=line.number, start=line.time)
            raw.cues.append(cue)
            if line.other:
                cue.lines.append((line.number, line.other))
        else:
            cue = _add(raw, cue, line)
    return raw


def _read_untimed(read: list[_Line]) -> RawTranscript:
    raw = RawTranscript(form="texte sans minutage")
    cue: RawCue | None = None
    for line in read:
        cue = _add(raw, cue, line)
    return raw


def _add(raw: RawTranscript, cue: RawCue | None, line: _Line) -> RawCue | None:
    """Put a line among the words; what comes before any time is cut in paragraphs."""
    is_untimed = cue is None or cue.start is None
    if not line.text:
        return None if is_untimed else cue
    if line.kind is _Kind.PLAIN and len(line.text) <= _LONGEST_HEADING and _NOTICE.fullmatch(line.text):
        raw.problems.append(Problem(line.number, f"{quoted(line.text)} est mis à part : ce n’est pas parlé."))
        return cue
    if cue is None:
        cue = RawCue(line=line.number)
        raw.cues.append(cue)
    cue.lines.append((line.number, line.text))
    return cue


# --- which hours are times, and which are said ------------------------------------------------------------------------


def _hours_said(read: list[_Line], stamped: list[_Line]) -> set[int]:
    """The numbers of the lines that begin with an hour somebody says, told by how the other times are written."""
    bracketed = sum(line.is_bracketed for line in stamped)
    early = [line for line in stamped if line.time < 3600]  # noqa: PLR2004 — an hour
    in_full = sum(line.has_hours for line in early)
    said = set()
    before: _Line | None = None
    mark: _Line | None = None
    words = 0
    for line in read:
        if not line.text:
            continue
        if line.kind is _Kind.STAMPED:
            is_other_manner = (bracketed * 2 > len(stamped) and not line.is_bracketed) or (
                in_full * 2 > len(early) and not line.has_hours and line in early
            )
            ends_before_an_hour = before is not None and before.text.rsplit(None, 1)[-1].lower() in _BEFORE_AN_HOUR
            is_far = mark is not None and line.time - mark.time > max(_FAR, words * _SLOWEST)
            if is_other_manner or (ends_before_an_hour and is_far and not line.is_bracketed):
                said.add(line.number)
        if line.kind in {_Kind.STAMPED, _Kind.ALONE} and line.number not in said:
            mark, words = line, 0
        words += line.text.count(" ") + 1
        before = line
    return said


def _in_order(raw: RawTranscript, marks: list[_Line]) -> set[int]:
    """Return the numbers of the most lines whose times follow one another; the others are told, and kept as words."""
    tails: list[float] = []
    ends: list[int] = []
    previous: list[int] = []
    for position, mark in enumerate(marks):
        at = bisect_right(tails, mark.time)
        tails[at : at + 1] = [mark.time]
        ends[at : at + 1] = [position]
        previous.append(ends[at - 1] if at else -1)
    kept: set[int] = set()
    position = ends[-1] if ends else -1
    while position >= 0:
        kept.add(marks[position].number)
        position = previous[position]
    for mark in marks:
        if mark.number not in kept:
            message = f"{quoted(mark.text)} ne suit pas l’ordre des temps : gardé comme des mots."
            raw.problems.append(Problem(mark.number, message))
    return kept
