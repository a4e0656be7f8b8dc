"""What people type, and the territories they are offered."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hub.territories.enums import TerritoryKind
from hub.territories.loading import load_territories
from hub.territories.models import Territory
from hub.territories.suggestions import describe_territory, read_territory, resolve_territory, suggest_territories
from tests.territories.small import SMALL, with_commune, without_commune

pytestmark = pytest.mark.usefixtures("sample_territories")


def codes(text, **options):
    return [territory.code for territory in suggest_territories(text=text, **options)]


@pytest.mark.parametrize(
    "typed",
    ["Ambérieu-en-Bugey", "amberieu en bugey", "AMBERIEU", "ambér", "bugey amberieu", "ambérieu bugey", "01004"],
)
def test_a_commune_is_found_however_its_name_is_typed(typed):
    assert codes(typed)[0] == "commune-01004"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("ain", "departement-01"),
        ("01", "departement-01"),
        ("2A", "departement-2A"),
        ("84", "departement-84"),
        ("974", "departement-974"),
        ("auvergne rhone alpes", "region-84"),
        ("rhône-alpes", "region-84"),
        ("national", "pays-FR"),
        ("France", "pays-FR"),
        ("Saint-Pierre-et-Miquelon", "collectivite-975"),
        ("st pierre et miquelon", "collectivite-975"),
        ("975", "collectivite-975"),
        ("communauté de communes usses et rhone", "epci-200070852"),
        ("200070852", "epci-200070852"),
        ("Lyon", "commune-69123"),
        ("lyon 3eme", "arrondissement-69383"),
        ("75012", "commune-75056"),
        ("97400", "commune-97411"),
        ("la rochelle", "commune-17300"),
        ("rochelle", "commune-17300"),
        ("departement-2a", "departement-2A"),
        ("commune-01004", "commune-01004"),
        ("Saint-Denis (93)", "commune-93066"),
        ("saint denis réunion", "commune-97411"),
        ("saint denis 93", "commune-93066"),
    ],
)
def test_the_first_suggestion_is_what_was_meant(typed, expected):
    assert codes(typed)[0] == expected


def test_larger_scales_come_first_then_the_more_populous():
    assert codes("bourg") == ["region-27", "epci-200071751", "commune-01053"]
    assert codes("seys") == ["commune-74269", "commune-01407"]


def test_an_exact_name_comes_before_a_larger_place():
    assert codes("lyon")[:2] == ["commune-69123", "epci-200046977"]
    assert codes("paris")[:2] == ["departement-75", "commune-75056"]


def test_a_territory_is_suggested_once():
    assert len(codes("paris", limit=50)) == len(set(codes("paris", limit=50))) == 23


def test_no_more_than_asked():
    assert len(codes("paris", limit=3)) == 3


def test_scales_may_be_chosen():
    assert codes("paris", kinds=[TerritoryKind.COMMUNE]) == ["commune-75056"]
    assert codes("commune-75056", kinds=[TerritoryKind.REGION]) == []


@pytest.mark.parametrize("typed", ["pierrefitte", "Pierrefitte-sur-Seine", "93059", "commune-93059"])
def test_a_merged_commune_leads_to_its_successor_and_says_so(typed):
    [saint_denis] = suggest_territories(text=typed)
    assert saint_denis.code == "commune-93066"
    assert describe_territory(saint_denis).endswith("ancienne commune Pierrefitte-sur-Seine")


def test_a_merged_commune_of_which_only_the_code_is_known_leads_to_its_successor():
    [valserhone] = suggest_territories(text="01126")
    assert valserhone.code == "commune-01033"
    assert describe_territory(valserhone) == "Commune · Ain (01) · ancien code 01126"


def test_the_old_name_of_the_seat_of_a_merger_leads_to_it():
    assert codes("bellegarde sur valserine") == ["commune-01033"]


def test_each_suggestion_tells_what_its_label_does_not():
    described = {code: describe_territory(*suggest_territories(text=code)) for code in (
        "commune-01004", "epci-200070852", "departement-01", "region-84", "pays-FR", "commune-97502",
    )}  # fmt: skip
    assert described == {
        "commune-01004": "Commune · Ain (01)",
        "epci-200070852": "Intercommunalité (EPCI) · Ain (01), Haute-Savoie (74)",
        "departement-01": "Auvergne-Rhône-Alpes",
        "region-84": "",
        "pays-FR": "",
        "commune-97502": "Commune · Saint-Pierre-et-Miquelon (975)",
    }


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "e",
        "\x00",
        "'",
        '"((',
        "%",
        "_",
        "%%%%",
        "l'",
        "\ud800",
        "zzzz",
        "commune-",
        "commune-00000",
        "é" * 60_000,
    ],
)
def test_nothing_sensible_typed_suggests_nothing(typed):
    assert suggest_territories(text=typed) == []


@pytest.mark.parametrize(
    "typed", ["a " * 30_000, "saint " * 5_000, "-".join(map(str, range(9_999))), "\x00ain\x00" * 900]
)
def test_hostile_input_is_harmless(typed):
    assert len(suggest_territories(text=typed)) <= 10


def test_a_sign_of_the_database_is_a_mere_letter():
    assert codes("a%n") == []
    assert codes("l_on") == []


def queries_of(text):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        for territory in suggest_territories(text=text):
            describe_territory(territory)
    return len(queries)


def test_the_number_of_queries_depends_neither_on_the_text_nor_on_what_is_found():
    assert queries_of("commune-01004") == 3
    assert queries_of("paris") == 4  # whole names, starts of names, the territories, their départements
    # The homonyms with what contains them, then the starts of names, and names having all the words.
    assert queries_of("saint denis réunion") == 8
    assert queries_of(" ".join(f"saint{n}" for n in range(99))) == 4  # nothing found, nothing to read
    assert queries_of("Saint-Denis (nulle part)") <= 9


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("Ain", ["departement-01"]),
        ("01500", ["commune-01004"]),
        ("lyon", ["commune-69123"]),
        ("Saint-Denis (974)", ["commune-97411"]),
        ("Paris (75)", ["commune-75056"]),
        ("Paris (département)", ["departement-75"]),
        ("CC Terre Valserhône (CCTV)", ["epci-240100891"]),
        ("France entière", ["pays-FR"]),
        ("departement-01", ["departement-01"]),
        ("commune-93059", ["commune-93066"]),
        ("Pierrefitte-sur-Seine", ["commune-93066"]),
        ("valserh", []),
        ("Saint-Denis", ["commune-97411", "commune-93066"]),
        ("Paris", ["departement-75"]),
        ("seyssel", ["commune-74269", "commune-01407"]),
        ("nulle part", []),
        ("", []),
        ("\x00", []),
    ],
)
def test_a_text_designates_one_territory_several_or_none(typed, expected):
    assert sorted(territory.code for territory in read_territory(text=typed).answers) == sorted(expected)


@pytest.mark.parametrize(
    "code", ["", "ain", "departement-", "departement-99", "01", "commune-01004-", "x-01", "pays-\x00"]
)
def test_an_unknown_code_is_nothing(code):
    assert resolve_territory(code=code) is None


@pytest.mark.parametrize("code", ["departement-2A", "Departement-2a", " departement-2A "])
def test_the_case_of_a_code_does_not_matter(code):
    assert resolve_territory(code=code).name == "Corse-du-Sud"


def test_every_label_designates_its_own_territory():
    """A form without JavaScript sends back the label it was shown."""
    for territory in Territory.objects.current():
        assert [found.code for found in read_territory(text=str(territory)).answers] == [territory.code], str(territory)


def test_a_retired_territory_without_successor_is_not_suggested_but_its_code_still_means_it():
    load_territories(dataset=SMALL)
    load_territories(dataset=without_commune("01370"))
    assert codes("saint laurent") == codes("commune-01370") == []
    assert resolve_territory(code="commune-01370").is_obsolete


def test_a_renamed_territory_is_suggested_by_its_new_name():
    load_territories(dataset=with_commune(SMALL.communes[0]._replace(name="Bourg-la-Neuve")))
    assert codes("bourg la neuve") == ["commune-01053"]
