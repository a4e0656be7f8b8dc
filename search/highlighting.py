"""Extracts of a result around what was searched for.

They are segments of plain text, which templates escape: nothing gets through as HTML.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from operator import itemgetter

from search import analysis
from search.tree import AllOf, Node, Phrase, Prefix, Term, wanted_leaves

EXTRACT_LENGTH = 240
# Beyond this many characters of one text nothing more is looked for: an extract of a long transcript is not worth more.
MAX_SCANNED = 60_000
_STEM_STABLE = 3  # the first letters of a word, which stemming never changes

Segments = tuple[tuple[str, bool], ...]

_ACCENTED = {
    "a": "aàâäáãå", "c": "cç", "e": "eéèêëẽ", "i": "iîïìíyÿ", "n": "nñ", "o": "oôöòóõø", "u": "uùûüú", "y": "yÿýiîï",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Extract:
    """Some words of one of several texts.

    When they have something that was searched for, ``rank`` is the text's and ``start`` where the first of it stands.
    """

    segments: Segments
    rank: int | None = None
    start: int = 0


@dataclass(frozen=True, slots=True)
class _Match:
    start: int
    end: int
    wish: int  # which of the things searched for it answers


class Highlighter:
    def __init__(self, node: Node | None) -> None:
        """Prepare to find what a compiled text wants; the same object serves every result of a page."""
        self._terms: dict[str, int] = {}
        self._phrases: dict[str, list[tuple[int, Phrase]]] = {}
        self._prefixes: list[tuple[int, str]] = []
        starts: set[str] = set()
        wishes = node.children if isinstance(node, AllOf) else (node,)
        ranked = [(rank, leaf) for rank, wish in enumerate(wishes) for leaf in wanted_leaves(wish)]
        for rank, leaf in ranked:
            match leaf:
                case Term(value):
                    self._terms.setdefault(value, rank)
                    starts.update(_surface_starts(value))
                case Phrase(terms):
                    self._phrases.setdefault(terms[0][1], []).append((rank, leaf))
                    starts.update(_surface_starts(terms[0][1]))
                case Prefix(value):
                    self._prefixes.append((rank, value))
                    starts.add(value[:_STEM_STABLE])
        self._wish_count = len({rank for rank, _ in ranked})
        # Looking only at words that begin like a wanted one is several times faster than analysing every word.
        self._candidates = _candidates(frozenset(starts)) if starts else None

    def segments(self, text: str) -> Segments:
        return _cut(text, 0, len(text), list(self._matches(text)))

    def extract(self, *texts: str) -> Extract:
        """Return at most about ``EXTRACT_LENGTH`` characters of the first of ``texts`` that matches best.

        Later texts are looked at only while an earlier one does not show everything that was searched for. Without any
        match, this is the beginning of the first text that is not empty.
        """
        best: tuple[int, int, int, list[_Match]] = (0, 0, 0, [])
        for rank, text in enumerate(texts):
            if best[0] == self._wish_count:
                break
            score, start, matches = self._densest(text)
            if score > best[0]:
                best = (score, rank, start, matches)
        score, rank, start, matches = best
        if not score:
            return Extract(_window(next(filter(None, texts), ""), start, matches))
        return Extract(_window(texts[rank], start, matches), rank=rank, start=start)

    def _densest(self, text: str) -> tuple[int, int, list[_Match]]:
        """Return how many different wishes the best window shows, where it starts, and the matches found."""
        matches: list[_Match] = []
        best_score, best_start, first = 0, 0, 0
        for match in self._matches(text[:MAX_SCANNED]):
            matches.append(match)
            while match.end - matches[first].start > EXTRACT_LENGTH - 40:
                first += 1
                if first == len(matches):
                    first -= 1
                    break
            score = len({shown.wish for shown in matches[first:]})
            if score > best_score:
                best_score, best_start = score, matches[first].start
            # Enough of everything, or far enough past the best window to mark all that shows in it.
            if best_score == self._wish_count and match.start > best_start + EXTRACT_LENGTH:
                break
        return best_score, best_start, matches

    def _matches(self, text: str) -> Iterator[_Match]:
        if self._candidates is None:
            return
        end = 0
        for candidate in self._candidates.finditer(text):
            if candidate.start() < end:
                continue
            word = analysis.word_at(text, candidate.start())
            if word is None:
                continue
            found = self._match_at(text, word)
            if found is not None:
                end = found.end
                yield found

    def _match_at(self, text: str, word: analysis.Word) -> _Match | None:
        readings = {word.term, analysis.stemmed_term(word.surface)} if word.surface.isupper() else {word.term}
        for reading in readings:
            for rank, phrase in self._phrases.get(reading, ()):
                end = _phrase_end(text, word.start, phrase)
                if end:
                    return _Match(word.start, end, rank)
            if reading in self._terms:
                return _Match(word.start, word.end, self._terms[reading])
        if self._prefixes:
            folded = analysis.fold(word.surface)
            for rank, prefix in self._prefixes:
                if folded.startswith(prefix):
                    return _Match(word.start, word.end, rank)
        return None


def _phrase_end(text: str, start: int, phrase: Phrase) -> int:
    """Return where the phrase that begins at ``start`` ends, 0 if it is not there."""
    wanted = dict(phrase.terms)
    last = phrase.terms[-1][0]
    # Long enough for the words of the phrase and the stop words between them.
    for word in analysis.words(text[start : start + 40 * (last + 1)]):
        if word.position in wanted and wanted[word.position] != word.term:
            return 0
        if word.position == last:
            return start + word.end
    return 0


def _window(text: str, start: int, matches: list[_Match]) -> Segments:
    if len(text) <= EXTRACT_LENGTH:
        return _cut(text, 0, len(text), matches)
    begin = max(0, start - EXTRACT_LENGTH // 4)
    if begin:
        space = re.compile(r"\s").search(text, begin, start)  # to the start of a whole word
        begin = space.end() if space else start
    end = min(len(text), begin + EXTRACT_LENGTH)
    if end < len(text):
        end = max(text.rfind(" ", begin, end), text.rfind("\n", begin, end), begin + EXTRACT_LENGTH // 2)
    segments = list(_cut(text, begin, end, matches))
    if begin:
        segments.insert(0, ("… ", False))
    if end < len(text):
        segments.append((" …", False))
    return _joined(segments)


def _cut(text: str, begin: int, end: int, matches: list[_Match]) -> Segments:
    segments: list[tuple[str, bool]] = []
    position = begin
    for match in matches:
        if match.start < position or match.start >= end:
            continue
        stop = min(match.end, end)
        segments += [(text[position : match.start], False), (text[match.start : stop], True)]
        position = stop
    segments.append((text[position:end], False))
    return _joined(segments)


def _joined(segments: list[tuple[str, bool]]) -> Segments:
    runs = groupby((segment for segment in segments if segment[0]), key=itemgetter(1))
    return tuple(("".join(text for text, _ in run), is_match) for is_match, run in runs)


def _surface_starts(term: str) -> set[str]:
    return {start[:_STEM_STABLE] for start in (term, *analysis.override_forms(term))}


@lru_cache(maxsize=512)
def _candidates(starts: frozenset[str]) -> re.Pattern[str]:
    """Return a pattern that finds words beginning with a folded start, whatever accents, capitals or dots.

    It begins with a plain set of letters: ``re`` looks for that much faster than for anything else.
    """
    initials = "".join(sorted({variant for start in starts for variant in _initials(start[0])}))
    beginnings = "|".join(_start_pattern(start) for start in sorted(starts))
    return re.compile(rf"[{re.escape(initials)}](?<![^\W_][\s\S])(?:{beginnings})")


def _start_pattern(start: str) -> str:
    """Return a pattern for what follows the initial, looked back upon first, of words that begin with ``start``."""
    spelled = start.replace("oe", "œ").replace("ae", "æ")
    pieces = [_letter(letter) for letter in spelled]
    if spelled[0] in "œæ":
        first, second = ("o", "e") if spelled[0] == "œ" else ("a", "e")
        pieces[0] = rf"(?:(?<=[{spelled[0]}{spelled[0].upper()}])|(?<={_letter(first)})\.?{_letter(second)})"
    else:
        pieces[0] = f"(?<={pieces[0]})"
    return r"\.?".join(pieces)


def _initials(letter: str) -> str:
    variants = _ACCENTED.get(letter, letter)
    ligature = {"o": "œŒ", "a": "æÆ"}.get(letter, "")
    return variants + variants.upper() + ligature


def _letter(letter: str) -> str:
    if letter in "œæ":
        first, second = ("o", "e") if letter == "œ" else ("a", "e")
        return rf"(?:[{letter}{letter.upper()}]|{_letter(first)}\.?{_letter(second)})"
    variants = _ACCENTED.get(letter, letter)
    return f"[{re.escape(variants + variants.upper())}]"
