"""The loader, on a handmade geography and its later years."""

from dataclasses import replace
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from hub.territories.dataset import write_dataset
from hub.territories.enums import TerritoryKind
from hub.territories.loading import load_territories
from hub.territories.models import Territory, TerritoryName, territories_changed
from hub.territories.suggestions import resolve_territory
from tests.territories.small import SMALL, commune, with_commune, without_commune

pytestmark = pytest.mark.django_db


def containers(code):
    return set(Territory.objects.get(code=code).containers.values_list("code", flat=True))


def test_every_territory_is_loaded_with_all_that_contains_it():
    report = load_territories(dataset=SMALL)
    assert report.created == Territory.objects.count() == 17
    assert containers("arrondissement-69381") == {"commune-69123", "departement-69", "region-84", "pays-FR"}
    assert containers("commune-01053") == {"epci-200000001", "departement-01", "region-84", "pays-FR"}
    assert containers("commune-97502") == {"collectivite-975", "pays-FR"}
    assert containers("departement-71") == {"region-27", "pays-FR"}
    assert containers("region-84") == {"pays-FR"}
    assert containers("pays-FR") == set()


def test_an_epci_astride_meets_each_departement_and_region():
    load_territories(dataset=SMALL)
    assert containers("epci-200000002") == {"departement-01", "departement-71", "region-84", "region-27", "pays-FR"}
    assert containers("epci-200000001") == {"departement-01", "region-84", "pays-FR"}


def test_a_commune_of_an_epci_astride_stays_in_its_own_departement():
    load_territories(dataset=SMALL)
    assert containers("commune-71270") == {"epci-200000002", "departement-71", "region-27", "pays-FR"}


def test_populations_add_up():
    load_territories(dataset=SMALL)
    population = dict(Territory.objects.values_list("code", "population"))
    assert population["epci-200000002"] == 36_800
    assert population["departement-01"] == 59_800
    assert population["pays-FR"] == sum(row.population for row in SMALL.communes)


def test_a_merged_commune_is_kept_obsolete_with_the_containers_of_its_successor_and_the_successor():
    load_territories(dataset=SMALL)
    old = Territory.objects.get(code="commune-01091")
    assert (old.name, old.is_obsolete, old.successor.code) == ("Châtillon-en-Michaille", True, "commune-01033")
    assert containers("commune-01091") == {"commune-01033", "departement-01", "region-84", "pays-FR"}


def test_the_seat_of_a_merger_is_the_commune_of_today():
    load_territories(dataset=SMALL)
    seat = Territory.objects.get(code="commune-01033")
    assert (seat.name, seat.is_obsolete) == ("Valserhône", False)


def test_loading_again_changes_nothing():
    load_territories(dataset=SMALL)
    before = list(Territory.objects.values()), list(TerritoryName.objects.values())
    memberships = list(Territory.containers.through.objects.values())
    report = load_territories(dataset=SMALL)
    assert (report.created, report.updated, report.unchanged) == (0, 0, 17)
    assert (report.memberships_added, report.memberships_removed) == (0, 0)
    assert (report.lookup_rows_added, report.lookup_rows_removed) == (0, 0)
    assert (list(Territory.objects.values()), list(TerritoryName.objects.values())) == before
    assert list(Territory.containers.through.objects.values()) == memberships


def test_a_commune_that_changes_epci_leaves_the_old_one():
    load_territories(dataset=SMALL)
    moved = SMALL.communes[1]._replace(epci="200000001")
    report = load_territories(dataset=with_commune(moved))
    assert containers("commune-01370") == {"epci-200000001", "departement-01", "region-84", "pays-FR"}
    # It left one EPCI for another, and the EPCI it left no longer meets the Ain, nor its région.
    assert containers("epci-200000002") == {"departement-71", "region-27", "pays-FR"}
    assert (report.memberships_added, report.memberships_removed) == (1, 3)


def test_a_renamed_commune_is_found_by_its_new_name_only():
    load_territories(dataset=SMALL)
    report = load_territories(dataset=with_commune(SMALL.communes[0]._replace(name="Bourg-la-Neuve")))
    assert (report.updated, report.created) == (1, 0)
    texts = set(TerritoryName.objects.filter(territory__code="commune-01053").values_list("text", flat=True))
    assert "bourg la neuve" in texts
    assert "bourg en bresse" not in texts


def test_a_commune_merged_into_another_leads_to_it_and_is_never_deleted():
    load_territories(dataset=SMALL)
    key = Territory.objects.get(code="commune-01370").pk
    merged = with_commune(
        commune("71270", "Mâcon", area="71", epci="200000002", former_codes=["01370"]),
        dataset=without_commune("01370"),
    )
    report = load_territories(dataset=merged)
    old = Territory.objects.get(pk=key)
    assert report.retired == 1
    assert (old.is_obsolete, old.successor.code, old.name) == (True, "commune-71270", "Saint-Laurent-sur-Saône")
    assert containers("commune-01370") == {
        "commune-71270", "epci-200000002", "departement-71", "region-27", "pays-FR",
    }  # fmt: skip
    assert resolve_territory(code="commune-01370").code == "commune-71270"
    row = TerritoryName.objects.get(text="saint laurent sur saone")
    assert (row.territory.code, row.former_name) == ("commune-71270", "Saint-Laurent-sur-Saône")


def test_mergers_of_successive_years_lead_to_the_commune_of_today():
    load_territories(dataset=SMALL)
    first = with_commune(
        commune("71270", "Mâcon", area="71", epci="200000002", former_codes=["01370"]),
        dataset=without_commune("01370"),
    )
    load_territories(dataset=first)
    # Now Mâcon goes too, and this year's file only remembers Mâcon's own code.
    second = with_commune(
        commune("69123", "Lyon", area="69", former_codes=["71270"]), dataset=without_commune("71270", dataset=first)
    )
    load_territories(dataset=second)
    assert Territory.objects.get(code="commune-71270").successor.code == "commune-69123"
    assert Territory.objects.get(code="commune-01370").successor.code == "commune-69123"
    assert containers("commune-01370") == {"commune-69123", "departement-69", "region-84", "pays-FR"}


def test_a_dissolved_epci_is_kept_obsolete_in_the_places_it_covered():
    load_territories(dataset=SMALL)
    communes = [row._replace(epci="" if row.epci == "200000002" else row.epci) for row in SMALL.communes]
    dissolved = replace(SMALL, communes=communes, epci=SMALL.epci[:1])
    report = load_territories(dataset=dissolved)
    old = Territory.objects.get(code="epci-200000002")
    assert (old.is_obsolete, old.successor, report.retired) == (True, None, 1)
    assert containers("epci-200000002") == {"departement-01", "departement-71", "region-84", "region-27", "pays-FR"}
    assert not old.contents.exists()
    assert not old.lookup_names.exists()
    assert resolve_territory(code="epci-200000002") == old
    assert load_territories(dataset=dissolved).memberships_removed == 0


def test_a_territory_that_comes_back_exists_again():
    load_territories(dataset=SMALL)
    key = Territory.objects.get(code="commune-01370").pk
    load_territories(dataset=without_commune("01370"))
    assert Territory.objects.get(pk=key).is_obsolete
    report = load_territories(dataset=SMALL)
    back = Territory.objects.get(pk=key)
    assert (back.is_obsolete, back.successor, report.restored) == (False, None, 1)
    assert containers("commune-01370") == {"epci-200000002", "departement-01", "region-84", "pays-FR"}
    assert back.lookup_names.filter(text="saint laurent sur saone").exists()


def test_a_territory_typed_by_hand_and_unknown_to_the_file_is_retired_not_deleted():
    stray = Territory.objects.create(
        kind=TerritoryKind.COMMUNE, official_code="99999", code="commune-99999", name="Nulle-Part"
    )
    load_territories(dataset=SMALL)
    stray.refresh_from_db()
    assert stray.is_obsolete


def test_a_dry_run_reports_and_changes_nothing():
    report = load_territories(dataset=SMALL, dry_run=True)
    assert report.created == 17
    assert not Territory.objects.exists()
    assert not TerritoryName.objects.exists()


def test_a_failure_half_way_leaves_what_was_there(monkeypatch):
    load_territories(dataset=SMALL)
    monkeypatch.setattr("hub.territories.loading.sync_lookup_rows", lambda **_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        load_territories(dataset=without_commune("01370"))
    assert not Territory.objects.get(code="commune-01370").is_obsolete


def test_others_are_told_which_territories_changed():
    load_territories(dataset=SMALL)
    told = []

    def listen(*, territory_ids, **_):
        told.append(set(Territory.objects.filter(pk__in=territory_ids).values_list("code", flat=True)))

    territories_changed.connect(listen)
    try:
        load_territories(dataset=SMALL)
        load_territories(dataset=SMALL, dry_run=True)
        load_territories(dataset=with_commune(SMALL.communes[0]._replace(epci="")), dry_run=True)
        assert told == []
        load_territories(dataset=with_commune(SMALL.communes[1]._replace(epci="200000001")))
    finally:
        territories_changed.disconnect(listen)
    assert {"commune-01370", "epci-200000002"} <= told[0]
    assert "commune-69123" not in told[0]


def run_command(*arguments):
    said = StringIO()
    call_command("load_territories", *arguments, stdout=said)
    return said.getvalue()


def test_the_command_says_what_it_did_in_french(tmp_path):
    write_dataset(dataset=SMALL, path=tmp_path / "small")
    said = run_command("--file", str(tmp_path / "small"))
    assert "Territoires créés : 17" in said
    assert "Rattachements ajoutés : 45, retirés : 0" in said
    assert "Territoires à jour" in said
    assert "Territoires inchangés : 17" in run_command("--file", str(tmp_path / "small"))


def test_the_command_can_only_try(tmp_path):
    write_dataset(dataset=SMALL, path=tmp_path / "small")
    assert "rien n’a été changé" in run_command("--file", str(tmp_path / "small"), "--dry-run")
    assert not Territory.objects.exists()


def test_the_command_can_keep_quiet(tmp_path):
    write_dataset(dataset=SMALL, path=tmp_path / "small")
    assert run_command("--file", str(tmp_path / "small"), "--verbosity", "0") == ""
    assert Territory.objects.exists()


def test_the_command_refuses_a_file_that_is_not_one(tmp_path):
    with pytest.raises(CommandError, match="n’existe pas"):
        run_command("--file", str(tmp_path / "none"))
