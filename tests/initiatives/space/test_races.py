"""Two colleagues who save one step at the very same moment."""

import pytest

from hub.vocabulary.models import Organisation
from initiatives.models import InitiativePage
from tests.factories import MembershipFactory, OrganisationFactory, UserFactory, build_home
from tests.initiatives.space.step_pages import Writer, conflict, typed
from tests.support.at_once import at_once, need_postgresql

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def adil(transactional_db) -> Organisation:
    need_postgresql()
    build_home()
    return OrganisationFactory(name="ADIL de l’Ain")


@pytest.fixture
def boris(writer, adil, client_of) -> Writer:
    user = MembershipFactory(user=UserFactory(email="boris@adil.example", first_name="Boris"), organisation=adil).user
    return Writer(client=client_of(user), user=user, sheet=writer.sheet)


def holding(writer):
    return lambda: InitiativePage.objects.select_for_update(of=("self",)).get(pk=writer.sheet.pk)


def test_the_second_to_be_served_overwrites_nothing_and_is_shown_both_texts(writer, boris):
    # Boris first: his is a new version, which Awa's request must look for again once it is let in.
    forms = [typed(one.open("essentiel"), summary=words) for one, words in ((boris, "Le sien."), (writer, "Le mien."))]
    first, second = at_once(
        lambda: boris.send("essentiel", forms[0]),
        lambda: writer.send("essentiel", forms[1]),
        holding=holding(writer),
    )
    assert (first.status_code, second.status_code) == (302, 409)
    assert "Boris a enregistré un autre texte" in conflict(second)
    assert writer.text().summary == "Le sien."


def test_two_steps_saved_at_once_are_both_kept(writer, boris):
    forms = [typed(writer.open("essentiel"), summary="Le mien."), typed(boris.open("recit"), context="Le sien.")]
    answers = at_once(
        lambda: boris.send("recit", forms[1]),
        lambda: writer.send("essentiel", forms[0]),
        holding=holding(writer),
    )
    assert [answer.status_code for answer in answers] == [302, 302]
    assert (writer.text().summary, writer.text().context) == ("Le mien.", "<p>Le sien.</p>")
