"""From lines as they are written to words: without markup, entities, sounds, nor what rolling captions say again."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from html import unescape

from events.transcripts.cues import Cue, Problem, RawCue, quoted
from events.transcripts.names import LONGEST_NAME, shared

_TAG = re.compile(r"<(/?)([A-Za-z][\w-]{0,15})([^<>]*+)>|<\d[\d:.]{0,20}>")
_INLINE_TIME = re.compile(r"<\d{1,4}:\d[\d:.]{0,20}>")
_OVERRIDE = re.compile(r"\{\\[^{}]*+\}")
_KNOWN_TAGS = frozenset("b br c div em font i lang p rt ruby s small span strong sub sup tt u v".split())
# With its semicolon, and of a length that numbers have: « &#9999999999; » is words.
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_DECOMPOSED = re.compile(r"\w[\u0300-\u036f]{1,4}")
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\u200b\u200e\u200f\u2060]")
_OTHER_TURN = re.compile(r">>+\s*")
_BRACKETED = re.compile(
    r"\[([^\[\]\n]{1,60})\]|\(([^()\n]{1,60})\)|(?<![\w*])\*([^*\n]{1,40})\*(?![\w*])|♪+([^♪\n]{0,200})♪*"
)
_SOUNDS = frozenset(
    "acclamations applause applaudissement applaudissements bip bips brouhaha bruit bruits claquement coupure cris "
    "génerique générique grésillements huées inaudible incompréhensible inintelligible jingle larsen laughter "
    "microphone murmures music musique pause pleurs respiration rire rires rire_général sifflements silence sonnerie "
    "sonneries soupir soupirs toux tousse vidéo".split()
)
_MOST_OVERLAP = 3  # lines that a rolling caption shows again
_ROLLING_SHARE = 3  # one caption in three, at least, says again what the one before ends with


def unroll(cues: Sequence[RawCue]) -> tuple[list[RawCue], bool]:
    """Drop from each caption what the one before still shows; return whether captions roll.

    In automatic captions each line is shown twice, then held for ten milliseconds. Elsewhere somebody may well say the
    same words again: nothing is dropped then.
    """
    cuts: list[tuple[int, str]] = []
    shown: list[str] = []
    repeats = echoes = 0
    for cue in cues:
        plain = [text for _number, line in cue.lines if (text := _plain(line))]
        again, grown = _again(shown, plain) if cue.start is not None else (0, "")
        cuts.append((again, grown))
        # Somebody who says the same words again says nothing more in the same caption.
        repeats += bool(grown) or 0 < again < len(plain)
        echoes += bool(again)
        shown = plain or shown
    is_inline = any(_INLINE_TIME.search(line) for cue in cues for _number, line in cue.lines)
    if not (echoes if is_inline else repeats) or not (
        is_inline or (repeats > 1 and repeats * _ROLLING_SHARE >= len(cues))
    ):
        return list(cues), False
    kept = []
    for cue, (again, grown) in zip(cues, cuts, strict=True):
        lines = [(number, line) for number, line in cue.lines if _plain(line)]
        left = lines[again:]
        if grown and left:
            left[0] = (left[0][0], _plain(left[0][1])[len(grown) :])
        if left or not lines:
            cue.lines = left
            kept.append(cue)
    return [cue for cue in kept if cue.lines], True


def _again(shown: list[str], plain: list[str]) -> tuple[int, str]:
    """Return how many first lines were shown last, and the beginning of the first one when it only grew."""
    for count in range(min(len(shown), len(plain), _MOST_OVERLAP), 0, -1):
        if shown[-count:] == plain[:count]:
            return count, ""
    if shown and plain and len(shown[-1]) < len(plain[0]) and plain[0].startswith(f"{shown[-1]} "):
        return 0, shown[-1]
    return 0, ""


def _plain(line: str) -> str:
    return " ".join(_TAG.sub("", line).split()) if "<" in line else " ".join(line.split())


def spoken(cue: RawCue, *, problems: list[Problem]) -> Iterator[Cue]:
    """Yield what a caption says: a cue for each voice in it, its lines still apart."""
    first_line = cue.lines[0][0] if cue.lines else cue.line
    text = "\n".join(_OTHER_TURN.sub("", line, count=1) if ">>" in line[:4] else line for _number, line in cue.lines)
    turns = [(speaker, *_without_sounds(_characters(part))) for speaker, part in _voices(text, first_line, problems)]
    turns = [turn for turn in turns if turn[1] or turn[2]]
    if not turns:
        return
    parts = shared(cue.start, cue.end, [words for _speaker, words, _sounds in turns])
    for (speaker, _words, sounds), (words, start, end) in zip(turns, parts, strict=True):
        yield Cue(start, end, words, speaker=speaker or cue.speaker, sounds=sounds, line=cue.line)


def _voices(text: str, line: int, problems: list[Problem]) -> Iterator[tuple[str, str]]:
    """Yield (speaker, words), tags taken out; a tag that no caption has is left among the words, and told."""
    if "\\" in text:
        text = _OVERRIDE.sub("", text)
    speaker, words, done = "", [], 0
    is_told = False
    for tag in _TAG.finditer(text):
        name = (tag[2] or "").lower()
        if name and name not in _KNOWN_TAGS:
            if not is_told:
                is_told = True
                at = line + text.count("\n", 0, tag.start())
                problems.append(Problem(at, f"{quoted(tag[0])} n’est pas un code de sous-titres : gardé comme texte."))
            continue
        words.append(text[done : tag.start()])
        done = tag.end()
        if name == "br":
            words.append("\n")
        elif name == "v":
            yield speaker, "".join(words)
            speaker, words = "" if tag[1] else _voice(tag[3]), []
    words.append(text[done:])
    yield speaker, "".join(words)


def _voice(annotation: str) -> str:
    """« .loud Claire Petit » → « Claire Petit »."""
    classes, _, name = annotation.partition(" ") if annotation.startswith(".") else ("", "", annotation)
    del classes
    return " ".join(_characters(name).split())[: 2 * LONGEST_NAME]


def _characters(text: str) -> str:
    if "&" in text:
        text = _ENTITY.sub(lambda found: unescape(found[0]), text)
    text = _DECOMPOSED.sub(lambda found: unicodedata.normalize("NFC", found[0]), text)
    return _UNSEEN.sub("", text)


def _without_sounds(text: str) -> tuple[str, tuple[str, ...]]:
    """Set apart what is heard and not said; lines stay lines, blanks become one."""
    sounds: list[str] = []

    def take(found: re.Match[str]) -> str:
        inner = next((group for group in found.groups() if group is not None), "").strip()
        is_sung = found[0].startswith("♪")
        first = inner.split()[0].strip(".,…").lower() if inner else ""
        if not is_sung and first not in _SOUNDS:
            return found[0]
        sounds.append(inner or "Musique")
        return " "

    if any(sign in text for sign in "[(*♪"):
        text = _BRACKETED.sub(take, text)
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(filter(None, lines)), tuple(sounds)
