"""A query written once is answered with the values of each time, and the rows of now."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hub.statements import Statement, fill, place, places
from hub.vocabulary.models import Audience
from tests.factories import AudienceFactory

pytestmark = pytest.mark.django_db


def test_the_values_of_each_call_take_their_places():
    AudienceFactory(label="Jeunes", slug="jeunes")
    AudienceFactory(label="Familles", slug="familles")
    label = place("wanted")
    named = Statement(lambda: Audience.objects.order_by().filter(label=label).values_list("slug"))
    assert named.rows({"wanted": "Jeunes"}) == [("jeunes",)]
    assert named.rows({"wanted": "Familles"}) == [("familles",)]
    assert named.rows({"wanted": "Jeunes' OR '1'='1"}) == []


def test_a_list_may_be_shorter_than_its_places():
    for slug in ("jeunes", "familles", "seniors"):
        AudienceFactory(label=slug, slug=slug)
    among = Statement(
        lambda: Audience.objects.filter(slug__in=places("slug", count=3)).order_by("slug").values_list("slug")
    )
    assert among.rows(fill("slug", ["seniors", "jeunes"], count=3)) == [("jeunes",), ("seniors",)]
    assert among.rows(fill("slug", [], count=3)) == []


def test_it_is_written_once_and_read_anew():
    written = []

    def write():
        written.append(1)
        return Audience.objects.order_by("slug").values_list("slug", "label")

    statement = Statement(write)
    with CaptureQueriesContext(connection) as queries:
        assert statement.rows() == []
        public = AudienceFactory(label="Jeunes", slug="jeunes")
        public.label = "Jeunes adultes"
        public.save()
        assert statement.rows() == [("jeunes", "Jeunes adultes")]
    assert len(written) == 1
    assert len([query for query in queries if query["sql"].startswith("SELECT")]) >= 2
