"""Whoever publishes while the automatic save runs has published."""

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.models import Page
from wagtail.test.utils.form_data import inline_formset, nested_form_data, streamfield

from events.models import WorkshopIndexPage, WorkshopPage
from hub.accounts.models import User
from hub.territories.models import Territory
from tests.factories import WorkshopPageFactory, build_home
from tests.support.at_once import at_once, need_postgresql

AUTOMATIC = {"HTTP_ACCEPT": "application/json", "HTTP_X_REQUESTED_WITH": "XMLHttpRequest"}


@pytest.fixture
def draft(transactional_db):
    """A workshop that was never online."""
    need_postgresql()
    build_home()
    ain = Territory.objects.create(kind="departement", official_code="01", code="departement-01", name="Ain")
    workshop = WorkshopPageFactory(live=False, territories=[ain])
    workshop.save_revision()
    return WorkshopPage.objects.get(pk=workshop.pk)


@pytest.fixture
def editor(draft):
    """The browser of an editor."""
    client = Client()
    client.force_login(User.objects.create_superuser(username="claire", email="claire@example.org", password="x"))
    return client


def holding(workshop):
    return lambda: WorkshopPage.objects.select_for_update(of=("self", "page_ptr")).get(pk=workshop.pk)


def form(workshop, **changes):
    revision = workshop.latest_revision
    data = {
        "title": workshop.title, "slug": workshop.slug, "number": str(workshop.number), "format": "en-ligne",
        "subject": "L’accès au logement", "starts_on": "14/03/2023", "territories": "departement-01",
        "programme": streamfield([]), "body": streamfield([]),
        "sequences": inline_formset([]), "key_figures": inline_formset([]),
        "presentations": inline_formset([]), "replays": inline_formset([]), "documents": inline_formset([]), "tags": "",
        "loaded_revision_id": str(revision.pk), "loaded_revision_created_at": revision.created_at.isoformat(),
    }  # fmt: skip
    return nested_form_data({**data, **changes})


def saving(client, workshop, **changes):
    """The automatic save, as the editor's script sends it."""
    address = reverse("wagtailadmin_pages:edit", args=[workshop.pk])
    return lambda: client.post(address, form(workshop, **changes), **AUTOMATIC)


def publishing(client, workshop):
    address = reverse("wagtailadmin_pages:edit", args=[workshop.pk])
    return lambda: client.post(address, form(workshop, **{"action-publish": "1"}))


@pytest.mark.parametrize("save_first", [True, False])
def test_a_publication_holds_whatever_the_automatic_save_does_meanwhile(editor, draft, save_first):
    acts = [saving(editor, draft, subject="Le même, un mot plus tôt"), publishing(editor, draft)]
    done = at_once(*(acts if save_first else reversed(acts)), holding=holding(draft))
    saved, published = done if save_first else reversed(done)
    assert published.status_code == 302
    assert saved.status_code == (200 if save_first else 400), "a save that is out of date is refused, and says so"
    workshop = WorkshopPage.objects.get(pk=draft.pk)
    assert workshop.live
    assert workshop.subject == "L’accès au logement"
    assert not workshop.has_unpublished_changes


def test_a_move_holds_whatever_the_automatic_save_does_meanwhile(editor, draft):
    elsewhere = WorkshopIndexPage(title="Archives", slug="archives")
    draft.get_parent().get_parent().add_child(instance=elsewhere)
    address = reverse("wagtailadmin_pages:move_confirm", args=[draft.pk, elsewhere.pk])
    at_once(lambda: editor.post(address), saving(editor, draft), holding=holding(draft))
    assert WorkshopPage.objects.get(pk=draft.pk).get_parent().pk == elsewhere.pk
    assert Page.find_problems() == ([], [], [], [], [])
