"""Who may read a file a partner sent, from the first minute to the last version that shows it."""

from pathlib import Path

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from wagtail.documents.models import Document
from wagtail.models import GroupPagePermission, PageViewRestriction

from hub.accounts.models import User
from initiatives.models import InitiativeIndexPage, InitiativePage, Upload
from tests.factories import StandardPageFactory, UserFactory
from tests.initiatives.space.file_scene import IN_A_FOLDER, Scene, build_scene
from tests.support.html import RENDITION_LEFT_OPEN

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings(RENDITION_LEFT_OPEN)]
RENDITION = "width-800|format-webp|webpquality-70"


@pytest.fixture
def scene(home, settings, tmp_path) -> Scene:
    settings.STORAGES = IN_A_FOLDER
    settings.MEDIA_ROOT = tmp_path / "media"
    return build_scene(folder=settings.MEDIA_ROOT)


@pytest.fixture
def editor(home) -> User:
    """Somebody of Dihal, who corrects the sheets."""
    group = Group.objects.create(name="Rédaction")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    change = Permission.objects.get(content_type__app_label="wagtailcore", codename="change_page")
    GroupPagePermission.objects.create(group=group, page=InitiativeIndexPage.objects.get(), permission=change)
    user = UserFactory(email="claire@dihal.example")
    user.groups.add(group)
    return user


def status(upload: Upload, user: User | None, **headers) -> int:
    client = Client()
    if user:
        client.force_login(user)
    return asked(client, Document.objects.get(pk=upload.document_id).url, **headers)


def asked(client: Client, address: str, **headers) -> int:
    response = client.get(address, **headers)
    # Read to its end: the client closes the file then, and leaves the test's connection to the database open.
    b"".join(response)
    return response.status_code


def statuses(upload: Upload, scene: Scene, editor: User) -> list[int]:
    return [status(upload, user) for user in (scene.awa, editor, scene.stranger, None)]


def test_a_document_is_its_partner_s_and_dihal_s_until_it_is_published(scene, editor):
    upload = scene.send("Bilan secret.pdf")
    assert statuses(upload, scene, editor) == [200, 200, 404, 404]
    scene.show(upload, publish=False)
    assert statuses(upload, scene, editor) == [200, 200, 404, 404]
    scene.show(upload)
    assert statuses(upload, scene, editor) == [200, 200, 200, 200]
    # A new version that does not show it is being written, then published.
    scene.show(publish=False)
    assert statuses(upload, scene, editor) == [200, 200, 200, 200]
    scene.show()
    assert statuses(upload, scene, editor) == [200, 200, 404, 404]


def test_a_document_leaves_with_its_sheet(scene, editor):
    upload = scene.send("a.pdf")
    scene.show(upload)
    sheet = InitiativePage.objects.get(pk=scene.sheet.pk)
    restriction = PageViewRestriction.objects.create(page=sheet, restriction_type=PageViewRestriction.LOGIN)
    assert statuses(upload, scene, editor) == [200, 200, 404, 404]
    restriction.delete()
    sheet.unpublish()
    assert statuses(upload, scene, editor) == [200, 200, 404, 404]
    sheet.delete()
    assert not Upload.objects.exists()
    assert [status(upload, user) for user in (editor, scene.stranger, None)] == [200, 404, 404]


def test_nothing_is_told_of_a_document_that_is_not_published(client, scene):
    document = scene.send("Bilan secret.pdf").document
    absent = client.get(reverse("wagtaildocs_serve", args=[document.pk + 1, document.filename]))
    attempts = [
        client.get(document.url),
        client.head(document.url),
        client.get(reverse("wagtaildocs_serve", args=[document.pk, "autre.pdf"])),
        client.get(document.url, HTTP_IF_NONE_MATCH=f'"{document.file_hash}"'),
        client.get(document.url, HTTP_IF_MODIFIED_SINCE="Wed, 01 Jan 2099 00:00:00 GMT"),
        client.get(document.url, HTTP_RANGE="bytes=0-10"),
    ]
    for response in attempts:
        assert response.status_code == 404
        assert not {"ETag", "Last-Modified", "Content-Disposition"} & set(response.headers)
        assert "secret" not in response.content.decode()
    assert attempts[0].content == absent.content.replace(absent.wsgi_request.path.encode(), document.url.encode())


def test_a_draft_s_document_is_kept_by_nobody_on_the_way_and_never_run(client, scene):
    client.force_login(scene.awa)
    upload = scene.send("note.txt", b"texte")
    for address in (upload.document.url, reverse("sheet-file", args=[scene.sheet.pk, upload.pk])):
        response = client.get(address)
        assert response.content == b"texte"
        assert "no-store" in response["Cache-Control"]
        assert "private" in response["Cache-Control"]
        assert response["Content-Disposition"] == 'attachment; filename="note.txt"'
        assert "sandbox" in response["Content-Security-Policy"]
        assert response["X-Content-Type-Options"] == "nosniff"


def test_documents_of_editors_are_served_as_before(client, scene):
    document = Document(title="Guide")
    document.file.save("guide.txt", ContentFile(b"texte"), save=False)
    document.save()
    response = client.get(document.url)
    assert (response.status_code, response.getvalue()) == (200, b"texte")


def test_an_editor_may_show_a_partner_s_document_on_another_page(scene, editor):
    upload = scene.send("a.pdf")
    StandardPageFactory(body=[("document", {"document": upload.document, "title": ""})])
    assert status(upload, None) == 200


# --- pictures ---------------------------------------------------------------------------------------------------------


def test_the_partner_and_dihal_see_the_picture_that_was_sent(scene, editor):
    upload = scene.send()
    address = reverse("sheet-file", args=[scene.sheet.pk, upload.pk])
    answers = {}
    for user in (scene.awa, editor, scene.stranger):
        client = Client()
        client.force_login(user)
        answers[user] = client.get(address)
    assert [answer.status_code for answer in answers.values()] == [200, 200, 404]
    assert answers[scene.awa]["Content-Type"] == "image/webp"
    assert "no-store" in answers[scene.awa]["Cache-Control"]
    other = reverse("sheet-file", args=[scene.sheet.pk + 1, upload.pk])
    client = Client()
    client.force_login(scene.awa)
    assert client.get(other).status_code == 404


def test_pictures_as_they_were_sent_are_for_the_admin_alone(scene, editor, settings):
    settings.HUB_SERVES_MEDIA = True
    image = scene.send().image
    document = scene.send("a.pdf").document
    for user, expected in ((None, 404), (scene.awa, 404), (editor, 200)):
        client = Client()
        if user:
            client.force_login(user)
        assert asked(client, f"/media/{image.file.name}") == expected
        assert asked(client, f"/media/{document.file.name}") == 404


def test_the_address_of_a_picture_dies_with_its_publication(
    scene, settings, client, django_capture_on_commit_callbacks
):
    settings.HUB_SERVES_MEDIA = True
    upload = scene.send()
    scene.show(upload)
    sheet = InitiativePage.objects.get(pk=scene.sheet.pk)
    address = sheet.image.get_rendition(RENDITION).url
    assert address in client.get(sheet.url).content.decode()
    assert asked(client, address) == 200
    former = sheet.image.file.name
    with django_capture_on_commit_callbacks(execute=True):
        sheet.unpublish()
    assert asked(client, address) == 404
    sheet = InitiativePage.objects.get(pk=scene.sheet.pk)
    # Seen again by its partner, it does not come back to the address everybody knew.
    assert sheet.image.get_rendition(RENDITION).url != address
    assert Path(scene.folder / sheet.image.file.name).exists()
    assert former not in scene.stored()


def test_a_picture_replaced_in_a_new_version_loses_its_address(scene, django_capture_on_commit_callbacks):
    first, second = scene.send(), scene.send()
    scene.show(first)
    addresses = {upload: upload.image.get_rendition(RENDITION).file.name for upload in (first, second)}
    with django_capture_on_commit_callbacks(execute=True):
        scene.show(second)
    assert addresses[first] not in scene.stored()
    assert addresses[second] in scene.stored()
