"""Figures worth keeping: amounts, rates and counts, with what they count and the year they are given for."""

import re
from collections.abc import Iterator
from decimal import Decimal

from events.recap.dates import find_dates
from events.recap.numbers import DIGITS, number_of, qualifier_before
from events.recap.parsed import Confidence, KeyFigure
from events.recap.provenance import provenance_at
from events.recap.text import Block, BlockKind, Sentence, split_sentences
from events.recap.typography import plain

_MONEY = r"(?:[kKM]|Mds?)\s?€|(?:milliers?|millions?|milliards?)\s+d[’']\s?euros|€|euros?\b"
_COUNTED = (
    "ménages personnes familles logements places jeunes bénéficiaires accompagnements mesures nuitées "
    "territoires départements "
    "associations structures projets baux dossiers diagnostics ETP enfants femmes hommes adultes salariés "
    "locataires demandeurs "
    "résidents résidences pensions bailleurs communes EPCI métropoles collectivités lauréats demandes attributions "
    "relogements expulsions signalements équipes travailleurs professionnels intervenants candidats situations "
    "sorties entrées recrutements emplois contrats étudiants allocataires propriétaires réfugiés sites "
    "opérations actions régions"
).split()
_FIGURE = re.compile(
    rf"(?P<number>{DIGITS})\s?(?:(?P<percent>%|pour\s?cent\b|p\.\s?100)|(?P<money>{_MONEY})|"
    rf"(?P<scale>millions?|milliards?|milliers?)?\s*(?:d[e’']\s?)?(?:nouveaux\s+|nouvelles\s+)?(?P<counted>{'|'.join(_COUNTED)})\b|"
    r"\s?(?-i:(?P<other>[a-zà-öø-ÿœ]{3,}s))\b)",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?<![\d/,.-])(?:19|20)\d\d(?!\d|[/,.-]\d|\s?(?:€|%))")
_MONEY_UNITS = {"md": "Md€", "milliard": "Md€", "million": "M€", "millier": "k€", "m": "M€", "k": "k€"}  # longest first
_SCALES = {"millier": 10**3, "million": 10**6, "milliard": 10**9}
_ATTENDANCE = re.compile(r"\b(?:r[ée]uni|rassembl|assist|connect|particip)\w*", re.IGNORECASE)
# « 18 % des plus jeunes », « 41 % d’entre elles », « 9 % ailleurs »: of whom, the sentence says elsewhere.
_SAYS_NOTHING = re.compile(
    r"\A(?:(?:de|du|des|d[’']|[àa]|au|aux|en|pour|parmi|chez|dont|entre|les?|la|l[’'])[\s’']*)*"
    r"(?:(?:elles?|eux|ils?|ceux|celles?|celui|ces?|cet|cette|leurs?|son|sa|ses|lui|y|en|autres?|premi[èe]re?s?|second[es]*|"
    r"derni[èe]re?s?|m[êe]mes?|plus|moins)\b"
    r"|(?:ailleurs|auparavant|avant|apr[èe]s|aujourd[’']hui|actuellement|pr[ée]c[ée]demment|seulement|sinon|environ|total|ensuite|"
    r"ann[ée]e\s+pr[ée]c[ée]dente|un\s+an\s+\w+\s+t[ôo]t)\W*\Z)",
    re.IGNORECASE,
)
_COMPARED = re.compile(
    r"\b(?:contre|au\s+lieu\s+d[e’']|plut[ôo]t\s+qu[e’']|versus|vs\.?|face\s+[àa]|compar[ée]+s?\s+[àa]|par\s+rapport\s+[àa]|alors\s+qu[e’']|"
    r"tandis\s+qu[e’'])\s*(?:(?:plus|moins|pr[èe]s|environ|quelque)\s*(?:d[e’']\s*)?)?(?:les?\s+)?\Z",
    re.IGNORECASE,
)
_BRACKET = re.compile(r"\([^()]{0,200}\)")
_CLAUSE = re.compile(r"[.;:!?()…]|,\s+(?:soit|dont|et|mais|tandis|alors|contre)\b")
_YEAR_FIRST = re.compile(r"\A(?:en|pour)\s+(?:19|20)\d\d\b")
_RELATIVE = re.compile(r"\A(?:qui|que|ayant|dont)\s+")
_ARTICLE = re.compile(r"\A(?:(?:les?|la|des?|du|un|une)\s+|l[’'])", re.IGNORECASE)
_CONNECTORS = frozenset(["avec", "par", "grâce", "soit", "pour", "dont"])
_LAST_CONNECTORS = re.compile(
    r"(?:[\s(,:;–-]|\b(?:soit|de|d[’']|à|par|avec|est|sont|environ|plus|moins|près|s[’']élève|atteint|représente|compte|suit|dont|et)"
    r"(?=\W|\Z))+\Z",
    re.IGNORECASE,
)
_WORDS_BEFORE = 12
_MIN_GROUP = 12
_MIN_LABEL = 4
_MAX_LABEL = 160
_MAX_FIGURES = 60
# Any other plural may be counted; the figure is then a guess.
_NOT_COUNTED = frozenset(
    "dans sans vers puis mais alors depuis participants participantes inscrits ans jours mois heures".split()
)
_MIN_OTHER = 100
_MIN_COUNT = 10  # below, « trois associations » tells a story, not a figure


def find_key_figures(*, blocks: tuple[Block, ...]) -> tuple[KeyFigure, ...]:
    """Find amounts (« 52 M€ »), rates (« 87 % ») and counts of people or things (« 21 000 ménages »), at most sixty.

    A year is sure when it stands in the same brackets or is the only one of the sentence.
    """
    figures: list[KeyFigure] = []
    seen: set[tuple[Decimal, str, int | None]] = set()
    for block in blocks:
        if block.kind is BlockKind.EMBED:
            continue
        for sentence in split_sentences(text=block.text):
            for figure in _figures_of(sentence=sentence, block=block):
                identity = (figure.value, figure.unit, figure.year)
                if identity not in seen:
                    seen.add(identity)
                    figures.append(figure)
                if len(figures) >= _MAX_FIGURES:
                    return tuple(figures)
    return tuple(figures)


def _figures_of(*, sentence: Sentence, block: Block) -> Iterator[KeyFigure]:
    text = sentence.text
    candidates = list(_FIGURE.finditer(text))
    dates = (
        [range(mention.start, mention.end) for mention in find_dates(text=text, default_year=2000)]
        if candidates
        else []
    )
    for found in candidates[:_MAX_FIGURES]:
        if any(found.start() in day for day in dates):
            continue
        value = number_of(printed=found["number"])
        if value is None or (found["counted"] and not found["scale"] and value < _MIN_COUNT):
            continue
        if found["other"] and (
            value < _MIN_OTHER or found["other"] in _NOT_COUNTED or _YEAR.fullmatch(found["number"])
        ):
            continue
        if (
            found["counted"]
            and _ATTENDANCE.search(text)
            and found["counted"].casefold() in {"personnes", "professionnels"}
        ):
            continue
        value, unit = _value_and_unit(found=found, value=value)
        year, is_year_sure = _year_of(text=text, start=found.start(), end=found.end())
        label = _label_of(text=text, found=found)
        is_sure = is_year_sure and not found["other"] and _says_something_alone(text=text, found=found, label=label)
        yield KeyFigure(
            value=value,
            unit=unit,
            label=label,
            year=year,
            qualifier=qualifier_before(text=text, start=found.start()),
            provenance=provenance_at(
                block=block,
                offset=sentence.start + found.start(),
                confidence=Confidence.RECOGNISED if is_sure else Confidence.GUESSED,
            ),
        )


def _value_and_unit(*, found: re.Match[str], value: Decimal) -> tuple[Decimal, str]:
    if found["percent"]:
        return value, "%"
    if found["money"]:
        printed = found["money"].casefold()
        return value, next((unit for start, unit in _MONEY_UNITS.items() if printed.startswith(start)), "€")
    if found["other"]:
        return value, found["other"]
    scale = _SCALES.get((found["scale"] or "").casefold().rstrip("s"), 1)
    return value * scale, found["counted"] if found["counted"].isupper() else found["counted"].casefold()


def _year_of(*, text: str, start: int, end: int) -> tuple[int | None, bool]:
    """Return the year a figure is given for: in its brackets, else the only one said, else the nearest (a guess)."""
    for bracket in _BRACKET.finditer(text):
        if bracket.start() < start < bracket.end():
            inside = _YEAR.findall(bracket.group())
            if len(inside) == 1:
                return int(inside[0]), True
    years = [found for found in _YEAR.finditer(text) if not start <= found.start() < end]
    if not years:
        return None, True
    if len({found.group() for found in years}) == 1:
        return int(years[0].group()), True
    nearest = min(years, key=lambda found: min(abs(found.start() - end), abs(start - found.end())))
    return int(nearest.group()), False


def _label_of(*, text: str, found: re.Match[str]) -> str:
    """Say what the figure counts: the words after it in the clause, else (« … (52 M€ en 2021) ») those before it."""
    end = _CLAUSE.search(text, found.end())
    after = plain(text=text[found.end() : end.start() if end else len(text)])
    after = _YEAR_FIRST.sub("", after).strip(" ,–-")
    label = _RELATIVE.sub("", after)
    if len(label) < _MIN_LABEL:
        label = _words_before(text=text, start=found.start())
    return label if len(label) <= _MAX_LABEL else f"{label[:_MAX_LABEL].rsplit(' ', 1)[0]}…"


def _says_something_alone(*, text: str, found: re.Match[str], label: str) -> bool:
    """Say whether a figure is understood without its sentence: not one of a pronoun, nor the second of a comparison."""
    start = found.start()
    return bool(label) and not _SAYS_NOTHING.match(label) and not _COMPARED.search(text[max(0, start - 60) : start])


def _words_before(*, text: str, start: int) -> str:
    """Return the words since the last connector of a group (« avec les contributions de … »), twelve at most."""
    before = plain(text=text[max(0, start - _MAX_LABEL) : start])
    words = _LAST_CONNECTORS.sub("", before).split(" ")[-_WORDS_BEFORE:]
    for position in range(len(words) - 2, -1, -1):
        group = _ARTICLE.sub("", " ".join(words[position + 1 :]))
        if words[position].casefold() in _CONNECTORS and len(group) >= _MIN_GROUP:
            return group
    return " ".join(words)
