"""How places are named in a sentence: prepositions, articles, numbers, and the names that are ordinary words."""

import re
from functools import cache
from pathlib import Path

from hub.territories.models import Territory
from hub.territories.names import ARTICLES, normalise_name

_DATA = Path(__file__).parent / "data"
ORDINARY_PATH = _DATA / "place_words.txt"

POSTCODE = re.compile(r"\d{5}")
AREA_NUMBER = re.compile(r"0[1-9]|[1-8]\d|9[0-5]|2[ab]|97[1-6]")

# Dictionaries have them, but nobody types them for anything else than the place.
_NAMES_FIRST = frozenset(
    "ales allier anglet argentan bordeaux calais calvados cambrai cantal castres cavaillon chantilly chateaubriant "
    "corse dole douai elbeuf etampes fontainebleau frontignan gironde gueret jura limoges macon marne montmorency "
    "pantin paris perigueux pithiviers privas rennes rodez sarcelles valence valenciennes vannes var vichy".split()
)
# These too, with their article: « le Havre », « au Mans ».
FIRST_WITH_ARTICLE = frozenset({"havre", "mans"})
# Initials that a word or another acronym may be: capitals, or a preposition, are needed.
INITIALS = frozenset("amp ara aura bfc bzh cvl ge ges hdf idf mel mgp naq occ pdl pdll".split())
SHORTEST_INITIALS = 2

OF = frozenset({"d", "de", "des", "du"})
CONTRACTED = {"au": "le", "aux": "les", "du": "le", "des": "les"}
# « autour de », « près de », « du côté de »…
NEAR = frozenset("alentours autour bassin cote environs pays pres proche proximite secteur".split())
NATURES = frozenset(
    "agglo agglomeration ccas commune departement departemental departementale epci mairie metropole prefecture prefet "
    "region regional regionale territoire ville".split()
)
LEADS = frozenset({"a", "au", "aux", "dans", "en", "vers", "sur"}) | NATURES | NEAR
# What goes with the name when it is taken out of the words.
PHRASE = ARTICLES | OF | NEAR | frozenset("a au aux commune dans departement en region sur vers ville".split())
# Services there is one of in each département: « SIAO 93 ».
BY_AREA = frozenset(
    "adil caf cd conseil ddcs ddets ddetspp ddt ddtm departement departemental dept dpt siao udaf".split()
)
# Before or after these a number is no département's.
NOT_BEFORE_NUMBER = frozenset(
    "acte annee article atelier circulaire code decret etape fiche loi moins niveau numero phase plan plus".split()
)
NOT_AFTER_NUMBER = frozenset(
    "ans an annees euros mois jours heures h janvier fevrier mars avril mai juin juillet aout septembre octobre "
    "novembre decembre places personnes logements menages pour".split()
)

_OWN_ARTICLE = re.compile(r"^(?:L[ae]s? |L[’'])")


@cache
def _ordinary() -> frozenset[str]:
    lines = [
        line.strip()
        for path in (ORDINARY_PATH, _DATA / "place_persons.txt")
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    return frozenset(line for line in lines if line and not line.startswith("#")) - _NAMES_FIRST


def is_ordinary(name: str) -> bool:
    """Whether a normalised name, without its article, is an ordinary word too, or a person's name."""
    return name in _ordinary()


def has_article(territory: Territory) -> bool:
    """Whether an article belongs to the name: La Rochelle, Le Havre."""
    return normalise_name(territory.name).partition(" ")[0] in ARTICLES


def without_article(name: str) -> str:
    """Return an official name without the article it begins with."""
    return _OWN_ARTICLE.sub("", name)
