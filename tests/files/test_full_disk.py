"""A disk with no room left: it is said, and nothing is half written."""

import errno
import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from wagtail.documents.models import Document
from wagtail.images.models import Image

from hub.files.storage import WholeFileStorage, is_out_of_room
from initiatives.drafts import create_draft
from initiatives.models import Upload
from tests.factories import MembershipFactory, UserFactory
from tests.files.samples import ACCEPTED, sent

ROOM = 4096  # bytes


@contextmanager
def no_room(*, left: int = ROOM) -> Iterator[None]:
    """No file may grow past ``left`` bytes: the system refuses the rest of what is written, as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    former = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (left, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, former)


@pytest.fixture
def disk(settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    backend = {"BACKEND": "hub.files.storage.WholeFileStorage"}
    settings.STORAGES = {**settings.STORAGES, "default": backend}
    return tmp_path / "media"


def files_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_the_files_of_a_public_server_are_kept_whole():
    from hub.settings import base  # noqa: PLC0415 — the tests keep theirs in memory

    assert base.STORAGES["default"]["BACKEND"] == "hub.files.storage.WholeFileStorage"


def test_a_file_that_does_not_fit_leaves_nothing(tmp_path: Path):
    storage = WholeFileStorage(location=tmp_path)
    storage.save("dossier/avant.txt", ContentFile(b"avant"))
    with no_room(), pytest.raises(OSError, match=r".") as failure:
        storage.save("dossier/grand.bin", ContentFile(b"x" * 10 * ROOM))
    assert is_out_of_room(error=failure.value)
    assert files_in(tmp_path) == ["dossier/avant.txt"]
    assert storage.save("dossier/grand.bin", ContentFile(b"x" * 10 * ROOM)) == "dossier/grand.bin"
    assert (tmp_path / "dossier/grand.bin").stat().st_size == 10 * ROOM


def test_two_files_of_one_name_are_both_kept(tmp_path: Path):
    storage = WholeFileStorage(location=tmp_path)
    names = {storage._save("note.txt", ContentFile(bytes([number]))) for number in range(3)}  # noqa: SLF001 — past what looks for a free name
    assert len(names) == len(files_in(tmp_path)) == 3


def test_other_failures_are_not_taken_for_it():
    assert is_out_of_room(error=OSError(errno.ENOSPC, "plein"))
    assert not is_out_of_room(error=PermissionError(errno.EACCES, "fermé"))
    assert not is_out_of_room(error=None)


@pytest.mark.django_db
class TestSending:
    @pytest.fixture
    def sheet(self, home):  # noqa: ARG002 — sheets are below it
        membership = MembershipFactory()
        sheet = create_draft(user=membership.user, organisation=membership.organisation, title="Colocation")
        sheet.author = membership.user
        return sheet

    def test_a_partner_is_told_and_keeps_what_was_typed(self, sheet, client: Client, disk: Path):
        client.force_login(sheet.author)
        address = reverse("sheet-step", args=[sheet.pk, "documents"])
        with no_room(left=100):
            response = client.post(address, {"new_documents": sent("rapport.pdf", ACCEPTED["rapport.pdf"])})
        assert response.status_code == 422
        assert "n’a plus de place" in response.content.decode()
        assert not Upload.objects.exists()
        assert not Document.objects.exists()
        assert files_in(disk) == []

    def test_an_editor_is_told(self, client: Client, disk: Path):
        client.raise_request_exception = False
        client.force_login(UserFactory(is_superuser=True, is_staff=True))
        with no_room(left=100):
            file = sent("note.pdf", ACCEPTED["rapport.pdf"])
            response = client.post(reverse("wagtaildocs:add"), {"title": "Note", "file": file})
        assert response.status_code == 507
        assert "plus de place" in response.content.decode()
        assert not Document.objects.exists()
        assert not Image.objects.exists()
        assert files_in(disk) == []
