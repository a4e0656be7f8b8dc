"""A new database becomes a site in one command, and the command never undoes what people did since."""

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from wagtail.models import Locale, Page, Site

from hub.pages.models import CatalogueIndexPage, HomePage, SiteMapPage, StandardPage
from hub.pages.starter import prepare_site

pytestmark = pytest.mark.django_db

LEGAL_SLUGS = ["accessibilite", "cookies", "donnees-personnelles", "mentions-legales"]


def test_a_new_database_gets_a_published_home_lists_and_legal_pages():
    prepare_site()
    home = Site.objects.get(is_default_site=True).root_page.specific
    assert isinstance(home, HomePage)
    assert home.live
    assert home.introduction
    assert not Page.objects.filter(slug="home").exists()
    children = [page.specific for page in home.get_children().live()]
    assert {page.slug for page in children} == {"ateliers", "initiatives", "plan-du-site", *LEGAL_SLUGS}
    assert all(page.introduction for page in children if isinstance(page, CatalogueIndexPage | StandardPage))
    assert all(page.first_published_at and page.latest_revision_id for page in children)
    assert SiteMapPage.objects.count() == 1


def test_the_site_answers_at_the_address_of_the_settings(settings):
    settings.WAGTAILADMIN_BASE_URL = "https://hub.example.org"
    prepare_site()
    site = Site.objects.get()
    assert (site.hostname, site.port, site.site_name) == ("hub.example.org", 443, settings.WAGTAIL_SITE_NAME)


def test_moving_the_site_follows_the_settings_and_keeps_the_name_editors_gave(settings):
    prepare_site()
    Site.objects.update(site_name="Notre hub")
    settings.WAGTAILADMIN_BASE_URL = "http://hub.example.org:8080"
    prepare_site()
    site = Site.objects.get()
    assert (site.hostname, site.port, site.site_name) == ("hub.example.org", 8080, "Notre hub")


def test_running_again_creates_and_changes_nothing():
    prepare_site()
    before = list(Page.objects.order_by("pk").values())
    report = prepare_site()
    assert (report.created, report.problems) == ([], [])
    assert list(Page.objects.order_by("pk").values()) == before


def test_what_editors_wrote_is_kept():
    prepare_site()
    page = StandardPage.objects.get(slug="mentions-legales")
    page.title = "Mentions légales du ministère"
    page.save_revision().publish()
    lists = HomePage.objects.get().get_children().get(slug="initiatives").specific
    lists.slug = "fiches"
    lists.save()
    prepare_site()
    assert StandardPage.objects.get(slug="mentions-legales").title == "Mentions légales du ministère"
    assert not Page.objects.filter(slug="initiatives").exists()


def test_an_address_taken_by_another_kind_of_page_is_reported_and_left_alone():
    prepare_site()
    home = HomePage.objects.get()
    home.get_children().get(slug="plan-du-site").delete()
    home.refresh_from_db()
    home.add_child(instance=StandardPage(title="Mon plan", slug="plan-du-site"))
    report = prepare_site()
    assert report.problems == ["plan du site : /plan-du-site/ : l’adresse est prise par « Mon plan »."]
    assert Page.objects.get(slug="plan-du-site").title == "Mon plan"


def test_a_welcome_page_somebody_filled_is_not_deleted():
    welcome = Page.objects.get(slug="home")
    welcome.add_child(instance=Page(title="Ancienne page", slug="ancienne"))
    prepare_site()
    assert Page.objects.filter(slug__in=["home", "ancienne"]).count() == 2
    assert isinstance(Site.objects.get().root_page.specific, HomePage)


def test_the_content_is_in_french_even_if_the_database_began_in_english():
    Locale.objects.update(language_code="en")
    prepare_site()
    assert Locale.get_default().language_code == "fr"
    assert HomePage.objects.get().locale.language_code == "fr"


def test_the_legal_pages_promise_nothing_that_is_not_true():
    prepare_site()
    texts = {page.slug: f"{page.introduction} {list(page.body.raw_data)}" for page in StandardPage.objects.all()}
    assert "non conforme" in texts["accessibilite"]
    assert "À compléter" in texts["mentions-legales"]
    assert "À compléter" in texts["donnees-personnelles"]
    assert "aucun cookie" in texts["cookies"].lower()


def test_editors_may_change_the_vocabularies_and_only_moderators_delete():
    prepare_site()
    allowed = {
        group.name: set(
            group.permissions.filter(content_type__app_label="vocabulary").values_list("codename", flat=True)
        )
        for group in Group.objects.all()
    }
    assert {"add_audience", "change_scheme", "view_government"} <= allowed["Editors"]
    assert "delete_scheme" not in allowed["Editors"]
    assert "delete_scheme" in allowed["Moderators"]


def test_the_command_says_what_it_did(capsys):
    call_command("prepare_site")
    call_command("prepare_site")
    output = capsys.readouterr().out
    assert "+ page simple : /accessibilite/" in output
    assert "0 élément(s) créé(s), 12 déjà là" in output
