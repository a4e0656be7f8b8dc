"""The words the parser may recognise, from the vocabularies that editors keep."""

from collections.abc import Iterable

from events.recap.terms import RecapVocabulary, Term
from events.recap.territory_index import TerritoryTerm
from hub.territories.enums import TerritoryKind
from hub.territories.models import Territory
from hub.vocabulary.models import Audience, Axis, Organisation, OrganisationKind, Scheme, lines_of


def build_vocabulary() -> RecapVocabulary:
    """Read the vocabularies and the territories in six queries. Build it once for many recaps.

    The other names of a public or an axis are looser than its label (« logements vacants » for the owners who let):
    what they find is a guess. Those of a scheme or a structure are its names. Arrondissements and territories that no
    longer exist are left out; communes are recognised only after « ville de », « commune de », « CCAS de »…
    """
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
        territories=tuple(
            TerritoryTerm(code=code, kind=kind, name=name, population=population)
            for code, kind, name, population in Territory.objects.current()
            .exclude(kind=TerritoryKind.ARRONDISSEMENT)
            .values_list("code", "kind", "name", "population")
        ),
    )


def _loose_terms(entries: Iterable[Audience | Axis]) -> Iterable[Term]:
    return (Term(key=entry.slug, name=entry.label, hints=entry.every_alias) for entry in entries)
