"""What is published, changed or withdrawn reaches the search at once; drafts and private pages never do."""

import time
from functools import partial

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from taggit.models import Tag
from wagtail.models import PageViewRestriction, Site

from hub.pages.models import HomePage, StandardPage
from hub.vocabulary.models import Audience
from initiatives.models import InitiativeIndexPage, InitiativePage, Partnership
from search import service
from search.delivery import deliver
from search.models import OutboxEntry
from search.query import SearchQuery
from search.rebuild import rebuild
from search.service import search
from tests.bench.corpus import Corpus
from tests.bench.population import populate
from tests.factories import (
    AudienceFactory,
    AxisFactory,
    InitiativePageFactory,
    OrganisationFactory,
    OrganisationKindFactory,
    SchemeFactory,
    StandardPageFactory,
    WorkshopPageFactory,
)
from tests.search.conftest import titles
from tests.support.engines import search_engine

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def only_deliveries_of_the_commit(monkeypatch, site):
    """Nothing here may be owed to the searches' own healing."""
    monkeypatch.setattr(service, "_heal", lambda _engine: None)


def card(title):
    (hit,) = search(query=SearchQuery(text=f'"{title}"')).results.hits
    return hit.card


def test_a_published_page_is_found(committed):
    with committed():
        InitiativePageFactory(title="Bail glissant")
        WorkshopPageFactory(title="86e atelier", number=86)
    assert titles() == {"Bail glissant", "86e atelier"}


def test_a_draft_is_not_found_until_it_is_published(committed):
    with committed():
        page = InitiativePageFactory(title="Bail glissant", live=False)
    assert titles() == set()
    with committed():
        page.save_revision().publish()
    assert titles() == {"Bail glissant"}


def test_the_draft_of_a_published_page_is_not_found(committed):
    with committed():
        page = InitiativePageFactory(title="Bail glissant")
    with committed():
        page.title = "Brouillon secret"
        page.save_revision()
    assert titles("brouillon") == set()
    with committed():
        page.get_latest_revision().publish()
    assert titles("brouillon") == {"Brouillon secret"}
    assert titles("glissant") == set()


def test_an_unpublished_page_is_gone(committed):
    with committed():
        page = InitiativePageFactory(title="Bail glissant")
    with committed():
        page.unpublish()
    assert titles() == set()


def test_a_page_saved_by_a_program_is_found(committed):
    parent = InitiativeIndexPage.objects.get()
    with committed():
        parent.add_child(instance=InitiativePage(title="Ajoutée en une fois", live=True))
    assert titles() == {"Ajoutée en une fois"}


@pytest.mark.parametrize("through", ["itself", "its list", "a queryset", "the home page"])
def test_a_deleted_page_is_gone(committed, through):
    with committed():
        page = InitiativePageFactory(title="Bail glissant")
    with committed():
        match through:
            case "itself":
                page.delete()
            case "its list":
                InitiativeIndexPage.objects.get().delete()
            case "a queryset":
                InitiativePage.objects.filter(pk=page.pk).delete()
            case "the home page":
                HomePage.objects.get().delete()
    assert search_engine().document_count() == 0


@pytest.mark.parametrize("through", ["itself", "its list"])
def test_a_page_made_private_is_gone_and_comes_back(committed, through):
    with committed():
        page = InitiativePageFactory(title="Bail glissant")
    private = page if through == "itself" else page.get_parent()
    with committed():
        restriction = PageViewRestriction.objects.create(page=private, restriction_type=PageViewRestriction.LOGIN)
    assert titles() == set()
    with committed():
        restriction.delete()
    assert titles() == {"Bail glissant"}


def test_a_moved_page_has_its_new_address(committed):
    with committed():
        page = InitiativePageFactory(title="Bail glissant", slug="bail")
        other = InitiativeIndexPage(title="Autre liste", slug="autre-liste", live=True)
        HomePage.objects.get().add_child(instance=other)
    assert card("Bail glissant").url == "/initiatives/bail/"
    with committed():
        page.move(other, pos="last-child")
    assert card("Bail glissant").url == "/autre-liste/bail/"


def test_a_page_moved_under_a_private_one_is_gone(committed):
    with committed():
        page = InitiativePageFactory(title="Bail glissant", slug="bail")
        other = InitiativeIndexPage(title="Autre liste", slug="autre-liste", live=True)
        HomePage.objects.get().add_child(instance=other)
        PageViewRestriction.objects.create(page=other, restriction_type=PageViewRestriction.LOGIN)
    with committed():
        page.move(other, pos="last-child")
    assert titles() == set()


def test_a_renamed_list_changes_the_addresses_below(committed):
    with committed():
        InitiativePageFactory(title="Bail glissant", slug="bail")
    with committed():
        parent = InitiativeIndexPage.objects.get()
        parent.slug = "fiches"
        parent.save()
    assert card("Bail glissant").url == "/fiches/bail/"


def test_a_page_that_is_no_entry_changes_nothing(committed):
    with CaptureQueriesContext(connection) as queries, committed():
        StandardPageFactory(title="Mentions légales")
        StandardPage.objects.get().save()
    assert not [query for query in queries if "search_outboxentry" in query["sql"]]


@pytest.mark.parametrize(
    ("factory", "label", "relation", "facet"),
    [
        (AudienceFactory, "label", "audiences", "audiences"),
        (AxisFactory, "label", "axes", "axes"),
        (partial(SchemeFactory, acronym=""), "expansion", "schemes", "schemes"),
        (OrganisationFactory, "name", "partners", "organisations"),
    ],
)
def test_a_renamed_word_of_a_vocabulary_is_found_by_its_new_name(committed, factory, label, relation, facet):
    with committed():
        word = factory(**{label: "Ancienne appellation"})
        InitiativePageFactory(title="Bail glissant", **{relation: [word]})
    with committed():
        setattr(word, label, "Nouvelle dénomination")
        word.slug = "nouvelle-denomination"
        word.save()
    answer = search(query=SearchQuery())
    (count,) = answer.results.facets[facet]
    assert (count.value, answer.labels[facet][count.value]) == ("nouvelle-denomination", "Nouvelle dénomination")
    if facet in {"audiences", "schemes"}:
        assert titles("dénomination") == {"Bail glissant"}


def test_renaming_a_larger_public_reaches_the_entries_of_its_finer_ones(committed):
    with committed():
        young = AudienceFactory(label="Jeunes")
        leaving_care = AudienceFactory(label="Sortant de l’ASE", parent=young)
        InitiativePageFactory(title="Bail glissant", audiences=[leaving_care])
    with committed():
        young.label, young.slug = "Jeunesse", "jeunesse"
        young.save()
    assert titles("jeunesse") == {"Bail glissant"}
    assert titles(audiences=("jeunesse",)) == {"Bail glissant"}


def test_a_renamed_kind_of_structure_is_found_in_the_workshops_it_attended(committed):
    with committed():
        kind = OrganisationKindFactory(label="Ancienne appellation")
        WorkshopPageFactory(title="86e atelier", structure_kinds=[kind])
    with committed():
        kind.label = "Nouvelle dénomination"
        kind.save()
    assert titles("dénomination") == {"86e atelier"}


def test_a_deleted_word_is_forgotten(committed):
    with committed():
        axis, tag_page = AxisFactory(label="Santé"), InitiativePageFactory(title="Avec mot", tags=["Bail mobilité"])
        InitiativePageFactory(title="Bail glissant", axes=[axis])
    with committed():
        axis.delete()
        Tag.objects.get(name="Bail mobilité").delete()
    results = search(query=SearchQuery()).results
    assert results.facets["axes"] == ()
    assert results.facets["tags"] == ()
    assert tag_page.title in titles()


def test_a_renamed_keyword_is_found(committed):
    with committed():
        InitiativePageFactory(title="Bail glissant", tags=["Intermédiation"])
    with committed():
        tag = Tag.objects.get()
        tag.name = "Sous-location"
        tag.save()
    assert titles("sous-location") == {"Bail glissant"}


def test_links_and_parts_written_without_saving_the_page(committed):
    with committed():
        page = InitiativePageFactory(title="Bail glissant")
        adil = OrganisationFactory(name="ADIL de l’Ain")
        axis = AxisFactory(label="Santé")
    with committed():
        Partnership.objects.create(page=page, organisation=adil, role="partenaire", sort_order=0)
    assert titles(organisations=(adil.slug,)) == {"Bail glissant"}
    with committed():
        fresh = InitiativePage.objects.get(pk=page.pk)
        fresh.axes.add(axis)
        fresh.save()
    assert titles(axes=(axis.slug,)) == {"Bail glissant"}
    with committed():
        Partnership.objects.get().delete()
    assert search(query=SearchQuery()).results.facets["organisations"] == ()


def test_changing_the_sites_address_changes_the_entries(committed):
    with committed():
        InitiativePageFactory(title="Bail glissant", slug="bail")
    with committed():
        Site.objects.create(hostname="autre.example.org", root_page=InitiativeIndexPage.objects.get())
    assert card("Bail glissant").url != "/initiatives/bail/"


def test_a_transaction_that_fails_changes_nothing(committed):
    with committed():
        page = InitiativePageFactory(title="Bail glissant")
    versions = dict(OutboxEntry.objects.values_list("page_id", "version"))
    with committed(), transaction.atomic():
        page.title = "Jamais publié"
        page.save()
        transaction.set_rollback(True)
    assert titles() == {"Bail glissant"}
    assert dict(OutboxEntry.objects.values_list("page_id", "version")) == versions


@pytest.mark.once
def test_renaming_a_public_of_a_thousand_entries_is_a_few_statements_and_about_a_second(committed):
    corpus = Corpus(vocabulary_size=2_000)
    populate(records=corpus.records(1_000), parent=InitiativeIndexPage.objects.get(), progress=lambda _count: None)
    rebuild(engine=search_engine())
    audience = Audience.objects.get(slug="jeunes")
    used = InitiativePage.objects.filter(audiences=audience).count()
    assert used > 100
    started = time.process_time()
    with committed():
        audience.label = "Jeunesse renommée"
        with CaptureQueriesContext(connection) as queries:
            audience.save()
    elapsed = time.process_time() - started
    assert len([query for query in queries if "outbox" in query["sql"] or "indexconsumer" in query["sql"]]) <= 10
    # Delivered within the request up to its time limit, then by the next searches.
    while OutboxEntry.objects.pending().exists():
        deliver(engine=search_engine())
        elapsed = time.process_time() - started
    assert titles("renommée", page=1)
    assert search(query=SearchQuery(text="jeunesse renommée")).results.total == used
    assert elapsed < 5
