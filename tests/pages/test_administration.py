"""The administration speaks French, says what is what, and leads to our guide."""

from importlib import import_module

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse
from wagtail.models import Task, Workflow

from hub.accounts.models import User
from tests.factories import UserFactory
from tests.support.html import read_html, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(client: Client, home) -> Client:
    client.force_login(User.objects.create_superuser(username="claire", email="claire@example.org", password="x"))
    return client


def test_the_dashboard_leads_to_our_guide_and_not_to_wagtail_s(editor: Client):
    page = editor.get("/gestion/").content.decode()
    assert page.count(f'href="{reverse("editor-guide")}"') == 1
    assert reverse("editor-guide") in page.replace("\\u002D", "-").replace(f'href="{reverse("editor-guide")}"', "")
    assert "guide.wagtail.org" not in page


def test_the_guide_is_read_in_the_administration(editor: Client):
    main = read_html(editor.get(reverse("editor-guide"))).find(class_="hub-guide")
    assert "Publier un compte rendu existant" in words(main)
    assert main.find("h2")
    assert "**" not in words(main)


def test_the_guide_is_not_for_strangers(client: Client, home):
    assert client.get(reverse("editor-guide")).status_code == 302
    client.force_login(UserFactory())
    assert client.get(reverse("editor-guide")).status_code in {302, 403}


@pytest.mark.parametrize(
    ("address", "field", "label"),
    [
        ("wagtailsnippets_vocabulary_audience:add", "label", "Intitulé"),
        ("wagtailsnippets_vocabulary_scheme:add", "acronym", "Sigle"),
    ],
)
def test_the_name_of_a_new_entry_has_its_label_and_its_border(editor: Client, address, field, label):
    page = read_html(editor.get(reverse(address)))
    section = page.find(attrs={"name": field}).find_parent("section")
    # Wagtail hides the heading of a panel of this class, and the border of its field.
    assert "title" not in section["class"]
    assert label.lower() in words(section).lower()


def test_the_workflow_that_comes_with_wagtail_is_named_in_french(home):
    assert not Workflow.objects.filter(name="Moderators approval").exists()
    assert not Task.objects.filter(name="Moderators approval").exists()
    assert Workflow.objects.filter(name="Relecture avant publication").exists()


def test_a_workflow_somebody_named_keeps_its_name_and_the_name_can_go_back(home):
    migration = import_module("hub.pages.migrations.0002_workflow_in_french")
    named = Workflow.objects.create(name="Ma relecture")
    migration.name_in_english(apps, None)
    assert Workflow.objects.filter(name="Moderators approval").exists()
    migration.name_in_french(apps, None)
    named.refresh_from_db()
    assert named.name == "Ma relecture"
    assert not Workflow.objects.filter(name="Moderators approval").exists()
