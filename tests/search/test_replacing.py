"""An index that several hosts write to is replaced, or put back, while they write: nothing is lost or stale."""

import socket
import subprocess
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from initiatives.models import InitiativePage
from search.delivery import deliver, has_due_changes
from search.engines.base import EngineBusyError, EngineError, EngineState, Refusal
from search.marking import lease
from search.models import IndexConsumer, Lease, OutboxEntry
from search.outbox import record_changes, retry_set_aside
from search.rebuild import rebuild, roll_back
from search.status import needs_rebuild, rebuild_is_due, rebuilds_by_itself
from search.worker import one_pass
from tests.factories import InitiativePageFactory
from tests.search.memory_engine import MemoryEngine

pytestmark = pytest.mark.django_db


@pytest.fixture
def server(home) -> MemoryEngine:
    engine = MemoryEngine()
    InitiativePageFactory(title="Gardée")
    rebuild(engine=engine)
    return engine


def rename(page: InitiativePage, title: str) -> None:
    """Publish a page under another title, as an editor would."""
    fresh = InitiativePage.objects.get(pk=page.pk)
    fresh.title = title
    fresh.save_revision().publish()


def deliver_all(engine: MemoryEngine) -> None:
    """Deliver what is due, as several passes of a worker would."""
    for _ in range(3):
        deliver(engine=engine)
    assert not OutboxEntry.objects.of(consumer=engine.name).owed().exists()


def consumer() -> IndexConsumer:
    return IndexConsumer.objects.get(name="server")


def ignore(_text: str) -> None:
    """What a worker says is not looked at."""


def test_a_change_delivered_to_the_former_index_after_the_catching_up_is_delivered_again(server):
    page = InitiativePageFactory(title="Avant")
    deliver_all(server)

    def change_and_deliver():
        rename(page, "Après")
        assert deliver(engine=server).delivered == 1  # to the former index, and noted as known

    server.at["publish"] = change_and_deliver
    rebuild(engine=server)
    assert server.titles == {"Gardée", "Avant"}
    assert has_due_changes(consumer="server")
    deliver_all(server)
    assert server.titles == {"Gardée", "Après"}


def test_a_change_delivered_between_the_switch_and_its_note_is_delivered_again(server):
    page = InitiativePageFactory(title="Avant")
    deliver_all(server)

    def change_and_deliver():
        rename(page, "Après")
        report = deliver(engine=server)
        assert (report.delivered, bool(report.stopped_by)) == (0, True)  # the database does not know that index yet

    server.at["published"] = change_and_deliver
    rebuild(engine=server)
    deliver_all(server)
    assert server.titles == {"Gardée", "Après"}


def test_a_delivery_begun_before_the_switch_and_ended_after_its_note_is_done_again(server):
    page = InitiativePageFactory(title="Avant")
    deliver_all(server)
    rename(page, "Après")
    versions_before_the_change = OutboxEntry.objects.of(consumer="server").get(page_id=page.pk).delivered_version
    server.at["apply"] = lambda: rebuild(engine=server)  # the writer holds the former index
    report = deliver(engine=server)
    assert (report.delivered, bool(report.stopped_by)) == (0, True)
    assert OutboxEntry.objects.of(consumer="server").get(page_id=page.pk).delivered_version > versions_before_the_change
    deliver_all(server)
    assert server.titles == {"Gardée", "Après"}


def test_a_process_killed_between_the_switch_and_its_note_has_the_index_made_again(server):
    InitiativePageFactory(title="Arrivée")

    class Killed(BaseException):
        """What no handler takes for an error."""

    def die():
        raise Killed

    server.at["published"] = die
    with pytest.raises(Killed):
        rebuild(engine=server)
    assert needs_rebuild(engine=server)
    assert rebuilds_by_itself(engine=server)
    assert deliver(engine=server).delivered == 0
    assert one_pass(engine=server, say=ignore, complain=ignore)
    assert (server.current, server.titles) == (consumer().generation, {"Gardée", "Arrivée"})


def test_a_page_withdrawn_during_the_rebuild_stays_withdrawn(server):
    page = InitiativePageFactory(title="Retirée")
    deliver_all(server)
    server.at["publish"] = lambda: InitiativePage.objects.get(pk=page.pk).unpublish()
    rebuild(engine=server)
    deliver_all(server)
    assert server.titles == {"Gardée"}


def test_a_second_rebuild_of_the_same_server_is_told_to_wait(server):
    def begin_another():
        with pytest.raises(EngineBusyError):
            rebuild(engine=server)

    server.at["settle"] = begin_another
    rebuild(engine=server)
    assert server.current == consumer().generation


def test_a_rebuild_frozen_for_too_long_never_replaces_the_one_that_took_over(server):
    newer = []

    def freeze():
        Lease.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        newer.append(rebuild(engine=server).generation)

    server.at["settle"] = freeze
    with pytest.raises(EngineError, match="un autre processus a repris ce travail"):
        rebuild(engine=server)
    assert [server.current] == [consumer().generation] == newer


def test_an_index_that_lost_documents_is_not_put_in_use(server):
    before = server.current
    server.at["settle"] = lambda: next(pages for name, pages in server.indexes.items() if name != before).clear()
    with pytest.raises(EngineError, match="0 documents au lieu de 1"):
        rebuild(engine=server)
    assert server.current == before


def test_an_index_that_lacks_a_published_page_is_not_put_in_use(server):
    before = server.current
    page = InitiativePageFactory(title="Brouillon", live=False)
    # As a script of an operator would: nothing tells the search.
    server.at["settle"] = lambda: InitiativePage.objects.filter(pk=page.pk).update(live=True)
    with pytest.raises(EngineError, match=f"dont la page {page.pk}"):
        rebuild(engine=server)
    assert server.current == before
    rebuild(engine=server)
    assert server.titles == {"Gardée", "Brouillon"}


def test_a_page_the_new_index_refuses_for_good_is_set_aside_and_the_others_are_there(server):
    page = InitiativePageFactory(title="Refusée")
    server.refusals[page.pk] = Refusal("champ inconnu", is_final=True)
    report = rebuild(engine=server)
    assert report.left_out == {page.pk: "champ inconnu"}
    assert [row.page_id for row in OutboxEntry.objects.set_aside()] == [page.pk]
    assert not has_due_changes(consumer="server")
    server.refusals.clear()
    assert retry_set_aside() == 1
    deliver_all(server)
    assert server.titles == {"Gardée", "Refusée"}


def test_a_page_that_was_there_before_the_outbox_and_is_refused_is_owed(home):
    page = InitiativePageFactory(title="Ancienne")  # nothing is owed: no engine is known yet
    server = MemoryEngine()
    server.refusals[page.pk] = Refusal("surcharge")
    rebuild(engine=server)
    server.refusals.clear()
    OutboxEntry.objects.update(next_attempt_at=timezone.now())
    deliver_all(server)
    assert server.titles == {"Ancienne"}


# --- going back -------------------------------------------------------------------------------------------------------


def test_the_index_before_comes_back_with_all_that_it_missed(server):
    changed, withdrawn = InitiativePageFactory(title="Avant"), InitiativePageFactory(title="Retirée")
    deliver_all(server)
    first = server.current
    late = InitiativePageFactory(title="Jamais livrée à l’ancien index")
    rebuild(engine=server)
    rename(changed, "Après")
    InitiativePage.objects.get(pk=withdrawn.pk).unpublish()
    InitiativePageFactory(title="Arrivée")
    deliver_all(server)
    assert roll_back(engine=server) == 4
    assert server.current == first == consumer().generation
    assert not needs_rebuild(engine=server)
    deliver_all(server)
    assert server.titles == {"Gardée", "Après", "Arrivée", late.title}
    roll_back(engine=server)  # and forth
    deliver_all(server)
    assert server.titles == {"Gardée", "Après", "Arrivée", late.title}


def test_going_back_when_nobody_noted_what_the_index_before_knows_owes_it_everything(server):
    page = InitiativePageFactory(title="Fiche")
    deliver_all(server)
    rebuild(engine=server)
    rename(page, "Nouvelle fiche")
    deliver_all(server)
    IndexConsumer.objects.update(previous_generation="")
    roll_back(engine=server)
    deliver_all(server)
    assert server.titles == {"Gardée", "Nouvelle fiche"}


def test_the_command_says_in_one_sentence_that_there_is_no_index_to_go_back_to(home):
    call_command("rebuild_search", yes=True, verbosity=0)
    with pytest.raises(CommandError, match="n’a pas eu lieu"):
        call_command("rebuild_search", yes=True, rollback=True)


# --- who makes it anew ------------------------------------------------------------------------------------------------


def test_a_worker_leaves_a_shared_index_of_another_version_to_the_release(server):
    server.version = "v2"
    assert server.state() is EngineState.OUTDATED
    assert rebuild_is_due(engine=server)
    assert not rebuilds_by_itself(engine=server)
    before = server.current
    one_pass(engine=server, say=ignore, complain=ignore)
    assert server.current == before
    IndexConsumer.objects.update(generation="v2-being-published")  # the other version is publishing at this moment
    assert not rebuilds_by_itself(engine=server)


def test_a_worker_makes_a_missing_shared_index(server):
    server.current = ""
    assert one_pass(engine=server, say=ignore, complain=ignore)
    assert server.titles == {"Gardée"}


def test_a_server_that_does_not_answer_is_not_said_to_need_a_rebuild(server):
    server.is_away = True
    assert not rebuild_is_due(engine=server)
    said = []
    assert not one_pass(engine=server, say=ignore, complain=said.append)
    assert said == ["server : le serveur ne répond pas"]
    assert consumer().last_error == "le serveur ne répond pas"


def test_a_rebuild_somebody_asked_for_is_done_once(server):
    before = server.current
    IndexConsumer.objects.update(rebuild_requested_at=timezone.now())
    assert one_pass(engine=server, say=ignore, complain=ignore)
    after = server.current
    assert after != before
    assert consumer().rebuild_requested_at is None
    one_pass(engine=server, say=ignore, complain=ignore)
    assert server.current == after


def test_a_rebuild_somebody_asked_for_and_that_fails_is_told_and_not_repeated_for_ever(server):
    IndexConsumer.objects.update(rebuild_requested_at=timezone.now())
    server.at["settle"] = lambda: setattr(server, "is_away", True)
    assert not one_pass(engine=server, say=ignore, complain=ignore)
    assert "la reconstruction a échoué" in consumer().last_error
    assert consumer().rebuild_requested_at is None


# --- working alone ----------------------------------------------------------------------------------------------------


def test_a_piece_of_work_has_one_holder_until_it_ends_or_expires(db):
    with lease(name="essai", seconds=60) as first:
        with pytest.raises(EngineBusyError), lease(name="essai"):
            pass
        with lease(name="autre travail"):
            first.renew()
        Lease.objects.filter(name="essai").update(expires_at=timezone.now() - timedelta(seconds=1))
        first.renew()  # late, but nobody took it
        Lease.objects.filter(name="essai").update(expires_at=timezone.now() - timedelta(seconds=1))
        with lease(name="essai", seconds=60):
            with pytest.raises(EngineError):
                first.renew()
            with pytest.raises(EngineError), first.certain():
                pass
            first.release()  # the other one's is left alone
            with pytest.raises(EngineBusyError), lease(name="essai"):
                pass
    with lease(name="essai"):
        pass


def test_a_piece_of_work_is_taken_up_at_once_from_a_process_of_this_host_that_was_killed(db):
    killed = subprocess.Popen(["sleep", "60"])
    Lease.objects.create(
        name="essai", holder=f"{socket.gethostname()}:{killed.pid}:x", expires_at=timezone.now() + timedelta(seconds=60)
    )
    with pytest.raises(EngineBusyError), lease(name="essai"):
        pass
    killed.kill()
    killed.wait()
    with lease(name="essai"):
        pass
    Lease.objects.update(holder="another-host:1:x", expires_at=timezone.now() + timedelta(seconds=60))
    with pytest.raises(EngineBusyError), lease(name="essai"):
        pass


def test_rows_taken_by_a_worker_that_died_are_due_after_the_lease(server):
    server.lease_seconds = 0.3
    page = InitiativePageFactory(title="Fiche")

    class Killed(BaseException):
        """What no handler takes for an error."""

    def die():
        raise Killed

    server.at["apply"] = die
    with pytest.raises(Killed):
        deliver(engine=server)
    assert not has_due_changes(consumer="server")  # taken
    record_changes(page_ids=[page.pk])
    assert has_due_changes(consumer="server")  # a page that changes again is due at once
    server.at["apply"] = die
    with pytest.raises(Killed):
        deliver(engine=server)
    OutboxEntry.objects.update(next_attempt_at=timezone.now())
    deliver_all(server)
    assert server.titles == {"Gardée", "Fiche"}


def test_a_worker_frozen_beyond_its_lease_writes_nothing(server, monkeypatch):
    page = InitiativePageFactory(title="Fiche")
    server.lease_seconds = 1e-9  # over before the page is read
    report = deliver(engine=server)
    assert (server.writes[page.pk], report.delivered, bool(report.stopped_by)) == (0, 0, True)
    server.lease_seconds = 30.0
    deliver_all(server)
    assert server.titles == {"Gardée", "Fiche"}


def test_rows_are_given_back_at_once_when_the_server_does_not_answer(server):
    InitiativePageFactory(title="Fiche")
    server.at["apply"] = lambda: server.__setattr__("is_away", True)
    assert deliver(engine=server).stopped_by == "le serveur ne répond pas"
    server.is_away = False
    IndexConsumer.objects.update(retry_at=timezone.now())
    deliver_all(server)
    assert server.titles == {"Gardée", "Fiche"}
