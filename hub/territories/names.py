import re
from collections.abc import Iterable, Iterator

from hub.accents import without_accents
from hub.territories.enums import TerritoryKind, typed_code

# By typed code: names, initials and codes that mean this very territory.
USUAL_NAMES: dict[str, tuple[str, ...]] = {
    "pays-FR": (
        *("France", "National", "Nationale", "Toute la France", "Échelle nationale", "Niveau national"),
        *("Territoire national", "Ensemble du territoire national"),
    ),
    "region-11": ("IDF", "IdF"),
    "region-24": ("CVL", "Région Centre"),
    "region-27": ("BFC",),
    "region-32": ("HDF",),
    "region-44": ("GE", "GES"),
    "region-52": ("PDL", "PDLL"),
    "region-53": ("BZH",),
    "region-75": ("NAQ",),
    "region-76": ("OCC",),
    "region-84": ("AURA", "ARA"),
    "region-93": ("PACA", "Région Sud", "Sud PACA", "Région Sud PACA", "Provence-Alpes-Côte d’Azur (PACA)"),
    "departement-976": ("Département de Mayotte",),
    "epci-200046977": ("Grand Lyon", "Métropole du Grand Lyon"),
    "epci-200054807": ("Aix-Marseille-Provence", "AMP"),
    "epci-200054781": ("Grand Paris", "MGP"),
    "epci-200093201": ("MEL", "Métropole de Lille"),
    # The postcodes of the city as a whole, which no street has.
    "commune-13055": ("13000",),
    "commune-69123": ("69000",),
    "commune-75056": ("75000",),
}

_OVERSEAS = ("departement-971", "departement-972", "departement-973", "departement-974", "departement-976")
# Names of several territories at once: whoever writes one is asked which.
_SEVERAL: dict[str, tuple[str, ...]] = {
    "drom, dom, drom com, dom tom, dom com, outre mer, outremer, outre mers, departements d outre mer": _OVERSEAS,
    "antilles, les antilles": _OVERSEAS[:2],
    "antilles guyane": _OVERSEAS[:3],
    # Corsica was the département 20 until 1976, and its postcodes still say so.
    "20, departement 20": ("departement-2A", "departement-2B", "region-94"),
    "petite couronne": ("departement-92", "departement-93", "departement-94"),
    "grande couronne": ("departement-77", "departement-78", "departement-91", "departement-95"),
    "alsace, collectivite europeenne d alsace, cea": ("departement-67", "departement-68", "region-44"),
}
SEVERAL_BY_NAME = {name: codes for names, codes in _SEVERAL.items() for name in names.split(", ")}

# Régions until 2015, by the code of the larger one of today.
FORMER_REGIONS: dict[str, tuple[str, ...]] = {
    "24": ("Centre",),
    "27": ("Bourgogne", "Franche-Comté"),
    "28": ("Haute-Normandie", "Basse-Normandie"),
    "32": ("Nord-Pas-de-Calais", "Picardie"),
    "44": ("Alsace", "Lorraine", "Champagne-Ardenne", "ALCA"),
    "75": ("Aquitaine", "Limousin", "Poitou-Charentes", "ALPC"),
    "76": ("Midi-Pyrénées", "Languedoc-Roussillon"),
    "84": ("Auvergne", "Rhône-Alpes"),
    "93": ("Provence", "Côte d’Azur"),
}


TEXT_MAX_LENGTH = 210  # the longest name an EPCI bears is longer than what people type
PREFIX_LENGTH = 2

# Mere link words: nobody looks a place up from one of these, unless the name itself starts with it.
LINK_WORDS = frozenset(
    "a au aux d de des du en entre et l la le les lez lès o ou par pour pres près s sous sur un une".split()
)
ARTICLES = frozenset({"l", "la", "le", "les"})
# So frequent in names of places that another word of the query narrows the look-up better.
FREQUENT_WORDS = frozenset({"saint", "sainte", "pays", "communaute", "communes", "agglomeration", "val"})

# What people say aloud for the initials that begin the official name of an EPCI.
EPCI_NATURES = {"cc": "communaute de communes", "ca": "communaute d agglomeration", "cu": "communaute urbaine"}
_LINKS_AFTER_NATURE = re.compile(r"^(?:(?:d|de|des|du|l|la|le|les) (?=.))+")

_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss"})
_NOT_A_WORD = re.compile(r"[^a-z0-9]+")
_SAINTS = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}
_CAPITAL_ARTICLE = re.compile(r"\b(?:L|La|Le|Les)\b")
_ORDINAL = re.compile(r"(\d+)i?eme")
_ACRONYM_IN_BRACKETS = re.compile(r"\s*\([^()]*\)\s*$")
_ARRONDISSEMENT = re.compile(r"(.+) ((\d+)er?) arrondissement")


def normalise_name(text: str) -> str:
    """Return ``text`` in lower-case ASCII words separated by single spaces; "" when it holds none.

    Accents and ligatures are folded, hyphens, apostrophes and any other sign become spaces, "St" and "Ste" are written
    out, and "12ème" becomes "12e". Never raises, whatever the characters.
    """
    if not text.isascii():
        text = without_accents(text.translate(_LIGATURES))
    return " ".join(_usual_spelling(word) for word in _NOT_A_WORD.sub(" ", text.lower()).split())


def _usual_spelling(word: str) -> str:
    if ordinal := _ORDINAL.fullmatch(word):
        return f"{ordinal[1]}e"
    return _SAINTS.get(word, word)


def lookup_texts(
    *, kind: str, name: str, official_code: str = "", postcodes: Iterable[str] = ()
) -> Iterator[tuple[str, bool]]:
    """Yield, without duplicates, the normalised texts a territory is found by: from each word of its name, and codes.

    Each with whether it is whole: typing exactly this means that very territory. A région's number is not: "84" typed
    alone means the Vaucluse, not Auvergne-Rhône-Alpes.
    """
    texts = dict.fromkeys(_word_starts(name), False)
    former = FORMER_REGIONS.get(official_code, ()) if kind == TerritoryKind.REGION else ()
    texts.update(dict.fromkeys(map(normalise_name, former), False))
    texts.update(dict.fromkeys(_whole_names(kind=kind, name=name), True))
    usual = USUAL_NAMES.get(typed_code(kind=kind, official_code=official_code), ())
    texts.update(dict.fromkeys(map(normalise_name, usual), True))
    for code in (official_code, *postcodes):
        if normalised := normalise_name(code):
            texts[normalised] = kind != TerritoryKind.REGION
    for text, is_whole in texts.items():
        if text:
            yield text[:TEXT_MAX_LENGTH], is_whole


def _word_starts(name: str) -> Iterator[str]:
    words = normalise_name(name).split()
    yield from (" ".join(words[position:]) for position, word in enumerate(words) if word not in LINK_WORDS)
    # An article with a capital belongs to the name of a place: "La Rochelle" in "CA de La Rochelle".
    yield from (normalise_name(name[article.start() :]) for article in _CAPITAL_ARTICLE.finditer(name))


def _whole_names(*, kind: str, name: str) -> Iterator[str]:
    whole = normalise_name(name)
    yield whole
    first, _, rest = whole.partition(" ")
    if first in ARTICLES:
        yield rest
    if kind == TerritoryKind.EPCI:
        for written in dict.fromkeys((whole, normalise_name(_ACRONYM_IN_BRACKETS.sub("", name)))):
            yield from _names_of_epci(written)
    if kind == TerritoryKind.ARRONDISSEMENT and (numbered := _ARRONDISSEMENT.fullmatch(whole)):
        city, ordinal, number = numbered.groups()
        yield from (f"{city} {ordinal}", f"{city} {number}", f"{ordinal} arrondissement de {city}")


def _names_of_epci(name: str) -> Iterator[str]:
    """With its nature in initials or in full, and with or without the link word that follows: « CC (de la) Bresse »."""
    yield name
    first, _, rest = name.partition(" ")
    if first in EPCI_NATURES:
        for core in dict.fromkeys((rest, _LINKS_AFTER_NATURE.sub("", rest))):
            yield from (f"{first} {core}", f"{EPCI_NATURES[first]} {core}")


def names_after_the_city(*, name: str, city: str) -> Iterator[str]:
    """Yield how people call an EPCI after its main city, when its name has it: « métropole de Bordeaux »."""
    whole, core = normalise_name(name), normalise_name(city)
    if not core or f" {core} " not in f" {whole} ":
        return
    natures = ["metropole"] if "metropole" in whole else []
    if not natures and whole.startswith(("ca ", "cu ")):
        natures = ["agglomeration", "agglo"]
    for nature in natures:
        yield from (f"{nature} {core}", f"{nature} de {core}", f"{nature} d {core}", f"{core} {nature}")


def lookup_words(*, names: Iterable[str], areas: Iterable[str]) -> str:
    """Return every word that may accompany the name of a place when it is typed, for a plain ``LIKE``.

    A word of its names or codes follows a space, a word of the areas around it an equals sign: ``% word%`` finds the
    start of the former, ``%=word%`` of the latter.
    """
    name_words = _distinct_words(names)
    area_words = [f"={word}" for word in _distinct_words(areas) if word not in LINK_WORDS]
    return f" {' '.join([*name_words, *area_words])} " if name_words else ""


def _distinct_words(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(word for text in texts for word in normalise_name(text).split()))
