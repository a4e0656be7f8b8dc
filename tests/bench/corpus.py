"""Plausible catalogue records in any number, the same for the same seed: what the search is measured and stressed with.

Words follow Zipf's law over a French-looking vocabulary (invented words for the long tail, words of the field among the
frequent ones); entries have 200 to 800 words, one to three territories of a two-level country, one to three publics.
"""

import itertools
import random
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from hub.pages.records import CatalogueCard, CatalogueRecord, Moment

UNIVERSAL_AUDIENCE = "tous-publics"
AUDIENCES: dict[str, tuple[str, ...]] = {
    "jeunes": ("jeunes-sortant-de-l-ase", "jeunes-en-rupture", "etudiants"),
    "familles": ("familles-monoparentales", "femmes-victimes-de-violences"),
    "personnes-agees": ("residents-de-foyers", "grands-marginaux"),
    "menaces-expulsion": ("locataires-du-parc-prive", "locataires-du-parc-social"),
    "refugies": ("reunifies", "beneficiaires-protection"),
}
AXES = ("logement", "ressources", "sante", "emploi", "insertion", "acces-aux-droits", "mobilite", "parentalite")
SCHEMES = ("avdl", "asll", "fnavdl", "siao", "logement-d-abord", "intermediation-locative", "pension-de-famille", "fsl")
TYPES = ("atelier", "initiative", "initiative", "initiative")
DEPARTEMENTS = tuple(f"{number:02d}" for number in range(1, 96) if number != 20)
REGIONS = tuple(f"{number:02d}" for number in (11, 24, 27, 28, 32, 44, 52, 53, 75, 76, 84, 93))

_FIELD_WORDS = (
    "logement accompagnement social personnes jeunes familles territoire partenaires hébergement locataires "
    "bailleur département insertion dispositif diagnostic parcours expulsion prévention rue accès maintien équipe "
    "commune service association financement coordination santé emploi droits public initiative pilote évaluation "
    "réseau collectif colocation résidence médiation impayés loyers précarité autonomie mobilité intergénérationnel "
    "réhabilitation atelier référent ménages urgence orientation intégré solidarité réfugiés violences foyer "
    "usagers travailleurs"
).split()
_LITTLE_WORDS = "de la le les et des en un une du pour dans que qui sur avec par au aux leur".split()
_SYLLABLES = (
    "ba ber cha con cor dé dou é fa fi gra in la lé ma mé mon na no pa pré pro ra ré ri sa sé so ta té tra va vi"
).split()
_ENDINGS = "tion ment eur euse age ité ance iste ier ière al ale ique oir ure el elle on ade esse".split()


class Corpus:
    """A source of records. Two of the same seed give the same records, whatever is asked for in between."""

    def __init__(self, *, seed: int = 2026, vocabulary_size: int = 30_000) -> None:
        """Prepare the words."""
        self._seed = seed
        draw = random.Random(seed)  # noqa: S311
        invented = {
            "".join(draw.choices(_SYLLABLES, k=draw.randint(1, 3))) + draw.choice(_ENDINGS) + draw.choice(("", "", "s"))
            for _ in range(vocabulary_size)
        }
        self.words: Sequence[str] = [*_LITTLE_WORDS, *_FIELD_WORDS, *sorted(invented)]
        self._cumulated = list(itertools.accumulate(1 / (rank + 3) for rank in range(len(self.words))))

    def record(self, number: int) -> CatalogueRecord:
        """Return record ``number``, from 1 on."""
        draw = random.Random(f"{self._seed}-{number}")  # noqa: S311
        kind = draw.choice(TYPES)
        territories, located_in = _territories(draw)
        audiences = _audiences(draw)
        day = date(2012, 1, 1) + timedelta(days=draw.randrange(365 * 14))
        title = self._sentence(draw, draw.randint(4, 12)).capitalize()
        summary = self._sentence(draw, draw.randint(20, 45)).capitalize()
        schemes = tuple(sorted({draw.choice(SCHEMES) for _ in range(draw.randint(0, 2))}))
        organisations = tuple(sorted({f"structure-{int(400 * draw.random() ** 2)}" for _ in range(draw.randint(1, 4))}))
        has_replay = kind == "atelier" and draw.random() < 0.6
        return CatalogueRecord(
            key=f"page-{number}",
            page_id=number,
            type=kind,
            title=title,
            keywords="\n".join((*schemes, *audiences, self._sentence(draw, 3))),
            summary=summary,
            body="\n".join(f"{self._sentence(draw, draw.randint(20, 60))}." for _ in range(draw.randint(8, 14))),
            transcript=self._sentence(draw, 400) if has_replay and draw.random() < 0.3 else "",
            audiences=audiences,
            axes=tuple(sorted({draw.choice(AXES) for _ in range(draw.randint(1, 3))})),
            schemes=schemes,
            organisations=organisations,
            tags=tuple(sorted({f"mot-{int(150 * draw.random() ** 2)}" for _ in range(draw.randint(0, 4))})),
            years=tuple(str(year) for year in range(day.year, day.year + draw.randint(1, 3))),
            territories=territories,
            located_in=located_in,
            has_replay=has_replay,
            date=day,
            card=CatalogueCard(
                url=f"/{kind}s/fiche-{number}/",
                type_label=kind.capitalize(),
                title=title,
                summary=summary,
                date_label=day.strftime("%d/%m/%Y"),
                territories=territories,
                audiences=audiences,
                organisations=organisations[:3],
                has_replay=has_replay,
            ),
        )

    def records(self, count: int) -> Iterator[CatalogueRecord]:
        """Yield the first ``count`` records."""
        return map(self.record, range(1, count + 1))

    def moments(self, number: int, *, count: int) -> Iterator[Moment]:
        """Yield what is said in the recording of a record: about forty seconds of words each, in a row."""
        draw = random.Random(f"{self._seed}-{number}-said")  # noqa: S311
        before = ""
        for rank in range(count):
            said = self._sentence(draw, draw.randint(70, 120))
            speaker = f"Intervenante {draw.randint(1, 4)}"
            yield Moment(start=40.0 * rank, end=40.0 * rank + 40, text=said, speaker=speaker, overlap=before)
            before = " ".join(said.split()[-15:])

    def searches(self, count: int) -> Iterator[tuple[str, str]]:
        """Yield pairs of typed words, from frequent to rare, and a territory's code."""
        draw = random.Random(f"{self._seed}-searches")  # noqa: S311
        for _ in range(count):
            words = draw.sample(_FIELD_WORDS, k=draw.randint(1, 2))
            departement = draw.choice(DEPARTEMENTS)
            scale = draw.choice((f"departement-{departement}", f"region-{_region_of(departement)}"))
            yield " ".join(words), scale

    def _sentence(self, draw: random.Random, length: int) -> str:
        return " ".join(draw.choices(self.words, cum_weights=self._cumulated, k=length))


def containers_of(code: str) -> tuple[str, ...]:
    """Return the codes of everything that contains a territory of the corpus."""
    kind, _, number = code.partition("-")
    match kind:
        case "commune":
            departement = number[:2]
            epci = f"epci-2{departement}{int(number[2:]) % 5:06d}"
            return (epci, f"departement-{departement}", f"region-{_region_of(departement)}", "pays-FR")
        case "epci":
            return (f"departement-{number[1:3]}", f"region-{_region_of(number[1:3])}", "pays-FR")
        case "departement":
            return (f"region-{_region_of(number)}", "pays-FR")
        case "region":
            return ("pays-FR",)
    return ()


def _region_of(departement: str) -> str:
    return REGIONS[DEPARTEMENTS.index(departement) % len(REGIONS)]


def _territories(draw: random.Random) -> tuple[tuple[str, ...], tuple[str, ...]]:
    codes = set()
    for _ in range(draw.choice((1, 1, 1, 2, 3))):
        departement = draw.choice(DEPARTEMENTS)
        commune = f"commune-{departement}{draw.randint(1, 60):03d}"
        scale = draw.random()
        if scale < 0.04:
            codes.add("pays-FR")
        elif scale < 0.12:
            codes.add(f"region-{_region_of(departement)}")
        elif scale < 0.5:
            codes.add(f"departement-{departement}")
        elif scale < 0.75:
            codes.add(containers_of(commune)[0])
        else:
            codes.add(commune)
    territories = tuple(sorted(codes))
    located_in = dict.fromkeys(code for territory in territories for code in (territory, *containers_of(territory)))
    return territories, tuple(located_in)


def _audiences(draw: random.Random) -> tuple[str, ...]:
    if draw.random() < 0.15:
        return (UNIVERSAL_AUDIENCE,)
    slugs: set[str] = set()
    for _ in range(draw.randint(1, 3)):
        parent = draw.choice(sorted(AUDIENCES))
        slugs |= {parent, draw.choice((parent, *AUDIENCES[parent]))}
    return tuple(sorted(slugs))
