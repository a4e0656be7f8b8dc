"""Editors keep the vocabularies; what pages rely on cannot be taken away by mistake."""

from datetime import date

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from hub.vocabulary.models import Audience, Axis, Government, GovernmentTitle, Organisation, OrganisationKind, Scheme
from initiatives.models import Partnership

pytestmark = pytest.mark.django_db

VOCABULARIES = ["audience", "axis", "scheme", "organisation", "organisationkind", "government"]


def url(model, view, *arguments):
    return reverse(f"wagtailsnippets_vocabulary_{model}:{view}", args=arguments)


@pytest.mark.parametrize("model", VOCABULARIES)
def test_every_vocabulary_is_listed_searched_and_edited(vocabulary, editor, model):
    listing = editor.get(url(model, "list"))
    assert listing.status_code == 200
    assert editor.get(url(model, "list"), {"q": "e"}).status_code == 200
    entry = listing.context["object_list"][0]
    assert str(entry) in editor.get(url(model, "edit", entry.pk)).content.decode()


def test_the_menu_gathers_the_vocabularies(vocabulary, editor):
    assert "Vocabulaires" in editor.get(reverse("wagtailadmin_home")).content.decode()


def test_publics_are_listed_as_a_tree(vocabulary, editor):
    listed = [str(audience) for audience in editor.get(url("audience", "list")).context["object_list"]]
    assert listed[0] == "Tous publics"
    young = listed.index("Jeunes")
    assert set(listed[young + 1 : young + 5]) == {
        "Apprentis et jeunes actifs",
        "Étudiants",
        "Jeunes en rupture",
        "Jeunes sortant de l’ASE",
    }


def test_a_search_in_the_list_reads_the_other_names_too(vocabulary, editor):
    page = editor.get(url("audience", "list"), {"q": "parents solos"})
    assert [str(audience) for audience in page.context["object_list"]] == ["Familles monoparentales"]


def test_the_list_counts_the_uses_of_each_entry_in_one_query(sheet, editor, django_assert_max_num_queries):
    sheet.audiences.set(Audience.objects.filter(slug="jeunes"))
    sheet.save()
    with django_assert_max_num_queries(40):
        listing = editor.get(url("audience", "list"), {"ordering": "-usage_count"}).context["object_list"]
    uses = {audience.slug: audience.usage_count for audience in listing}
    assert uses["jeunes"] == 5  # the sheet and four narrower publics
    assert uses["etudiants"] == 0
    assert listing[0].slug == "jeunes"


def test_a_structure_that_takes_part_twice_in_a_sheet_is_used_once(sheet, editor):
    dihal = Organisation.objects.get(slug="dihal")
    sheet.partnerships = [Partnership(organisation=dihal, role="porteur"), Partnership(organisation=dihal)]
    sheet.save()
    listing = editor.get(url("organisation", "list"), {"q": "dihal"}).context["object_list"]
    assert [organisation.usage_count for organisation in listing] == [1]


def test_the_usage_page_leads_to_what_names_the_entry(sheet, editor):
    axis = Axis.objects.get(slug="sante")
    sheet.axes.add(axis)
    sheet.save()
    page = editor.get(url("axis", "usage", axis.pk)).content.decode()
    assert "Une plateforme" in page
    assert reverse("wagtailadmin_pages:edit", args=[sheet.pk]) in page
    panel = BeautifulSoup(editor.get(url("axis", "edit", axis.pk)).content, "lxml")
    link = panel.find("a", href=url("axis", "usage", axis.pk))
    assert link.get_text(strip=True) == "Utilisé(e) 1 fois"


def test_an_address_is_made_from_the_name_and_never_taken_twice(vocabulary, editor):
    for label in ("Étudiants étrangers", "Etudiants étrangers !"):
        editor.post(url("audience", "add"), {"label": label, "slug": ""})
    slugs = Audience.objects.filter(slug__startswith="etudiants-etrangers").values_list("slug", flat=True)
    assert sorted(slugs) == ["etudiants-etrangers", "etudiants-etrangers-2"]


def test_a_scheme_is_addressed_by_its_acronym(vocabulary, editor):
    editor.post(url("scheme", "add"), {"acronym": "PDALPD", "expansion": "Plan d’avant", "slug": ""})
    assert Scheme.objects.get(expansion="Plan d’avant").slug == "pdalpd"


def test_an_address_stays_when_the_name_changes_or_the_field_is_emptied(vocabulary, editor):
    axis = Axis.objects.get(slug="sante")
    editor.post(url("axis", "edit", axis.pk), {"label": "Santé et soins", "slug": ""})
    axis.refresh_from_db()
    assert (axis.label, axis.slug) == ("Santé et soins", "sante")


def test_a_name_without_a_letter_asks_for_an_address(vocabulary, editor):
    page = editor.post(url("axis", "add"), {"label": "???", "slug": ""}).content.decode()
    assert "Indiquez un identifiant" in page
    assert "???" in page


def test_a_third_level_of_publics_is_refused_with_the_reason(vocabulary, editor):
    student = Audience.objects.get(slug="etudiants")
    response = editor.post(url("audience", "add"), {"label": "Doctorants", "slug": "", "parent": student.pk})
    assert not Audience.objects.filter(label="Doctorants").exists()
    assert response.context["form"].errors["parent"]


def test_an_entry_in_use_cannot_be_deleted_and_the_page_says_where_it_is_used(sheet, moderator):
    audience = Audience.objects.get(slug="etudiants")
    sheet.audiences.add(audience)
    sheet.save()
    question = moderator.get(url("audience", "delete", audience.pk)).content.decode()
    assert "ne peut pas être supprimé" in question
    assert "Une plateforme" in question
    answer = moderator.post(url("audience", "delete", audience.pk), follow=True).content.decode()
    assert "Suppression refusée" in answer
    assert "« Étudiants » (1 utilisation)" in answer
    assert Audience.objects.filter(pk=audience.pk).exists()


def test_a_parent_and_a_used_kind_are_in_use_too(vocabulary, moderator):
    for model, entry in (
        ("audience", Audience.objects.get(slug="jeunes")),
        ("organisationkind", OrganisationKind.objects.get(slug="association")),
    ):
        moderator.post(url(model, "delete", entry.pk))
        assert type(entry).objects.filter(pk=entry.pk).exists()


def test_several_entries_are_not_deleted_together_when_one_is_in_use(sheet, moderator):
    used, free = Axis.objects.get(slug="sante"), Axis.objects.get(slug="numerique")
    sheet.axes.add(used)
    sheet.save()
    bulk = reverse("wagtail_bulk_action", args=["vocabulary", "axis", "delete"])
    answer = moderator.post(f"{bulk}?id={used.pk}&id={free.pk}", follow=True).content.decode()
    assert "« Santé » (1 utilisation)" in answer
    assert Axis.objects.filter(pk__in=[used.pk, free.pk]).count() == 2


def test_an_entry_nothing_uses_is_deleted(vocabulary, moderator):
    axis = Axis.objects.get(slug="numerique")
    assert "Aucun contenu ne l’utilise" in moderator.get(url("axis", "delete", axis.pk)).content.decode()
    moderator.post(url("axis", "delete", axis.pk))
    assert not Axis.objects.filter(pk=axis.pk).exists()


def test_editors_may_not_delete(vocabulary, editor):
    axis = Axis.objects.get(slug="numerique")
    editor.post(url("axis", "delete", axis.pk))
    assert Axis.objects.filter(pk=axis.pk).exists()


def test_a_second_government_without_an_end_is_refused_with_the_reason(vocabulary, editor):
    data = {"name": "Quelqu’un", "title": GovernmentTitle.PREMIERE_MINISTRE, "started_on": "2027-06-01"}
    page = editor.post(url("government", "add"), data).content.decode()
    assert "complétez-le d’abord" in page
    current = Government.objects.get(ended_on__isnull=True)
    Government.objects.filter(pk=current.pk).update(ended_on=date(2027, 6, 1))
    editor.post(url("government", "add"), data)
    assert Government.objects.get(ended_on__isnull=True).name == "Quelqu’un"
