"""What a person is told of a transcript before it is kept: how it was read, what it lacks, what it may not be."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from events.transcripts.cues import Problem, Transcript
from events.transcripts.passages import Passage, passages_of
from events.transcripts.reading import read_transcript
from hub.pages.prose import clock

SHOWN_PASSAGES = 5
SHOWN_PROBLEMS = 100
_SHOWN_LINES = 8

# A person who speaks says 120 to 180 words a minute; a meeting with its pauses, translations and videos, over 60.
_FEWEST_WORDS_A_MINUTE = 60
# Of what is said aloud, 4 to 8 words in a hundred are of these; of a summary, written of others, under one.
_SPOKEN = frozenset(
    "je j moi nous vous on ça voilà merci bonjour euh donc oui alors c'est là hein mon ma mes notre".split()
)
_FEWEST_SPOKEN = 0.02
_FEWEST_WORDS = 30  # under them nothing can be told
_WORD = re.compile(r"\w+")
_SIGNS_OF_A_SUMMARY = 2
# A transcript that stops before this share of its replay lacks its end.
_LEAST_COVERED = 0.7


@dataclass(frozen=True, slots=True)
class ToldProblem:
    """A message, with the lines it concerns: « ligne 12 », « lignes 3, 9, 12 et 40 autres », or nothing."""

    where: str
    message: str


@dataclass(frozen=True, slots=True)
class TranscriptCheck:
    transcript: Transcript
    passages: tuple[Passage, ...]
    told: tuple[ToldProblem, ...]
    """The first ``SHOWN_PROBLEMS``."""
    problem_count: int

    @property
    def first_passages(self) -> tuple[Passage, ...]:
        return self.passages[:SHOWN_PASSAGES]

    @property
    def untold_count(self) -> int:
        return max(0, self.problem_count - SHOWN_PROBLEMS)


def check_transcript(
    *, text: str, duration: timedelta | None = None, starts: Sequence[float] = ()
) -> TranscriptCheck | None:
    """Read a transcript as it will be, and say all that a person should know of it; ``None`` for a blank one."""
    if not text.strip():
        return None
    transcript = read_transcript(text=text)
    length = duration.total_seconds() if duration else None
    transcript = transcript.with_problems(*_whole_problems(transcript, length))
    told = _grouped(transcript.problems)
    return TranscriptCheck(
        transcript=transcript,
        passages=tuple(passages_of(transcript.cues, starts=starts)),
        told=tuple(told[:SHOWN_PROBLEMS]),
        problem_count=len(told),
    )


def _whole_problems(transcript: Transcript, length: float | None) -> list[Problem]:
    problems = []
    if not any(cue.text for cue in transcript.cues):
        problems.append(Problem(0, "Aucun mot n’a été trouvé dans ce texte."))
    elif reasons := _signs_of_a_summary(transcript, length):
        problems.append(
            Problem(
                0,
                f"Ce texte ressemble à un résumé : {', '.join(reasons)}. Une transcription est tout ce qui est dit, "
                "mot à mot ; un résumé n’en tient pas lieu pour qui n’entend pas.",
            )
        )
    if not length:
        return problems
    late = [cue for cue in transcript.cues if cue.start is not None and cue.start >= length]
    if late:
        message = f"Ces paroles commencent après la fin du replay ({clock(int(length))})."
        problems += [Problem(cue.line, message) for cue in late]
    ends = [cue.end or cue.start for cue in transcript.cues if cue.start is not None]
    if ends and (last := max(filter(None, ends), default=0)) < length * _LEAST_COVERED:
        message = f"La transcription s’arrête à {clock(int(last))}, et le replay dure {clock(int(length))}."
        problems.append(Problem(0, message))
    return problems


def _signs_of_a_summary(transcript: Transcript, length: float | None) -> list[str]:
    """Return why a text is no transcript: two signs of three, as a true one may well have one of them.

    A transcript may have no times, come from a video with long silences, or be of a solemn reading; one that has two of
    these was not met.
    """
    words = [word for cue in transcript.cues for word in _WORD.findall(cue.text.lower())]
    if len(words) < _FEWEST_WORDS and not length:
        return []
    signs = []
    if not transcript.is_timed:
        signs.append("il n’a aucun temps")
    if length and len(words) < _FEWEST_WORDS_A_MINUTE * length / 60:
        signs.append(f"il a {len(words)} mots pour {max(1, round(length / 60))} minutes")
    if len(words) >= _FEWEST_WORDS and sum(word in _SPOKEN for word in words) < _FEWEST_SPOKEN * len(words):
        signs.append("il n’a presque pas de « je », de « nous » ni de « vous »")
    return signs if len(signs) >= _SIGNS_OF_A_SUMMARY else []


def _grouped(problems: Sequence[Problem]) -> list[ToldProblem]:
    """Say once what is true of several lines."""
    lines: dict[str, list[int]] = {}
    for problem in problems:
        lines.setdefault(problem.message, []).append(problem.line)
    return [ToldProblem(_where([line for line in found if line]), message) for message, found in lines.items()]


def _where(lines: list[int]) -> str:
    if not lines:
        return ""
    if len(lines) == 1:
        return f"ligne {lines[0]}"
    shown = [str(line) for line in lines[:_SHOWN_LINES]]
    if more := len(lines) - len(shown):
        return f"lignes {', '.join(shown)} et {more} autre{'s' if more > 1 else ''}"
    return f"lignes {', '.join(shown[:-1])} et {shown[-1]}"
