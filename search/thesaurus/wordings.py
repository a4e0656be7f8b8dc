"""Words and expressions as editors write them, and what is wrong with some. Pure: no database."""

from collections.abc import Iterable

from search import analysis
from search.enums import ThesaurusKind
from search.synonyms import MAX_WORDING_WORDS, Wording, read_wording

MAX_WORDINGS = 40
MAX_WORDING_LENGTH = 100


def wordings_in(text: str) -> list[str]:
    """Return the words and expressions of a field, one a line, each once and without needless spaces."""
    lines = (" ".join(line.split()) for line in analysis.clean(text).splitlines())
    return list(dict.fromkeys(filter(None, lines)))


def problems_of(*, kind: str, wordings: str, meanings: str) -> dict[str, list[str]]:
    """Return what makes an entry useless or harmful to a search, in French, by field; empty when nothing does."""
    typed, meant = wordings_in(wordings), wordings_in(meanings)
    problems: dict[str, list[str]] = {
        "wordings": list(_wrong_with(typed)),
        "meanings": list(_wrong_with(meant)),
    }
    if kind == ThesaurusKind.FAMILY:
        if meant:
            problems["meanings"] = [
                "Une famille n’a pas de sens : laissez ce champ vide, ou choisissez « sens unique »."
            ]
        if len(_distinct(typed)) < 2 and not problems["wordings"]:  # noqa: PLR2004 — a family is two at least
            problems["wordings"].append(
                "Une famille a deux mots différents au moins : accents, pluriels et petits mots ne comptent pas."
            )
    elif not meant:
        problems["meanings"].append("Indiquez ce que ces mots veulent dire aussi.")
    else:
        both = _distinct(typed) & _distinct(meant)
        if both and not problems["meanings"]:
            shown = ", ".join(text for text in meant if _key(text) in both)
            problems["meanings"].append(f"Déjà à gauche : {shown}. La recherche n’y voit aucune différence.")
    return {field: messages for field, messages in problems.items() if messages}


def _wrong_with(texts: list[str]) -> Iterable[str]:
    if len(texts) > MAX_WORDINGS:
        yield f"{MAX_WORDINGS} lignes au plus : faites plusieurs entrées."
    for text in texts[:MAX_WORDINGS]:
        if len(text) > MAX_WORDING_LENGTH:
            yield f"« {text[:MAX_WORDING_LENGTH]}… » est trop long : {MAX_WORDING_LENGTH} caractères au plus."
        elif problem := _wrong_with_one(text):
            yield problem


def _wrong_with_one(text: str) -> str:
    words = list(analysis.words(text))
    kept = [word for word in words if word.term]
    if not words:
        return f"« {text} » ne contient aucun mot."
    if not kept:
        return f"« {text} » n’est fait que de mots trop courants, que la recherche ne regarde pas."
    if len(kept) > MAX_WORDING_WORDS:
        return f"« {text} » a trop de mots : {MAX_WORDING_WORDS} au plus, sans compter les petits mots."
    if all(analysis.is_question_word(word.surface) for word in kept):
        return f"« {text} » est un mot de question (« comment », « trouver »…), que la recherche laisse de côté."
    if read_wording(text) is None:
        return f"« {text} » n’est pas un mot que la recherche peut comparer."
    return ""


def _key(text: str) -> tuple[str, ...]:
    wording: Wording | None = read_wording(text)
    return wording.key if wording else ()


def _distinct(texts: Iterable[str]) -> set[tuple[str, ...]]:
    return {key for text in texts if (key := _key(text))}
