"""The recordings of the demonstration: said by a synthetic voice, sentence by sentence, so that each has its true time.

A script of ``data/recordings/`` names its voices (« @ Name : variant of espeak-ng, words a minute »), its parts
(« # title », which is shown) and who says what (« Name : sentences »). Made once, by hand, with the programs
espeak-ng and ffmpeg; what comes out of them is kept with the sources, and no hub needs them.
"""

import re
import subprocess
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from django.contrib.staticfiles import finders
from PIL import Image, ImageDraw, ImageFont

from events.demo.sources import DATA_DIR, DemoDataError

SCRIPTS = DATA_DIR / "recordings"
_SIZE = (640, 360)
_INK, _PAPER, _SOFT = "#161616", "#f5f5fe", "#000091"
_RATE = 22_050  # of espeak-ng's sound
_FRAMES_A_SECOND, _SECONDS_BETWEEN_KEYS = 1, 10
# Of silence, after a sentence, a speaker, a part.
_PAUSES = (0.35, 0.8, 1.6)
_SENTENCE = re.compile(r"(?<=[.!?…])\s+(?=[A-ZÀ-Ý«])")


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence: which part it belongs to, who says it and how."""

    part: str
    speaker: str
    voice: str
    text: str


@dataclass(frozen=True, slots=True)
class Said:
    line: Line
    start: float
    end: float


def script_lines(*, text: str) -> list[Line]:
    """Read a script; DemoDataError for a line of nobody's."""
    voices: dict[str, str] = {}
    part = ""
    lines: list[Line] = []
    for row in filter(None, map(str.strip, text.splitlines())):
        mark, _space, rest = row.partition(" ")
        name, colon, words = (rest if mark == "@" else row).partition(" : ")
        if mark == "@":
            voices[name] = words
        elif mark == "#":
            part = rest
        elif colon and name in voices:
            lines.extend(Line(part, name, voices[name], sentence) for sentence in _SENTENCE.split(words))
        else:
            raise DemoDataError(f"Ligne sans voix dans le script : « {row[:60]} ».")
    return lines


def build_recording(*, script: Path, title: str) -> list[Said]:
    """Write the WebM and the WebVTT of a script beside it, and return when each sentence is said."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        said = _speak(script_lines(text=script.read_text(encoding="utf-8")), folder=folder)
        _draw(said, folder=folder, title=title)
        _run(
            *("ffmpeg", "-nostdin", "-loglevel", "error", "-y"),
            *("-f", "concat", "-i", folder / "slides.txt", "-i", folder / "sound.wav"),
            # A slide is one picture: without repeating it, a player that seeks would wait for the next one.
            *("-vf", f"fps={_FRAMES_A_SECOND}", "-g", _FRAMES_A_SECOND * _SECONDS_BETWEEN_KEYS, "-pix_fmt", "yuv420p"),
            *("-c:v", "libvpx-vp9", "-crf", "48", "-b:v", "0", "-deadline", "good", "-cpu-used", "2"),
            *("-c:a", "libopus", "-b:a", "13k", "-ac", "1", "-application", "voip"),
            # The list of the keys first: a player seeks without asking for the end of the file.
            *("-shortest", "-cues_to_front", "1", "-metadata", f"title={title}", "-fflags", "+bitexact"),
            script.with_suffix(".webm"),
        )
    script.with_suffix(".vtt").write_text("\n\n".join(["WEBVTT", *map(_cue, said)]) + "\n", encoding="utf-8")
    return said


def _speak(lines: list[Line], *, folder: Path) -> list[Said]:
    said, position = [], 0.0
    with wave.open(str(folder / "sound.wav"), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(_RATE)
        for line, following in zip(lines, [*lines[1:], None], strict=True):
            variant, speed = line.voice.split()
            path = folder / "sentence.wav"
            _run("espeak-ng", "-v", f"fr+{variant}", "-s", speed, "-g", "2", "-w", path, line.text)
            with wave.open(str(path), "rb") as sentence:
                frames = sentence.readframes(sentence.getnframes())
            end = position + len(frames) / 2 / _RATE
            said.append(Said(line, position, end))
            pause = int(_pause(line, following) * _RATE)
            sound.writeframes(frames + bytes(2 * pause))
            position = end + pause / _RATE
    return said


def _pause(line: Line, following: Line | None) -> float:
    if following is None or following.part != line.part:
        return _PAUSES[2]
    return _PAUSES[following.speaker != line.speaker]


def _draw(said: list[Said], *, folder: Path, title: str) -> None:
    """Draw a slide for each turn of speech, and the list of how long each is shown."""
    rows = ["ffconcat version 1.0"]
    turns = list(_turns(said))
    for number, (turn, until) in enumerate(turns):
        path = folder / f"{number:03}.png"
        _slide(title=title, part=turn.line.part, speaker=turn.line.speaker).save(path)
        rows += [f"file {path.name}", f"duration {until - turn.start:.3f}"]
    rows.append(f"file {len(turns) - 1:03}.png")  # the last one counts only when it is said twice
    (folder / "slides.txt").write_text("\n".join(rows), encoding="utf-8")


def _turns(said: list[Said]) -> Iterator[tuple[Said, float]]:
    """The first sentence of each turn, and when the next turn begins."""
    first = said[0]
    for each in said[1:]:
        if (each.line.part, each.line.speaker) != (first.line.part, first.line.speaker):
            yield first, each.start
            first = each
    yield first, said[-1].end + _PAUSES[2]


def slide_bytes(*, title: str) -> bytes:
    """The picture that waits for the recording of a workshop."""
    stream = BytesIO()
    _slide(title="Enregistrement de démonstration", part=title, speaker="").save(stream, "PNG", optimize=True)
    return stream.getvalue()


def _slide(*, title: str, part: str, speaker: str) -> Image.Image:
    slide = Image.new("RGB", _SIZE, _PAPER)
    drawing = ImageDraw.Draw(slide)
    drawing.rectangle((0, 0, 12, _SIZE[1]), fill=_SOFT)
    drawing.multiline_text((40, 28), _wrapped(title, 58), font=_font("Regular", 17), fill=_INK, spacing=6)
    drawing.multiline_text((40, 112), _wrapped(part, 32), font=_font("Bold", 30), fill=_SOFT, spacing=8)
    drawing.text((40, 262), speaker, font=_font("Medium", 22), fill=_INK)
    drawing.text((40, 318), "Atelier fictif, dit par une voix de synthèse", font=_font("Regular", 15), fill=_INK)
    return slide


def _wrapped(text: str, width: int) -> str:
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + len(word) >= width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return "\n".join(lines)


def _font(weight: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(finders.find(f"dsfr/dist/fonts/Marianne-{weight}.woff")), size)


def _cue(said: Said) -> str:
    return f"{_time(said.start)} --> {_time(said.end)}\n<v {said.line.speaker}>{said.line.text}"


def _time(seconds: float) -> str:
    return f"{int(seconds // 3600):02}:{int(seconds // 60 % 60):02}:{seconds % 60:06.3f}"


def _run(*command: object) -> None:
    try:
        subprocess.run([*map(str, command)], check=True, capture_output=True)  # noqa: S603 — our own words
    except FileNotFoundError as error:
        raise DemoDataError(f"Le programme {command[0]} manque : installez espeak-ng et ffmpeg.") from error
    except subprocess.CalledProcessError as error:
        raise DemoDataError(f"{command[0]} a échoué : {error.stderr.decode(errors='replace')[-500:]}") from error
