"""Parts of files: what lets a player begin at the minute one asks for."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client, override_settings
from wagtail.documents.models import Document

from hub.web import ranges

CONTENT = bytes(range(250)) * 4
SIZE = len(CONTENT)


@pytest.fixture
def film(db: None, settings, tmp_path: Path) -> Document:
    settings.MEDIA_ROOT = tmp_path
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": "hub.files.storage.WholeFileStorage"}}
    document = Document(title="Film")
    document.file = ContentFile(CONTENT, name="film.webm")
    document.save()
    return document


def ask(client: Client, film: Document, asked: str = "", **headers: str) -> tuple[int, bytes, Any]:
    if asked:
        headers["Range"] = asked
    response = client.get(film.url, headers=headers)
    return response.status_code, b"".join(response), response.headers


def test_the_whole_file_says_that_it_has_parts(client: Client, film: Document) -> None:
    status, content, headers = ask(client, film, **{"Accept-Encoding": "gzip"})
    assert (status, content, headers["Accept-Ranges"]) == (200, CONTENT, "bytes")
    assert (headers["Content-Length"], headers["Content-Type"]) == (str(SIZE), "video/webm")
    assert "Content-Encoding" not in headers


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-99", 0, 99),
        ("bytes=300-", 300, SIZE - 1),
        ("bytes=-100", SIZE - 100, SIZE - 1),
        ("bytes=-5000", 0, SIZE - 1),
        ("bytes=900-5000", 900, SIZE - 1),
        ("Bytes = 999-999", 999, 999),
    ],
)
def test_one_part(client: Client, film: Document, asked: str, first: int, last: int) -> None:
    status, content, headers = ask(client, film, asked, **{"Accept-Encoding": "gzip"})
    assert (status, content) == (206, CONTENT[first : last + 1])
    assert headers["Content-Range"] == f"bytes {first}-{last}/{SIZE}"
    assert headers["Content-Length"] == str(last - first + 1)


@pytest.mark.parametrize("asked", ["bytes=1000-", "bytes=5000-6000", "bytes=-0"])
def test_a_part_that_is_not_there(client: Client, film: Document, asked: str) -> None:
    status, content, headers = ask(client, film, asked)
    assert (status, content, headers["Content-Range"]) == (416, b"", f"bytes */{SIZE}")


@pytest.mark.parametrize(
    "asked", ["bytes=0-9,20-29", "bytes=-", "bytes=9-0", "lines=0-9", "bytes=x-9", "bytes=" + "9" * 30 + "-"]
)
def test_several_parts_and_what_is_not_understood_get_the_whole(client: Client, film: Document, asked: str) -> None:
    assert ask(client, film, asked)[:2] == (200, CONTENT)


def test_a_part_of_a_file_that_changed_is_not_joined_to_the_other(client: Client, film: Document) -> None:
    _status, _content, headers = ask(client, film)
    for known in (headers["ETag"], headers["Last-Modified"]):
        assert ask(client, film, "bytes=0-9", **{"If-Range": known})[0] == 206
    for other in ('"autre"', f"W/{headers['ETag']}", "Thu, 01 Jan 1970 00:00:00 GMT"):
        assert ask(client, film, "bytes=0-9", **{"If-Range": other})[:2] == (200, CONTENT)
    assert ask(client, film, "bytes=0-9", **{"If-None-Match": headers["ETag"]})[0] == 304


def test_a_player_that_asks_for_all_that_follows_holds_no_thread(
    client: Client, film: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ranges, "PLAYER_BYTES", 100)
    player = {"Sec-Fetch-Dest": "video"}
    assert ask(client, film, "bytes=200-", **player)[1] == CONTENT[200:300]
    assert ask(client, film, "bytes=200-599", **player)[1] == CONTENT[200:600]
    assert ask(client, film, "bytes=200-")[1] == CONTENT[200:]  # somebody goes on with a download


def test_the_head_has_no_parts_and_pages_have_none(client: Client, film: Document) -> None:
    response = client.head(film.url, headers={"Range": "bytes=0-9"})
    assert (response.status_code, response.headers["Accept-Ranges"]) == (200, "bytes")
    response.close()
    assert client.get("/robots.txt", headers={"Range": "bytes=0-9"}).status_code == 200


def test_images_the_hub_shows_itself_have_parts_too(client: Client, film: Document, settings) -> None:
    folder = settings.MEDIA_ROOT / "images"
    folder.mkdir()
    (folder / "parties.bin").write_bytes(CONTENT)
    with override_settings(HUB_SERVES_MEDIA=True):
        response = client.get("/media/images/parties.bin", headers={"Range": "bytes=10-19"})
    assert (response.status_code, b"".join(response)) == (206, CONTENT[10:20])
