"""A rebuild beside the index in use, and what changes meanwhile."""

import io

import pytest
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.utils import timezone

from initiatives.models import InitiativePage
from search import rebuild as rebuild_module
from search.delivery import deliver
from search.engines.base import EngineState
from search.engines.embedded import documents
from search.models import IndexConsumer, OutboxEntry
from search.rebuild import rebuild
from search.status import needs_rebuild
from tests.factories import InitiativePageFactory, WorkshopPageFactory, build_home
from tests.search.conftest import titles
from tests.support.engines import search_engine

pytestmark = pytest.mark.django_db


def run(command: str, **options: object) -> str:
    output = io.StringIO()
    call_command(command, stdout=output, stderr=output, **options)
    return output.getvalue()


def test_what_is_published_is_indexed_and_nothing_else():
    build_home()
    InitiativePageFactory(title="Fiche")
    InitiativePageFactory(title="Brouillon", live=False)
    WorkshopPageFactory(title="Atelier")
    report = rebuild(engine=search_engine())
    assert (report.indexed, report.left_out) == (2, {})
    assert titles() == {"Fiche", "Atelier"}
    consumer = IndexConsumer.objects.get()
    assert (consumer.name, consumer.generation) == (search_engine().name, search_engine().generation())
    assert consumer.rebuilt_at is not None


def test_a_rebuild_pays_what_was_owed(site):
    InitiativePageFactory(title="Fiche")
    assert OutboxEntry.objects.pending().exists()
    rebuild(engine=search_engine())
    assert not OutboxEntry.objects.pending().exists()


def test_changes_during_a_rebuild_are_in_the_new_index(site, committed, monkeypatch):
    with committed():
        kept, changed, removed = (InitiativePageFactory(title=title) for title in ("Gardée", "Changée", "Retirée"))
    chunks = rebuild_module.published_chunks

    def chunks_then_changes(contents):
        yield from chunks(contents)
        with committed():  # delivered to the present index; the new one has read the earlier state
            fresh = InitiativePage.objects.get(pk=changed.pk)
            fresh.title = "Nouvelle version"
            fresh.save_revision().publish()
            InitiativePage.objects.get(pk=removed.pk).delete()
            InitiativePageFactory(title="Arrivée")
        assert titles() == {"Gardée", "Nouvelle version", "Arrivée"}

    monkeypatch.setattr(rebuild_module, "published_chunks", chunks_then_changes)
    report = rebuild(engine=search_engine())
    assert report.caught_up == 3
    assert titles() == {kept.title, "Nouvelle version", "Arrivée"}
    assert not OutboxEntry.objects.pending().exists()


def test_a_rebuild_that_fails_leaves_the_index_in_use(site, committed, monkeypatch):
    with committed():
        InitiativePageFactory(title="Fiche")
    before = search_engine().generation()

    def failing(_contents):
        raise RuntimeError("base arrêtée")
        yield []

    monkeypatch.setattr(rebuild_module, "published_chunks", failing)
    with pytest.raises(RuntimeError):
        rebuild(engine=search_engine())
    assert search_engine().generation() == before
    assert titles() == {"Fiche"}
    assert deliver(engine=search_engine()).is_complete


def test_an_unreadable_page_is_left_out_and_named(site, monkeypatch, caplog):
    InitiativePageFactory(title="Bonne")
    bad = InitiativePageFactory(title="Mauvaise")
    whole = InitiativePage.catalogue_record
    monkeypatch.setattr(
        InitiativePage, "catalogue_record", lambda self: whole(self) if self.pk != bad.pk else {}["bloc"]
    )
    report = rebuild(engine=search_engine())
    assert (report.indexed, set(report.left_out)) == (1, {bad.pk})
    assert f"page {bad.pk}" in run("rebuild_search", yes=True)


def test_the_command_reports(site, capsys):
    InitiativePageFactory()
    output = run("rebuild_search", yes=True)
    assert "index reconstruit, 1 contenus" in output
    assert "Indexation" in capsys.readouterr().err  # the progress bar


def test_a_second_rebuild_is_told_to_wait(site):
    with search_engine().rebuilding(), pytest.raises(CommandError, match="une autre reconstruction est en cours"):
        run("rebuild_search", yes=True)


def test_sync_builds_the_missing_index_then_delivers():
    build_home()
    InitiativePageFactory(title="Fiche")
    assert needs_rebuild(engine=search_engine())
    assert "reconstruction" in run("sync_search")
    assert titles() == {"Fiche"}
    InitiativePageFactory(title="Autre")
    assert "1 page(s) livrée(s)" in run("sync_search")
    assert run("sync_search") == ""


def test_sync_rebuilds_an_index_that_is_not_the_one_it_kept(site, committed):
    with committed():
        InitiativePageFactory(title="Fiche")
    IndexConsumer.objects.update(generation="un autre")  # the database, or the folder, came back from a backup
    assert "reconstruction" in run("sync_search")
    assert not needs_rebuild(engine=search_engine())


def test_sync_waits_for_a_rebuild_elsewhere(site):
    IndexConsumer.objects.update(generation="un autre")
    with search_engine().rebuilding(), pytest.raises(CommandError):
        run("sync_search")


def test_status_names_what_is_owed(site, monkeypatch):
    page = InitiativePageFactory(title="Fiche")
    OutboxEntry.objects.update(attempts=3, last_error="disque plein")
    output = run("sync_search", status=True)
    assert search_engine().name in output
    assert "en attente : 1" in output
    assert "en échec : 1" in output
    assert f"page {page.pk} : disque plein" in output


def test_status_counts_documents_beside_the_database_and_names_what_is_set_aside(site, committed):
    with committed():
        InitiativePageFactory(title="Fiche")
    owed = InitiativePageFactory(title="Autre")
    OutboxEntry.objects.filter(page_id=owed.pk).update(set_aside_at=timezone.now(), last_error="champ inconnu")
    output = run("sync_search", status=True)
    assert "Fiches initiatives : 1 pour 2 dans la base" in output
    assert "mises de côté : 1" in output
    assert f"page {owed.pk} : champ inconnu" in output
    assert run("sync_search") == ""  # it is not tried again by itself
    assert "1 page(s) mise(s) de côté à réessayer" in run("sync_search", retry=[owed.pk])
    assert titles() == {"Fiche", "Autre"}


def test_a_release_rebuilds_only_what_must_be(site, tmp_path, settings):
    before = search_engine().generation()
    assert "rien à reconstruire" in run("rebuild_search", if_needed=True)
    assert search_engine().generation() == before
    settings.SEARCH_INDEX_DIR = tmp_path / "deleted by hand"
    assert "index reconstruit" in run("rebuild_search", if_needed=True)


def test_an_engine_is_chosen_by_its_name(site):
    with pytest.raises(CommandError, match=f"Il y a : {search_engine().name}"):
        run("rebuild_search", yes=True, engine="elastic")
    assert "index reconstruit" in run("rebuild_search", yes=True, engine=search_engine().name)


def test_checks_name_the_command_to_run(site, monkeypatch, tmp_path, settings):
    def found():
        return {message.id for message in run_checks(tags=["search"], include_deployment_checks=True)}

    assert found() == set()
    other = {**documents.composition(), "fingerprint": "another"}
    with monkeypatch.context() as patched:
        patched.setattr("search.engines.embedded.engine.composition", lambda: other)
        assert search_engine().state() is EngineState.OUTDATED
        assert found() == {"search.W002"}
    settings.SEARCH_INDEX_DIR = tmp_path / "other"
    assert found() == {"search.W001"}
    (tmp_path / "file").write_text("")
    settings.SEARCH_INDEX_DIR = tmp_path / "file" / "search"
    assert "search.E001" in found()
