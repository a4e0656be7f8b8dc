"""What people and spreadsheets write for a territory, over the whole country: an answer, a question, never a guess."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hub.territories.enums import TerritoryKind
from hub.territories.models import NAMED_AS_THEIR_DEPARTEMENT, Territory
from hub.territories.names import ARTICLES, normalise_name
from hub.territories.suggestions import read_territory, suggest_territories
from tests.territories.sample import full_dataset
from tests.territories.whole_country import whole_country

__all__ = ["whole_country"]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.once,
    pytest.mark.django_db,
    pytest.mark.usefixtures("whole_country", "db"),
]

# The source has this commune twice, under two codes, in one département.
TWICE = "Vrigne aux Bois"


def codes(text: str) -> list[str]:
    return [territory.code for territory in read_territory(text=text).answers]


def with_de(name: str) -> str:
    """« de l’Ain », « du Rhône », « de la Drôme », « des Landes », « d’Ille-et-Vilaine », « de Paris »."""
    if name.startswith("La "):
        return f"de {name}"
    if name in {"Paris", "Mayotte", "Saône-et-Loire", "Seine-et-Marne", "Maine-et-Loire", "Loir-et-Cher"}:
        return f"de {name}"
    if name in {"Ille-et-Vilaine", "Indre-et-Loire", "Eure-et-Loir"}:
        return f"d’{name}"
    if name[0] in "AEIOUYÉH" and name not in {"Haut-Rhin", "Haute-Corse"} and not name.startswith("Haut"):
        return f"de l’{name}"
    if name.endswith("s") and not name.endswith(("Calvados", "Gers")):
        return f"des {name}"
    masculine = {
        "Bas-Rhin", "Calvados", "Cantal", "Cher", "Doubs", "Finistère", "Gard", "Gers", "Haut-Rhin", "Jura", "Loiret",
        "Lot", "Lot-et-Garonne", "Morbihan", "Nord", "Pas-de-Calais", "Puy-de-Dôme", "Rhône", "Tarn",
        "Tarn-et-Garonne", "Territoire de Belfort", "Val-d’Oise", "Val-de-Marne", "Var", "Vaucluse",
    }  # fmt: skip
    return f"du {name}" if name in masculine else f"de la {name}"


def test_every_departement_in_every_form_people_write():
    departements = list(Territory.objects.filter(kind=TerritoryKind.DEPARTEMENT))
    assert len(departements) == 101
    for departement in departements:
        name, number = departement.name, departement.official_code
        forms = [
            name,
            name.upper(),
            f"{name} ({number})",
            f"{name} {number}",
            f"{number} - {name}",
            number,
            number.lstrip("0"),
            f"CD {number}",
            f"CD{number}",
            f"Département {number}",
            *(
                text.replace("’", apostrophe)
                for text in (f"Département {with_de(name)}", f"Conseil départemental {with_de(name)}")
                for apostrophe in ("’", "'")
            ),
        ]
        for form in forms:
            # « Paris (75) » is the label of the commune.
            expected = ["commune-75056"] if form == "Paris (75)" else [departement.code]
            assert codes(form) == expected, form


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("PACA", ["region-93"]),
        ("paca", ["region-93"]),
        ("AURA", ["region-84"]),
        ("IDF", ["region-11"]),
        ("Hdf", ["region-32"]),
        ("Région Sud", ["region-93"]),
        ("Bretagne", ["region-53"]),
        ("Région Bretagne", ["region-53"]),
        ("région 84", ["region-84"]),
        ("84", ["departement-84"]),
        ("La Réunion", ["departement-974"]),
        ("Région La Réunion", ["region-04"]),
        ("La Réunion (47)", ["commune-47222"]),
        ("Mayotte", ["departement-976"]),
        ("Paris", ["departement-75"]),
        ("75000", ["commune-75056"]),
        ("69000", ["commune-69123"]),
        ("13000", ["commune-13055"]),
        ("75012", ["arrondissement-75112"]),
        ("75112", ["arrondissement-75112"]),
        ("Lyon 3", ["arrondissement-69383"]),
        ("Corrèze (19)", ["departement-19"]),
        ("Corrèze (commune, 19)", ["commune-19062"]),
        ("Vienne (38)", ["commune-38544"]),
        ("Saint-Denis (93)", ["commune-93066"]),
        ("St Denis 93", ["commune-93066"]),
        ("Saint-Denis, La Réunion", ["commune-97411"]),
        ("Saint-Denis (Seine-Saint-Denis)", ["commune-93066"]),
        ("93200 Saint-Denis", ["commune-93066"]),
        ("01012 Bourg-en-Bresse Cedex", ["commune-01053"]),
        ("01000 BOURG EN BRESSE CEDEX 9", ["commune-01053"]),
        ("Bourg-en-Bresse, département de l’Ain", ["commune-01053"]),
        ("dans l'Ain", ["departement-01"]),
        ("Ville du Havre", ["commune-76351"]),
        ("Ville de Paris", ["commune-75056"]),
        ("Métropole de Lyon", ["epci-200046977"]),
        ("Grand Lyon", ["epci-200046977"]),
        ("Métropole de Bordeaux", ["epci-243300316"]),
        ("CC Plaine de l’Ain", ["epci-240100883"]),
        ("Communauté de communes de la Plaine de l'Ain", ["epci-240100883"]),
        ("CC des Quatre Rivières (74)", ["epci-247400666"]),
        ("Châlons-sur-Marne", ["commune-51108"]),
        ("Sceaux", ["commune-92071"]),
        ("1", ["departement-01"]),
        ("1004", ["commune-01004"]),
        ("1004,0", ["commune-01004"]),
        ("01 004", ["commune-01004"]),
        ("6000", ["commune-06088"]),
        ("2a", ["departement-2A"]),
        ("20000", ["commune-2A004"]),
        ("200 070 852", ["epci-200070852"]),
        ("France", ["pays-FR"]),
        ("échelle nationale", ["pays-FR"]),
    ],
)  # fmt: skip
def test_what_leaves_no_doubt_is_understood(written, expected):
    assert codes(written) == expected


@pytest.mark.parametrize(
    ("written", "among"),
    [
        ("Evry", {"commune-89162", "commune-91228"}),
        ("Asnières", {"commune-27021", "commune-92004"}),
        ("Saint-Denis", {"commune-93066", "commune-97411"}),
        ("1000", {"commune-01053", "commune-01344"}),
        ("5100", {"commune-05023", "commune-05100"}),
        ("01170", {"commune-01173"}),
        ("20", {"departement-2A", "departement-2B", "region-94"}),
        ("DROM", {"departement-971", "departement-976", "commune-01150"}),
        ("outre-mer", {"departement-973", "departement-974"}),
        ("Alsace", {"departement-67", "departement-68", "region-44"}),
        ("CC des Quatre Rivières", {"epci-247400666", "epci-247000623"}),
    ],
)
def test_what_may_be_several_is_asked(written, among):
    found = codes(written)
    assert len(found) > 1
    assert among <= set(found)


@pytest.mark.parametrize(
    "written", ["Amb", "pacau", "bourg en", "Rhône-Alpes", "340", "97", "134", "01999", "lyo", "C"]
)
def test_the_beginning_of_a_name_or_of_a_code_is_never_an_answer(written):
    reading = read_territory(text=written)
    assert reading.answers == ()
    assert reading.suggestions or written == "C"


def test_no_number_that_lost_its_zero_leads_elsewhere():
    """Postcodes and Insee codes that begin with 0, as a spreadsheet shows them."""
    bearers: dict[str, set[str]] = {}
    for commune in full_dataset().communes:
        for code in (commune.code, *commune.postcodes, *commune.former_codes):
            bearers.setdefault(code, set()).add(f"commune-{commune.code}")
    lost = [code for code in bearers if code.startswith("0")]
    assert len(lost) == 3_604
    for code in lost:
        assert set(codes(code[1:])) == bearers[code], code
        assert codes(code[1:]) == codes(code), code


def test_every_territory_is_found_by_its_own_name_and_by_its_own_code_first():
    for territory in Territory.objects.current().iterator():
        name = normalise_name(territory.name)
        reading = read_territory(text=territory.name)
        same_name = [*reading.answers, *reading.others]
        if territory.kind not in {TerritoryKind.DEPARTEMENT, TerritoryKind.REGION}:
            position = next((rank for rank, found in enumerate(same_name) if found == territory), None)
            assert position is not None, territory
            before = {normalise_name(found.name) for found in same_name[:position] if not found.matched_former_name}
            assert before <= {name, *(name.removeprefix(f"{article} ") for article in ARTICLES)} or (
                territory.name == "Drom"
            ), territory
        else:
            # A région and a département of one name: the département, which is in both.
            assert same_name[0].name == territory.name, territory
        if territory.kind != TerritoryKind.REGION:
            assert codes(territory.official_code)[0] == territory.code, territory


def test_every_label_that_is_shown_designates_its_own_territory():
    """A form without JavaScript sends it back. All of the larger ones, and one commune in twenty."""
    kept = Territory.objects.current()
    communes = kept.filter(kind=TerritoryKind.COMMUNE).exclude(name=TWICE)
    checked = [*kept.exclude(kind=TerritoryKind.COMMUNE), *communes.order_by("code")[::20]]
    ambiguous = [territory for territory in checked if codes(str(territory)) != [territory.code]]
    # Of the same name, and both in a département: told apart by its number.
    assert [territory.name for territory in ambiguous] == ["CC des Quatre Rivières"] * 2


def test_every_homonym_is_reached_with_its_departement():
    names: dict[str, list[Territory]] = {}
    for commune in Territory.objects.current().filter(kind=TerritoryKind.COMMUNE).exclude(name=TWICE):
        names.setdefault(normalise_name(commune.name), []).append(commune)
    homonyms = [communes for communes in names.values() if len(communes) > 1]
    for communes in homonyms[::10]:
        for commune in communes:
            assert codes(f"{commune.name} ({commune.department_number})") == [commune.code], commune


def test_communes_called_as_their_departement_are_known():
    named = {
        code
        for code, name, container in Territory.objects.current()
        .filter(kind=TerritoryKind.COMMUNE, containers__kind=TerritoryKind.DEPARTEMENT)
        .values_list("code", "name", "containers__name")
        if name == container
    }
    assert named - {"commune-75056"} == NAMED_AS_THEIR_DEPARTEMENT


def test_a_plain_name_or_number_takes_one_query():
    read_territory(text="Lyon")
    for text in ("Bourg-en-Bresse", "01004", "Vienne", "Evry"):
        with CaptureQueriesContext(connection) as queries:
            read_territory(text=text)
        assert len(queries) == 1, text


@pytest.mark.parametrize(
    "written", ["a " * 500, "saint " * 100, "(" * 300, "\x00", "9" * 400, "01 " * 90, "département " * 20]
)
def test_whatever_is_written_is_read(written):
    with CaptureQueriesContext(connection) as queries:
        read_territory(text=written)
        suggest_territories(text=written)
    assert len(queries) <= 18
