import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from hub.territories.enums import TerritoryKind
from hub.territories.lookup import beginnings, find, whole, whole_names, with_areas
from hub.territories.models import Territory
from hub.territories.names import ARTICLES, LINK_WORDS, SEVERAL_BY_NAME, TEXT_MAX_LENGTH, normalise_name

Kinds = frozenset[TerritoryKind]

_DEPARTEMENTS: Kinds = frozenset({TerritoryKind.DEPARTEMENT, TerritoryKind.COLLECTIVITE})
_REGIONS: Kinds = frozenset({TerritoryKind.REGION, TerritoryKind.COLLECTIVITE})
_COMMUNES: Kinds = frozenset({TerritoryKind.COMMUNE})
_EPCI: Kinds = frozenset({TerritoryKind.EPCI})
_AREAS = _DEPARTEMENTS | _REGIONS

# What tells the scale, before a name (« Département de l’Ain ») or after it (« Paris (département) »). Longest first.
_SCALES: dict[Kinds, str] = {
    _DEPARTEMENTS: "departement, dept, dpt, dep, conseil departemental, conseil general, cd, cg, prefecture",
    _REGIONS: "region, conseil regional, prefecture de region",
    _AREAS: "collectivite, collectivite territoriale",
    frozenset({TerritoryKind.COLLECTIVITE}): "collectivite d outre mer",
    _AREAS | _COMMUNES: "ile",
    _COMMUNES: "commune, commune nouvelle, ville, mairie, municipalite",
    _EPCI: "epci, intercommunalite, metropole, agglomeration, agglo, communaute de communes, "
    "communaute d agglomeration, communaute urbaine",
}
_SCALE_WORDS = sorted(
    ((name.split(), kinds) for kinds, names in _SCALES.items() for name in names.split(", ")),
    key=lambda scale: -len(scale[0]),
)
# « CD01 », « dpt69 »: the number stuck to the scale.
_STUCK_NUMBER = re.compile(r"\b(cd|cg|dept|dpt|dep|departement)(\d[\dab]\d?)\b")
# What stands before a name in a sentence, and says nothing of which place it is.
_BEFORE_A_NAME = frozenset("a au aux d dans de des du en l la le les pour sur toute tout".split())
_CEDEX = re.compile(r"\bcedex(?: \d{1,2})?\b")
# A number that a spreadsheet shows its own way: « 1 340 », « 1340,0 ».
_SPREADSHEET_NUMBER = re.compile(r"\s*(\d{1,3}(?:[ \u00a0\u202f]\d{3})+|\d+)(?:[.,]0{1,2})?\s*")
_POSTCODE_IN_TWO = re.compile(r"\s*(\d{2})[ \u00a0\u202f-](\d{3})\s*")
_SIREN_IN_THREE = re.compile(r"\s*(\d{3})[ \u00a0\u202f](\d{3})[ \u00a0\u202f](\d{3})\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """A way to read a text: a whole ``name`` (or code), and the words beside it, which must agree with the place."""

    name: str
    details: tuple[str, ...] = ()
    kinds: Kinds = frozenset()  # the scales it may have, all when empty


def number_in(text: str) -> str:
    """Return the digits of a text that is nothing but a number, however it is spaced; "" for any other."""
    text = text[:40]
    for pattern in (_POSTCODE_IN_TWO, _SIREN_IN_THREE):
        if match := pattern.fullmatch(text):
            return "".join(match.groups())
    match = _SPREADSHEET_NUMBER.fullmatch(text)
    return "".join(character for character in match[1] if character.isdecimal()) if match else ""


def whole_codes(digits: str) -> tuple[str, ...]:
    """Return the codes a number may be, as two groups of one: itself, then itself with the zero it lost.

    Official codes have 2, 3, 5 or 9 digits, postcodes 5: a number of 1 or 4 digits is one that lost its first zero.
    """
    return (digits, f"0{digits}") if len(digits) in {1, 4} else (digits,)


def wordings(text: str) -> Iterator[Wording]:
    """Yield the ways to read ``text``, the plainest first. Nothing beyond the longest name is read."""
    words = _CEDEX.sub(" ", _STUCK_NUMBER.sub(r"\1 \2", normalise_name(text[:TEXT_MAX_LENGTH]))).split()
    if not words:
        return
    for form in _forms(words):
        yield Wording(name=" ".join(form))
        yield from _with_its_scale(form)
    yield from _with_details(_forms(words)[-1])


def _forms(words: list[str]) -> list[list[str]]:
    """The words of a name, then without what merely leads to it: « dans l’Ain », « en Bretagne », « les Vosges »."""
    start = 0
    while start < len(words) - 1 and words[start] in _BEFORE_A_NAME:
        start += 1
    return [words, words[start:]] if start else [words]


def scale_at(words: list[str]) -> tuple[int, Kinds]:
    """Return how many words, at the start, tell a scale, and the kinds of that scale; 0 when they tell none."""
    for scale, kinds in _SCALE_WORDS:
        if words[: len(scale)] == scale:
            return len(scale), kinds
    return 0, frozenset()


def _with_its_scale(words: list[str]) -> Iterator[Wording]:
    length, kinds = scale_at(words)
    if not length or length == len(words):
        return
    forms = _forms(words[length:])
    for form in forms:
        yield Wording(name=" ".join(form), kinds=kinds)
    yield from _with_details(forms[-1], kinds=kinds)


def _with_details(words: list[str], *, kinds: Kinds = frozenset()) -> Iterator[Wording]:
    """A name, then what tells which one; or the number first, as an address has it: « 01000 Bourg-en-Bresse »."""
    for length in range(len(words) - 1, 0, -1):
        details = words[length:]
        if not all(word in LINK_WORDS for word in details):
            yield Wording(name=" ".join(words[:length]), details=tuple(details), kinds=kinds)
    if words[0][0].isdigit() and len(words) > 1:
        for form in _forms(words[1:]):
            yield Wording(name=" ".join(form), details=(words[0],), kinds=kinds)


MAX_HOMONYMS = 50
POSTCODE_LENGTH = 5
_DWARFED = 10
# The scale a bare name is usually meant at; a commune or an EPCI of that name is then reached by saying so.
_USUAL_KINDS = (TerritoryKind.PAYS, TerritoryKind.DEPARTEMENT, TerritoryKind.REGION)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a text designates.

    ``answers``: one territory when it is certain, several when the text is the whole name or code of several and
    somebody has to choose, the likeliest first. ``others``: smaller homonyms passed over for a certain answer (the
    commune of Vienne, for the département). ``suggestions``: without an answer, what the text may be a part of.
    ``is_postcode``: the text is a number, shared by the communes of ``answers``.
    """

    answers: tuple[Territory, ...] = ()
    others: tuple[Territory, ...] = ()
    suggestions: tuple[Territory, ...] = ()
    is_postcode: bool = False

    @property
    def places_passed_over(self) -> tuple[Territory, ...]:
        """The ``others`` that are elsewhere: Paris is a commune and a département at once."""
        return tuple(other for other in self.others if other.population != self.answers[0].population)


def read_text(*, text: str, kinds: Collection[TerritoryKind] | None = None, limit: int = 10) -> Reading:
    """Read what somebody wrote for a territory: a name, a label, a number, initials, with its scale or département.

    A number is a whole code, or one that lost its first zero. ``kinds`` keeps only some scales; ``limit`` bounds the
    suggestions. At most nine queries.
    """
    reading = read_answers(text=text, kinds=kinds)
    if reading.answers:
        return reading
    return Reading(suggestions=tuple(_suggestions(text=text, kinds=kinds, limit=limit)))


def read_answers(*, text: str, kinds: Collection[TerritoryKind] | None = None) -> Reading:
    """Return the certain part of ``read_text``: its answers, 50 at most, without suggestions. At most three queries."""
    text = text[:TEXT_MAX_LENGTH]
    if digits := number_in(text):
        return _read_number(digits, kinds=kinds)
    ways = list(wordings(text))
    named = whole_names(code for way in ways for code in _texts_of(way))
    found = next(filter(None, (_matching(way, named, kinds=kinds) for way in ways if not way.details)), [])
    if codes := _several(ways):
        # Whoever writes « DROM » may also mean the commune of Drom.
        listed = _of_codes(codes, kinds=kinds)
        so_called = [territory for territory in found if territory.code not in codes]
        return Reading(answers=tuple(_nearest_first([*listed, *so_called], text=text)))
    if found:
        return settle(_nearest_first(found, text=text))
    return _read_detailed([way for way in ways if way.details], named=named, kinds=kinds, text=text)


def _read_detailed(
    ways: list[Wording], *, named: dict[str, list[Territory]], kinds: Collection[TerritoryKind] | None, text: str
) -> Reading:
    """A name and what stands beside it: those of its bearers of which it is true."""
    matching = [(way, _matching(way, named, kinds=kinds)[:MAX_HOMONYMS]) for way in ways]
    found = {territory.pk: territory.matched_former_name for _, bearers in matching for territory in bearers}
    territories = {territory.pk: territory for territory in with_areas(found)}
    is_cedex = bool(_CEDEX.search(normalise_name(text)))  # its postcode is a business one, of no commune
    for way, bearers in matching:
        known = [territories[territory.pk] for territory in bearers]
        if agreeing := [territory for territory in known if _agrees(way, territory, is_cedex=is_cedex)]:
            # « Paris (75) » is how the commune is shown.
            label = normalise_name(text) if text.rstrip().endswith(")") else ""
            labelled = [territory for territory in agreeing if normalise_name(str(territory)) == label]
            return Reading(answers=tuple(labelled)) if len(labelled) == 1 else settle(agreeing)
    return Reading()


def _several(ways: list[Wording]) -> tuple[str, ...]:
    named = (SEVERAL_BY_NAME.get(way.name, ()) for way in ways if not way.details and not way.kinds)
    return next(filter(None, named), ())


def _read_number(digits: str, *, kinds: Collection[TerritoryKind] | None) -> Reading:
    if codes := SEVERAL_BY_NAME.get(digits):
        return Reading(answers=tuple(_of_codes(codes, kinds=kinds)))
    codes = whole_codes(digits)
    named = whole_names(codes)
    for code in codes:
        if found := _bearers(code, named, scale=frozenset(), kinds=kinds):
            # The territory that has this very code comes first, then those of the postcode: of an arrondissement when
            # there is one, alone (75012 is the 12th).
            own = [territory for territory in found if territory.official_code.lower() == code]
            districts = [territory for territory in found if territory.kind == TerritoryKind.ARRONDISSEMENT]
            answers = {territory.pk: territory for territory in (*own, *(districts or found))}
            return Reading(answers=tuple(answers.values()), is_postcode=len(code) == POSTCODE_LENGTH)
    return Reading()


def _texts_of(way: Wording) -> tuple[str, ...]:
    return whole_codes(way.name) if way.name.isdecimal() else (way.name,)


def _matching(
    way: Wording, named: dict[str, list[Territory]], *, kinds: Collection[TerritoryKind] | None
) -> list[Territory]:
    bearers = (_bearers(text, named, scale=way.kinds, kinds=kinds) for text in _texts_of(way))
    return next(filter(None, bearers), [])


def _bearers(
    text: str, named: dict[str, list[Territory]], *, scale: Kinds, kinds: Collection[TerritoryKind] | None
) -> list[Territory]:
    """The territories of this name, each once; a région by its own number only when its scale was told."""
    found: dict[int, Territory] = {}
    for territory in named.get(text, ()):
        is_numbered_region = territory.kind == TerritoryKind.REGION and text == territory.official_code.lower()
        if kinds is not None and territory.kind not in kinds:
            continue
        if territory.kind not in scale if scale else is_numbered_region:
            continue
        # A name of today wins over an older one of the same territory.
        if not found.get(territory.pk) or not territory.matched_former_name:
            found[territory.pk] = territory
    return list(found.values())[:MAX_HOMONYMS]


def _nearest_first(found: Sequence[Territory], *, text: str) -> list[Territory]:
    """Put first what is written in just this way: « Thou » before « Le Thou », « Saix » before « Saïx »."""
    written, name = text.strip().casefold(), normalise_name(text)
    return sorted(found, key=lambda bearer: (bearer.name.casefold() != written, normalise_name(bearer.name) != name))


def is_dwarfed(*, population: int, by: int) -> bool:
    """Whether the commune an old one was merged into is so small that today's bearer of its name (``by``) is meant."""
    return population * _DWARFED <= by


def settle(found: Sequence[Territory]) -> Reading:
    """Choose among territories of one name where everybody would: the département, failing that the région.

    A région and a département of one name (La Réunion) cover the same ground: the département is in both. A
    collectivity is preferred to the commune that is in it, not to others of its name. A commune merged into another is
    a rival of today's bearer of the name (Évry: of the Essonne, or of the Yonne?), unless it went into one ten times
    smaller than that bearer (Sceaux).
    """
    for kind in _USUAL_KINDS:
        usual = tuple(bearer for bearer in found if bearer.kind == kind and not bearer.matched_former_name)
        if usual:
            others = tuple(bearer for bearer in found if bearer.kind not in _USUAL_KINDS)
            return Reading(answers=usual, others=others)
    collectivities = {territory.official_code for territory in found if territory.kind == TerritoryKind.COLLECTIVITE}
    current = [bearer for bearer in found if not bearer.matched_former_name]
    bearers = [bearer for bearer in current if bearer.department_number not in collectivities]
    largest = max((bearer.population for bearer in bearers), default=0)
    former = [bearer for bearer in found if bearer.matched_former_name]
    rivals = [bearer for bearer in former if not is_dwarfed(population=bearer.population, by=largest)]
    answers = (*bearers, *rivals)
    return Reading(answers=answers, others=tuple(bearer for bearer in found if bearer not in answers))


def _agrees(way: Wording, territory: Territory, *, is_cedex: bool) -> bool:
    """Whether all the words beside a name are true of this territory: its scale, its number, what contains it."""
    words = list(way.details)
    areas = list(territory.containers.all())
    has_agreed = False
    while words:
        length, kinds = scale_at(words)
        if length and territory.kind in kinds:
            del words[:length]
            has_agreed = True
        elif length and words[length:] and any(area.kind in kinds for area in areas):
            del words[:length]  # « Bourg-en-Bresse, département de l’Ain »: the area's name has still to be right
            has_agreed = False
        elif named := _area_at(words, areas=areas):
            del words[:named]
            has_agreed = True
        elif words[0][0].isdigit():
            if not _is_number_of(words[0], territory=territory, areas=areas, is_cedex=is_cedex):
                return False
            del words[0]
            has_agreed = True
        elif words[0] in LINK_WORDS or words[0] in {"dans", "france"}:
            del words[0]
        else:
            return False
    return has_agreed


def _area_at(words: list[str], *, areas: list[Territory]) -> int:
    """Return how many words, at the start, are the whole name of one of the areas; its article may be missing."""
    for area in areas:
        name = normalise_name(area.name).split()
        for form in (name, name[1:] if name[0] in ARTICLES else name):
            if form and words[: len(form)] == form:
                return len(form)
    return 0


def _is_number_of(word: str, *, territory: Territory, areas: list[Territory], is_cedex: bool) -> bool:
    own = {normalise_name(code) for code in (territory.official_code, *territory.postcodes)}
    around = {normalise_name(area.official_code) for area in areas if area.kind != TerritoryKind.REGION}
    codes = whole_codes(word) if word.isdecimal() else (word,)
    is_business = is_cedex and any(len(code) == POSTCODE_LENGTH and code.startswith(tuple(around)) for code in codes)
    return is_business or not (own | around).isdisjoint(codes)


def _of_codes(codes: Iterable[str], *, kinds: Collection[TerritoryKind] | None) -> list[Territory]:
    ids = dict(Territory.objects.filter(code__in=codes).values_list("code", "pk"))
    territories = with_areas({ids[code]: "" for code in codes if code in ids})
    return [territory for territory in territories if kinds is None or territory.kind in kinds]


def _suggestions(*, text: str, kinds: Collection[TerritoryKind] | None, limit: int) -> list[Territory]:
    query = number_in(text) or normalise_name(text[:TEXT_MAX_LENGTH])
    if not query:
        return []
    conditions = list(beginnings(query))
    if query.isdecimal() and len(query) == POSTCODE_LENGTH:
        # A postcode of no commune (a business's, a misprint) still says its département.
        conditions.append(whole(query[:3] if query.startswith(("97", "98")) else query[:2]))
    return with_areas(find(conditions=conditions, kinds=kinds, limit=limit))
