"""A test never meets a database that another one emptied, in whatever order they run."""

import pytest
from wagtail.models import Collection, Locale, Page, Site

COMMITTING = pytest.mark.django_db(transaction=True)
ROLLED_BACK = pytest.mark.django_db


def assert_as_migrations_left_it():
    assert Page.objects.filter(depth=1).exists()
    assert Locale.objects.get().language_code == "fr"
    assert Collection.objects.filter(depth=1).exists()
    assert Site.objects.filter(is_default_site=True).exists()
    assert Page.objects.count() == 2


# The second turn meets what the first one committed, if anything of it is left.
@pytest.mark.parametrize("turn", [1, 2])
@COMMITTING
def test_a_test_that_commits_starts_from_what_migrations_wrote(turn):
    assert_as_migrations_left_it()
    Page.objects.get(depth=1).add_child(instance=Page(title=f"Page {turn}"))


@ROLLED_BACK
def test_a_test_that_is_rolled_back_starts_from_it_too():
    assert_as_migrations_left_it()
