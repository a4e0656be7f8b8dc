from collections.abc import Collection, Iterable

from events.recap.find.lexicon import RecapVocabulary, Term, TerritoryTerm
from events.recap.read.text import WORD, fold, folded_words
from hub.territories.enums import TerritoryKind
from hub.territories.models import Territory, TerritoryName
from hub.territories.names import USUAL_NAMES, normalise_name
from hub.territories.reading import is_dwarfed
from hub.vocabulary.models import Audience, Axis, Organisation, OrganisationKind, Scheme, lines_of

_SHORTEST_INITIALS = 3
_ARTICLES = frozenset(folded_words(text="l la le les"))


def build_vocabulary(*, words: Collection[str] | None = None) -> RecapVocabulary:
    """Read the vocabularies and the territories in seven queries. Build it once for many recaps.

    For one recap, its ``words`` (folded) spare the communes that it cannot name: arranging the 40,000 names of France,
    of today and before, takes some two seconds, those of a recap a tenth of one.

    The other names of a public or an axis are looser than its label (« logements vacants » for the owners who let):
    what they find is a guess. Those of a scheme or a structure are its names. Arrondissements and territories that no
    longer exist are left out; communes are recognised only after « ville de », « commune de », « CCAS de »… The name of
    a merged commune leads to the one of today, and makes a homonym of today a guess (Évry); régions have their
    initials.
    """
    territories = tuple(
        TerritoryTerm(code=code, kind=kind, name=name, population=population)
        for code, kind, name, population in Territory.objects.current()
        .exclude(kind=TerritoryKind.ARRONDISSEMENT)
        .order_by()
        .values_list("code", "kind", "name", "population")
        if kind != TerritoryKind.COMMUNE or _may_be_named(name, words)
    )
    return RecapVocabulary(
        audiences=tuple(_loose_terms(Audience.objects.all())),
        axes=tuple(_loose_terms(Axis.objects.all())),
        schemes=tuple(
            Term(
                key=scheme.slug,
                name=scheme.acronym or scheme.expansion,
                aliases=(scheme.expansion, *scheme.every_alias),
            )
            for scheme in Scheme.objects.all()
        ),
        organisations=tuple(
            Term(key=organisation.slug, name=organisation.name, aliases=lines_of(organisation.aliases))
            for organisation in Organisation.objects.validated()
        ),
        structure_kinds=tuple(
            Term(key=kind.slug, name=kind.label, aliases=lines_of(kind.aliases))
            for kind in OrganisationKind.objects.all()
        ),
        territories=(*territories, *_old_names(territories, words=words), *_initials(territories)),
    )


def _may_be_named(name: str, words: Collection[str] | None) -> bool:
    """Whether a text of these words may hold a name: « Le Havre » is also « du Havre »."""
    if words is None:
        return True
    # Forty thousand names: their other words are not folded to be thrown away.
    found = WORD.finditer(name)
    first = fold(next(found)[0])
    after = next(found, None) if first in _ARTICLES else None
    return (first if after is None else fold(after[0])) in words


def _old_names(territories: tuple[TerritoryTerm, ...], *, words: Collection[str] | None) -> Iterable[TerritoryTerm]:
    largest: dict[str, int] = {}
    for term in territories:
        if term.kind == TerritoryKind.COMMUNE:
            name = normalise_name(term.name)
            largest[name] = max(largest.get(name, 0), term.population)
    rows = TerritoryName.objects.filter(is_whole=True).exclude(former_name="").order_by()
    for code, name, population in rows.values_list(
        "territory__code", "former_name", "territory__population"
    ).distinct():
        if name[0].isdigit() or not _may_be_named(name, words):
            continue
        if not is_dwarfed(population=population, by=largest.get(normalise_name(name), 0)):
            yield TerritoryTerm(code=code, kind=TerritoryKind.COMMUNE, name=name, population=population)


def _initials(territories: tuple[TerritoryTerm, ...]) -> Iterable[TerritoryTerm]:
    for term in territories:
        if term.kind == TerritoryKind.REGION:
            for name in USUAL_NAMES.get(term.code, ()):
                if name.isupper() and len(name) >= _SHORTEST_INITIALS:
                    yield TerritoryTerm(code=term.code, kind=term.kind, name=name, population=term.population)


def _loose_terms(entries: Iterable[Audience | Axis]) -> Iterable[Term]:
    return (Term(key=entry.slug, name=entry.label, hints=entry.every_alias) for entry in entries)
