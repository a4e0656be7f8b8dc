"""Where to go from an empty page: the publics, schemes and territories nearest to what was typed, else the fullest.

Only what has entries is offered: each link leads to something. Asked for when nothing is found, and only then.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count
from django.urls import reverse

from hub.pages.catalogue import catalogue_models
from hub.territories.models import Territory
from hub.vocabulary.models import lines_of
from search import analysis
from search.query import SearchQuery
from search.resolving import Vocabularies, read_vocabularies
from search.service import SearchAnswer, search
from search.spelling import allowed_mistakes, mistakes

SHOWN = 5
_MIN_LENGTH = 4  # letters of a word, or of the beginning of one, that is compared
_COMPARED = 200  # territories whose names are read, those that contain the chosen one and the fullest
_SAME_STEM, _SAME_BEGINNING, _NEAR_SPELLING = 3, 2, 1


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere to browse: its name, its page, and how many entries are there (0: not counted)."""

    label: str
    url: str
    count: int


@dataclass(frozen=True, slots=True)
class Browsing:
    """A list of places of one kind. ``is_near`` when they look like what was typed; else they are the fullest."""

    title: str
    places: tuple[Place, ...]
    is_near: bool


@dataclass(frozen=True, slots=True)
class _Candidate:
    place: Place
    names: tuple[str, ...]
    is_around: bool = False  # it contains the chosen territory


def places_to_browse(*, answer: SearchAnswer) -> list[Browsing]:
    """Return the publics, schemes and territories to browse from a search that found nothing, empty lists left out."""
    typed = _Typed(answer)
    vocabularies = read_vocabularies()
    counts = {
        name: {count.value: count.count for count in counts}
        for name, counts in search(query=SearchQuery(), page_size=1).results.facets.items()
    }
    audiences = _candidates("audience", vocabularies.audiences, vocabularies, field="audiences", counts=counts)
    schemes = _candidates("scheme", vocabularies.schemes, vocabularies, field="schemes", counts=counts)
    lists = (("Publics", audiences), ("Dispositifs", schemes), ("Territoires", _territories(answer)))
    return [found for title, candidates in lists if (found := _nearest(title, candidates, typed=typed)).places]


class _Typed:
    def __init__(self, answer: SearchAnswer) -> None:
        words = [word for word in analysis.words(analysis.clean(answer.query.text)) if word.term]
        self._folded = tuple(dict.fromkeys(analysis.fold(word.surface) for word in words))
        self._stems = {analysis.stemmed_term(word.surface) for word in words} | {word.term for word in words}

    def likeness(self, names: Iterable[str]) -> tuple[int, int]:
        """Return the best resemblance of a word of the names with a typed one, and how many words resemble so."""
        scores = [self._likeness(word) for name in names for word in analysis.words(analysis.clean(name)) if word.term]
        best = max(scores, default=0)
        return best, scores.count(best)

    def _likeness(self, word: analysis.Word) -> int:
        if word.term in self._stems or analysis.stemmed_term(word.surface) in self._stems:
            return _SAME_STEM
        folded = analysis.fold(word.surface)
        if len(folded) < _MIN_LENGTH:
            return 0
        longer = [typed for typed in self._folded if len(typed) >= _MIN_LENGTH]
        if any(folded.startswith(typed) or typed.startswith(folded) for typed in longer):
            return _SAME_BEGINNING
        if any(mistakes(typed, folded, limit=allowed_mistakes(typed)) <= allowed_mistakes(typed) for typed in longer):
            return _NEAR_SPELLING
        return 0


def _nearest(title: str, candidates: Sequence[_Candidate], *, typed: _Typed) -> Browsing:
    ranked = sorted(
        (
            ((_SAME_STEM, 1) if candidate.is_around else typed.likeness(candidate.names)) + (candidate.place,)
            for candidate in candidates
        ),
        key=lambda found: (-found[0], -found[1], -found[2].count, found[2].label),
    )
    near = [place for likeness, _, place in ranked if likeness]
    if near:
        return Browsing(title, tuple(near[:SHOWN]), is_near=True)
    fullest = sorted((candidate.place for candidate in candidates), key=lambda place: (-place.count, place.label))
    return Browsing(title, tuple(fullest[:SHOWN]), is_near=False)


def _candidates(
    url_name: str,
    labels: dict[str, str],
    vocabularies: Vocabularies,
    *,
    field: str,
    counts: dict[str, dict[str, int]],
) -> list[_Candidate]:
    """Return the entries of a vocabulary that have something; all of them when nothing could be counted."""
    counted = counts.get(field, {})
    aliases = {slug: lines_of(aliases) for name, slug, *_, aliases in vocabularies.aliased if name == field}
    expansions = dict(vocabularies.acronyms)
    return [
        _Candidate(
            Place(label, reverse(url_name, args=[slug]), counted.get(slug, 0)),
            (label, expansions.get(label, ""), *aliases.get(slug, ())),
        )
        for slug, label in labels.items()
        if counted.get(slug) or not any(counted.values())
    ]


def _territories(answer: SearchAnswer) -> list[_Candidate]:
    """Return the territories of published entries; those that contain the chosen one are near by themselves."""
    counted: dict[str, int] = {}
    for model in catalogue_models():
        rows = model.objects.live().public().exclude(territories=None).order_by().values_list("territories__code")
        for code, count in rows.annotate(count=Count("pk", distinct=True)):
            counted[code] = counted.get(code, 0) + count
    around = {territory.code for territory in answer.containers}
    fullest = sorted(counted, key=lambda code: (code not in around, -counted[code], code))[:_COMPARED]
    return [
        _Candidate(
            Place(territory.name, territory.get_absolute_url(), counted[territory.code]),
            (territory.name,),
            is_around=territory.code in around,
        )
        for territory in Territory.objects.filter(code__in=fullest).order_by("code")
    ]
