"""Read a transcript in whatever form people have it; say, line by line, what was not as it should be."""

import re
from dataclasses import replace

from events.transcripts.captions import has_arrows, read_captions
from events.transcripts.cues import Cue, Problem, RawTranscript, Transcript, quoted
from events.transcripts.names import carry_on, name_the_prefixed, take_names_above
from events.transcripts.pasted import read_pasted
from events.transcripts.words import spoken, unroll
from hub.files import FileRefused
from hub.files.kinds import NO_TEXTS
from hub.files.reading import encoding_of, marked_encoding

MAX_BYTES = 5 * 1024 * 1024
"""Largest transcript, in bytes; three hours with a time for each line are under 400 kB."""
# Past them a person reads how many there are, and the first.
MOST_PROBLEMS = 500

_ADVICE = "Une transcription est un fichier .vtt, .srt ou .txt : exportez-la de la plateforme, ou collez son texte."
_WEB_PAGE = re.compile(r"\s*+(?:<\?xml[^>]{0,100}>\s*+)?<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_MOST_CONTROLS = 0.02
_TOUCHING = 0.05  # seconds by which captions overlap through rounding


def require_size(*, size: int) -> None:
    """Raise ``FileRefused`` for what is too large to be a transcript, before it is read."""
    if size > MAX_BYTES:
        shown = f"{size / 2**20:.1f}".replace(".", ",")
        raise FileRefused(
            f"Cette transcription pèse {shown} Mo : la limite est de {MAX_BYTES // 2**20} Mo, et trois heures de "
            "parole en font moins d’un. Vérifiez que c’est le bon fichier."
        )


def decoded(*, data: bytes) -> str:
    """Return the characters of a file, without its mark. Raises ``FileRefused`` when it is no text, saying what it is.

    A byte order mark decides; then UTF-8, UTF-16 without its mark, and Windows-1252.
    """
    require_size(size=len(data))
    if not data.strip(b" \t\r\n\x00"):
        raise FileRefused("Ce fichier est vide.")
    for signature, what in NO_TEXTS:
        if data.startswith(signature):
            raise FileRefused(f"Ce fichier est {what}, pas une transcription. {_ADVICE}")
    encoding = marked_encoding(data) or _encoding_without_mark(data)
    text = data.decode(encoding, errors="replace").lstrip("\ufeff")
    if len(_CONTROLS.findall(text)) > max(2, len(text) * _MOST_CONTROLS):
        raise FileRefused(f"Ce fichier n’est pas du texte. {_ADVICE}")
    require_transcript(text=text)
    return text.replace("\x00", "")


def require_transcript(*, text: str) -> None:
    """Raise ``FileRefused`` for a text that cannot be a transcript, whatever is in it."""
    require_size(size=len(text.encode(errors="replace")))
    if _WEB_PAGE.match(text[:1000]):
        raise FileRefused(f"Ce texte est une page web (HTML), pas une transcription. {_ADVICE}")


def _encoding_without_mark(data: bytes) -> str:
    if data.count(b"\x00") > len(data) // 4:
        return "utf-16-le" if data[1::2].count(0) > data[::2].count(0) else "utf-16-be"
    return encoding_of(data) or "latin-1"


def read_transcript(*, text: str) -> Transcript:
    """Read a transcript whatever its form. Nothing that is said is lost: what could not be timed has no start."""
    lines = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    is_captions = has_arrows(lines)
    raw = read_captions(lines) if is_captions else read_pasted(lines)
    raw.cues = [cue for cue in raw.cues if cue.lines or cue.start is not None]
    problems = raw.problems
    is_rolling = False
    if is_captions:
        _tell_empty(raw)
        raw.cues, is_rolling = unroll(raw.cues)
        take_names_above(raw.cues)
    cues = [said for cue in raw.cues for said in spoken(cue, problems=problems)]
    cues = [replace(cue, text=" ".join(cue.text.split())) for cue in carry_on(name_the_prefixed(cues))]
    if is_captions:
        _tell_untimed_beginning(cues, problems)
        cues = _in_time_order(cues, problems, is_rolling=is_rolling)
    return Transcript(
        form=f"{raw.form}, sous-titres automatiques qui défilent" if is_rolling else raw.form,
        cues=tuple(cues),
        problems=tuple(sorted(problems, key=lambda problem: problem.line)),
        chapters=tuple(raw.chapters),
    )


def _tell_empty(raw: RawTranscript) -> None:
    for cue in raw.cues:
        if not any(line.strip() for _number, line in cue.lines):
            raw.problems.append(Problem(cue.line, "Ce sous-titre n’a pas de mots."))


def _tell_untimed_beginning(cues: list[Cue], problems: list[Problem]) -> None:
    if cues and cues[0].start is None and cues[0].text and not any(told.line == cues[0].line for told in problems):
        message = f"{quoted(cues[0].text)} vient avant le premier temps : gardé, sans son moment."
        problems.append(Problem(cues[0].line, message))


def _in_time_order(cues: list[Cue], problems: list[Problem], *, is_rolling: bool) -> list[Cue]:
    """Put cues in the order of their starts, telling which were not; one without a time stays after its neighbour."""
    latest: Cue | None = None
    keyed: list[tuple[float, Cue]] = []
    at = -1.0
    is_moved = False
    for cue in cues:
        if cue.start is not None:
            at = cue.start
            if latest is not None and latest.start is not None and cue.line != latest.line:
                if at < latest.start:
                    is_moved = True
                    problems.append(
                        Problem(cue.line, "Ce sous-titre commence avant celui d’au-dessus : remis à sa place.")
                    )
                elif not is_rolling and latest.end is not None and latest.end - at > _TOUCHING:
                    problems.append(Problem(cue.line, "Ce sous-titre commence avant la fin de celui d’au-dessus."))
            if latest is None or latest.start is None or at >= latest.start:
                latest = cue
        keyed.append((at, cue))
    return [cue for _at, cue in sorted(keyed, key=lambda pair: pair[0])] if is_moved else cues
