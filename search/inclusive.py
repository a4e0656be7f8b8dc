"""Inclusive writing: « réfugié·e·s », « acteur/trice », « logement(s) » are read as the plain word.

What follows the word is a sign and an ending that goes with it: « le » follows « professionnel », not « quartier ». So
« ville/commune », « et/ou » or « peut-être » stay what they are.
"""

import re

# For each ending, what the word before it may end with; « s » is the plural of that word (« acteurs·trices »).
_AGREEMENTS: tuple[tuple[str, str], ...] = (
    ("nes?", "n s?"),
    ("les?", "l s?"),
    ("tes?", "t s? ou ous"),
    ("ses?", "r x s"),
    ("euses?", "eur s? eux"),
    ("eures?|eresses?", "eur s?"),
    ("[eè]res?", "er s?"),
    ("i[eè]res?", "ier s?"),
    ("t?rices?|ices?", "teur s?"),
    ("d?rices?", "deur s?"),
    ("ves?", "f s?"),
    ("ives?", "if s?"),
    ("f?fes?", "f s?"),
    ("(?:i?en)?nes?", "en s?"),
    ("ales?", "al aux"),
    ("elles?", "el s? eau eaux"),
    ("ques?", "c s?"),
    ("e?sses?", "e s?"),
)
_LETTER = r"[^\W\d_]"


def _endings(letters: int) -> str:
    """A pattern for the endings, once the sign was read; the word has at least this number of letters."""
    branches = [rf"(?<={_LETTER * letters}.)(?:es?|[sx])"]
    for ending, words in _AGREEMENTS:
        befores = words.split()
        if "s?" in befores:
            before = befores[befores.index("s?") - 1]
            befores[befores.index("s?")] = f"{before}s"
        behind = "|".join(f"(?<={before}.)" for before in befores)
        branches.append(rf"(?:{behind})(?:{ending})")
    return "(?:" + "|".join(branches) + ")"


def _tail() -> str:
    """A pattern for what follows the word, without groups; each sign is kept to the end, and no word follows."""
    tails = [rf"\({_endings(2)}(?:[·⋅•‧∙.\-/]?s)?\)(?:s|\(s\))?(?!\w)"]
    for sign, letters in ((r"[·⋅•‧∙]", 2), (r"\.", 3), (r"[-‐‑]", 3), ("/", 3)):  # noqa: RUF001 — idem
        tails.append(rf"{sign}{_endings(letters)}(?:{sign}s)?(?!\w|{sign}\w)")
    return "(?:" + "|".join(tails) + ")"


def _in_capitals(pattern: str) -> str:
    """The same pattern for endings in capitals, after a capital."""
    return re.sub(r"(?<!\\)[a-zè]", lambda letter: letter[0].upper(), pattern)


# The ending has the case of the word: after « local.Les » begins a sentence.
TAIL = f"(?-i:(?<=[^\\W\\d_A-ZÀ-ÖØ-Þ]){_tail()}|(?<=[A-ZÀ-ÖØ-Þ]){_in_capitals(_tail())})"

# The tail may be missing: a word is then passed over at once, not from each of its letters.
_WRITTEN = re.compile(rf"({_LETTER}+)({TAIL})?")


def plain_form(word: str, tail: str) -> str:
    """Return the plain word that ``word`` and the ``TAIL`` after it stand for: masculine, in the number of both."""
    last = tail.rstrip(")")[-1:]
    is_plural = last in "sSxX" and word[-1:] not in "sxzSXZ"
    return f"{word}{last}" if last and is_plural else word


def plain_writing(text: str) -> str:
    """Return ``text`` with the plain word in the place of each inclusive one."""
    return _WRITTEN.sub(lambda match: plain_form(match[1], match[2] or ""), text)
