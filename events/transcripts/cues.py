"""What the readers share: a cue, what is told of a line, a time."""

from dataclasses import dataclass, field, replace

CLOCK = r"(?:(\d{1,4}):)?(\d{1,3}):(\d{1,2})(?:[.,](\d{1,9}))?"
"""Hours, minutes, seconds, fraction. Platforms write hours above 99, and minutes above 99 without hours."""

_MINUTE = 60
_LONGEST_QUOTE = 40


@dataclass(frozen=True, slots=True)
class Cue:
    """Words said together, as they were read. Seconds from the beginning; ``None`` for what could not be timed.

    ``sounds`` are what is heard and not said (« Musique »); ``line`` is where the cue begins in what was read.
    """

    start: float | None
    end: float | None
    text: str
    speaker: str = ""
    sounds: tuple[str, ...] = ()
    line: int = 0


@dataclass(frozen=True, slots=True)
class Problem:
    """What a person is told of a line, in French; ``line`` is 0 when it concerns the whole."""

    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """A title that a platform puts between words: somebody wrote it, nobody said it."""

    start: float
    title: str


@dataclass(frozen=True, slots=True)
class Transcript:
    """A transcript that was read: ``form`` is how a person calls what it was written in."""

    form: str
    cues: tuple[Cue, ...] = ()
    problems: tuple[Problem, ...] = ()
    chapters: tuple[Chapter, ...] = ()

    @property
    def is_timed(self) -> bool:
        return any(cue.start is not None for cue in self.cues)

    @property
    def speakers(self) -> tuple[str, ...]:
        """Those who speak, in the order they first do."""
        return tuple(dict.fromkeys(cue.speaker for cue in self.cues if cue.speaker))

    def with_problems(self, *more: Problem) -> "Transcript":
        return replace(self, problems=tuple(sorted((*self.problems, *more), key=lambda problem: problem.line)))


@dataclass(slots=True)
class RawCue:
    """A cue being read: its lines are as written, markup and all, each with its number."""

    line: int
    start: float | None = None
    end: float | None = None
    speaker: str = ""
    lines: list[tuple[int, str]] = field(default_factory=list)


@dataclass(slots=True)
class RawTranscript:
    form: str
    cues: list[RawCue] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    chapters: list[Chapter] = field(default_factory=list)


def seconds_of(parts: tuple[str | None, ...], *, whole_milliseconds: bool = False) -> float | None:
    """Return the seconds of the four groups of ``CLOCK``, ``None`` for a time that does not exist (« 0:75 »).

    ``whole_milliseconds``: the fraction is a count without its zeros, as Teams writes « 4.90 » for 90 milliseconds.
    """
    hours, minutes, seconds, fraction = parts
    if int(seconds or 0) >= _MINUTE or (hours is not None and int(minutes or 0) >= _MINUTE):
        return None
    whole = int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0)
    if not fraction:
        return float(whole)
    return round(whole + int(fraction) / (1000 if whole_milliseconds else 10 ** len(fraction)), 3)


def quoted(text: str) -> str:
    """« the beginning of a line… », as a message shows it."""
    shown = " ".join(text[: 4 * _LONGEST_QUOTE].split())
    return f"« {shown if len(shown) <= _LONGEST_QUOTE else shown[:_LONGEST_QUOTE].rstrip() + '…'} »"
