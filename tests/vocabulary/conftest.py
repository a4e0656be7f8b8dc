import pytest
from django.contrib.auth.models import Group
from django.db import transaction

from hub.accounts.models import User
from hub.pages.starter import grant_vocabulary_permissions, prepare_site
from hub.vocabulary.loading import VOCABULARIES, load_vocabulary
from initiatives.models import InitiativeIndexPage, InitiativePage


@pytest.fixture(scope="session")
def vocabulary_rows(django_db_setup, django_db_blocker):
    """The starter vocabulary, loaded once: each test that asks for it gets a copy."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_vocabulary()
        rows = [list(vocabulary.model.objects.all()) for vocabulary in VOCABULARIES]
        transaction.set_rollback(True)
    return rows


@pytest.fixture
def vocabulary(db, vocabulary_rows):
    for rows in vocabulary_rows:
        type(rows[0]).objects.bulk_create(rows)


@pytest.fixture
def site():
    prepare_site()


@pytest.fixture
def editor(client, db):
    grant_vocabulary_permissions()
    user = User.objects.create_user("editor", password="a")
    user.groups.add(Group.objects.get(name="Editors"))
    client.force_login(user)
    return client


@pytest.fixture
def moderator(client, db):
    grant_vocabulary_permissions()
    user = User.objects.create_user("moderator", password="a")
    user.groups.add(Group.objects.get(name="Moderators"))
    client.force_login(user)
    return client


@pytest.fixture
def sheet(site, vocabulary):
    """A sheet in the tree, to be described by the test."""
    page = InitiativePage(title="Une plateforme", slug="une-plateforme", summary="Un résumé.", live=False)
    InitiativeIndexPage.objects.get().add_child(instance=page)
    return page
