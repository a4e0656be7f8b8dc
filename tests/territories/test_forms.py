"""Territories in forms: chosen or typed, resolved on the server, given back as typed when they are not understood."""

import re

import pytest
from django import forms
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from dsfr.forms import DsfrBaseForm

from hub.territories.enums import TerritoryKind
from hub.territories.forms import MAX_VALUES, TerritoryChoiceField, TerritoryMultipleChoiceField
from hub.territories.loading import load_territories
from hub.territories.models import Territory
from tests.territories.small import SMALL, without_commune

pytestmark = pytest.mark.usefixtures("sample_territories")


class SheetForm(forms.Form):
    territories = TerritoryMultipleChoiceField(label="Territoires")


class PersonForm(forms.Form):
    territory = TerritoryChoiceField(
        label="Territoire", required=False, kinds=[TerritoryKind.COMMUNE, TerritoryKind.DEPARTEMENT]
    )


def sheet(*values):
    return SheetForm(QueryDict("&".join(f"territories={value}" for value in values)))


def person(value):
    return PersonForm(QueryDict(f"territory={value}"))


def codes(form):
    assert form.is_valid(), form.errors
    return sorted(territory.code for territory in form.cleaned_data["territories"])


def test_chosen_codes_and_typed_names_are_the_same_thing():
    form = sheet("departement-01", "Bourg-en-Bresse; 97400", "departement-01")
    assert codes(form) == ["commune-01053", "commune-97411", "departement-01"]


def test_one_name_a_line_will_do_too():
    assert codes(sheet("Ain%0D%0ALyon")) == ["commune-69123", "departement-01"]


def test_an_unknown_name_is_told_and_everything_typed_is_kept():
    form = sheet("departement-01", "Nulle-Part; Lyon")
    assert form.errors["territories"] == [
        "« Nulle-Part » n’est pas un territoire connu. Vérifiez l’orthographe, ou donnez son code postal."
    ]
    html = str(form["territories"])
    assert 'value="departement-01" checked' in html
    assert 'value="Nulle-Part; Lyon"' in html


def test_an_unknown_code_is_told_and_kept():
    form = sheet("commune-00000")
    assert "« commune-00000 » n’est pas un territoire connu." in form.errors["territories"][0]
    assert 'value="commune-00000"' in str(form["territories"])


def test_an_ambiguous_name_says_what_it_may_be():
    assert sheet("Saint-Denis").errors["territories"] == [
        "« Saint-Denis » désigne plusieurs territoires : Saint-Denis (974), Saint-Denis (93). Précisez lequel."
    ]
    assert codes(sheet("Saint-Denis (93)")) == ["commune-93066"]


def test_a_territory_is_asked_for():
    assert sheet("").errors["territories"] == ["Indiquez au moins un territoire."]


def test_too_many_is_refused():
    form = sheet(*(f"commune-{number:05}" for number in range(MAX_VALUES + 1)))
    assert "Pas plus de 100 territoires" in form.errors["territories"][0]


@pytest.mark.parametrize("typed", ["%00", "%FF", "a" * 60_000, "%3Cscript%3E", "'\"((", "commune-%00"])
def test_hostile_text_is_an_error_message_like_another(typed):
    form = sheet(typed)
    assert "n’est pas un territoire connu" in form.errors["territories"][0]
    html = str(form["territories"]) + str(form.errors)
    assert "<script>" not in html


def test_a_merged_commune_gives_its_successor():
    assert codes(sheet("commune-93059", "Châtillon-en-Michaille")) == ["commune-01033", "commune-93066"]


def test_a_vanished_territory_an_entry_already_had_may_stay():
    load_territories(dataset=SMALL)
    load_territories(dataset=without_commune("01370"))
    assert codes(sheet("commune-01370")) == ["commune-01370"]
    assert "Saint-Laurent-sur-Saône (01) – n’existe plus" in str(sheet("commune-01370")["territories"])


def test_codes_take_one_query_together():
    chosen = ["departement-01", "departement-69", "commune-01004", "region-84", "pays-FR"]
    form = sheet(*chosen)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert form.is_valid()
    assert len(queries) == 1


def test_an_edited_sheet_shows_what_it_has_and_nothing_else():
    territories = Territory.objects.filter(code__in=["departement-01", "commune-01004"])
    for initial in (territories, list(territories), [territory.pk for territory in territories]):
        html = str(SheetForm(initial={"territories": initial})["territories"])
        assert 'value="departement-01" checked' in html
        assert "Ambérieu-en-Bugey (01)" in html
        assert 'data-chosen-list="id_territories_chosen"' in html
        assert html.count("checkbox") == 3  # two territories, and the model of the next
        assert "<option" not in html


def test_whether_something_changed_is_known():
    territories = list(Territory.objects.filter(code__in=["departement-01", "commune-01004"]))
    data = QueryDict("territories=departement-01&territories=commune-01004")
    assert not SheetForm(data, initial={"territories": territories}).has_changed()
    assert SheetForm(data, initial={"territories": territories[:1]}).has_changed()


def test_one_territory_may_be_typed():
    form = person("ambérieu en bugey")
    assert form.is_valid()
    assert form.cleaned_data["territory"].code == "commune-01004"


def test_the_beginning_of_a_name_is_no_answer_and_says_what_it_may_be():
    form = person("ambérieu")
    [message] = form.errors["territory"]
    assert message.startswith("« ambérieu » n’est pas un territoire connu.")
    assert "Vouliez-vous dire : Ambérieu-en-Bugey (01) ?" in message
    assert 'value="ambérieu"' in str(form["territory"])


def test_one_territory_may_be_left_out():
    form = person("")
    assert form.is_valid()
    assert form.cleaned_data["territory"] is None


def test_one_territory_of_a_scale_that_is_not_asked_is_refused():
    message = "« region-84 » n’est pas d’une échelle possible ici (Commune, Département)."
    assert person("region-84").errors["territory"] == [message]


def test_one_territory_keeps_what_was_typed():
    assert 'value="Nulle-Part"' in str(person("Nulle-Part")["territory"])
    html = str(person("commune-01004")["territory"])
    assert 'value="Ambérieu-en-Bugey (01)"' in html
    assert 'data-code="commune-01004"' in html


def test_one_territory_shows_the_one_it_has():
    ain = Territory.objects.get(code="departement-01")
    for initial in (ain, ain.pk):
        assert 'data-code="departement-01"' in str(PersonForm(initial={"territory": initial})["territory"])
    assert not PersonForm(QueryDict("territory=departement-01"), initial={"territory": ain}).has_changed()


@pytest.mark.filterwarnings("ignore:Transitional Django setting DSFR_MARK_OPTIONAL_FIELDS")
def test_a_form_of_the_dsfr_dresses_the_field():
    class Dressed(SheetForm, DsfrBaseForm):
        pass

    html = str(Dressed())
    assert re.search(r'<input type="text" name="territories"[^>]*class="fr-input"', html)
    assert '<label for="id_territories" class="fr-label">' in html


def test_both_fields_bring_their_script_and_styles():
    media = str(SheetForm().media)
    assert "hub/js/combobox.js" in media
    assert "hub/css/combobox.css" in media
