"""Files partners send: kept once checked, a bounded number, and nothing left behind."""

from datetime import timedelta
from io import BytesIO, StringIO

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from wagtail.documents.models import Document
from wagtail.images.models import Image
from wagtail.models import Collection

from hub.files import FileRefused
from hub.files.reading import RANDOM_NAME
from initiatives.models import InitiativePage, Upload
from initiatives.space.uploads import COLLECTION_NAME
from tests.files.samples import ACCEPTED, HTML, picture
from tests.initiatives.space.file_scene import IN_A_FOLDER, Scene, build_scene
from tests.support.html import RENDITION_LEFT_OPEN, words

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings(RENDITION_LEFT_OPEN)]
JSON = {"HTTP_ACCEPT": "application/json"}


@pytest.fixture
def scene(home, settings, tmp_path) -> Scene:
    settings.STORAGES = IN_A_FOLDER
    settings.MEDIA_ROOT = tmp_path / "media"
    return build_scene(folder=settings.MEDIA_ROOT)


def post(client, scene: Scene, *, name: str, content: bytes, kind: str, **headers):
    file = SimpleUploadedFile(name, content)
    return client.post(reverse("sheet-upload", args=[scene.sheet.pk]), {"file": file, "kind": kind}, **headers)


# --- kept -------------------------------------------------------------------------------------------------------------


def test_a_document_keeps_its_name_in_a_folder_nobody_guesses(scene):
    upload = scene.send("Convention 2024_signée.pdf")
    document = upload.document
    assert (document.title, document.filename) == ("Convention 2024 signée", "Convention-2024-signée.pdf")
    folder, random_part, _name = document.file.name.split("/")
    assert folder == "documents"
    assert RANDOM_NAME.fullmatch(random_part)
    assert document.collection.name == COLLECTION_NAME
    assert (document.file_size, document.uploaded_by_user) == (len(ACCEPTED["rapport.pdf"]), scene.awa)
    assert document.file_hash
    with document.file.open() as kept:
        assert kept.read() == ACCEPTED["rapport.pdf"]


def test_a_picture_and_its_reduced_versions_have_names_nobody_guesses(scene):
    image = scene.send("Claire au foyer.jpg").image
    assert image.title == "Claire au foyer"
    stem = image.file.name.removeprefix("original_images/").removesuffix(".jpg")
    assert RANDOM_NAME.fullmatch(stem)
    for spec in ("width-800|format-webp|webpquality-70", "max-165x165|format-webp"):
        assert stem in image.get_rendition(spec).file.name


def test_the_collection_is_created_once(scene):
    scene.send()
    scene.send("a.pdf")
    assert Collection.objects.filter(name=COLLECTION_NAME).count() == 1


def test_a_file_the_database_does_not_keep_does_not_stay_on_the_disk(scene, monkeypatch):
    def fail(**_values):
        raise RuntimeError

    monkeypatch.setattr(Upload.objects, "create", fail)
    for name in ("photo.jpg", "a.pdf"):
        with pytest.raises(RuntimeError):
            scene.send(name)
    assert scene.stored() == set()
    assert not Image.objects.exists()
    assert not Document.objects.exists()


# --- sent from the form -----------------------------------------------------------------------------------------------


def test_a_script_is_told_what_to_put_into_the_text(client, scene):
    client.force_login(scene.awa)
    response = post(client, scene, name="photo.png", content=picture("PNG"), kind="image", **JSON)
    assert response.status_code == 201
    upload = Upload.objects.get()
    told = response.json()
    assert (told["upload"], told["file"], told["kind"]) == (upload.pk, upload.image_id, "image")
    assert told["url"] == reverse("sheet-file", args=[scene.sheet.pk, upload.pk])
    assert client.get(told["url"])["Content-Type"] == "image/webp"


def test_without_a_script_the_form_comes_back_and_says_it(client, scene):
    client.force_login(scene.awa)
    step = reverse("sheet-step", args=[scene.sheet.pk, "documents"])
    response = post(client, scene, name="bilan.pdf", content=ACCEPTED["rapport.pdf"], kind="document")
    assert response["Location"] == f"{step}#champ-documents"
    refused = post(client, scene, name="bilan.pdf", content=HTML, kind="image")
    assert refused["Location"] == f"{step}#champ-image"
    told = [str(message) for message in client.get(step).context["messages"]]
    assert "Le fichier « bilan » est reçu." in told
    assert any("page web" in message for message in told)


def test_a_refusal_is_a_sentence(client, scene):
    client.force_login(scene.awa)
    response = post(client, scene, name="bilan.pdf", content=HTML, kind="document", **JSON)
    assert response.status_code == 422
    assert "page web" in response.json()["error"]
    nothing = client.post(reverse("sheet-upload", args=[scene.sheet.pk]), {"file": "texte"}, **JSON)
    assert nothing.json()["error"] == "Choisissez un fichier à envoyer."
    assert not Upload.objects.exists()


def test_a_file_too_large_is_dropped_while_it_arrives(client, scene, settings):
    settings.PARTNER_DOCUMENT_MAX_BYTES = settings.PARTNER_IMAGE_MAX_BYTES = 1024 * 1024
    client.force_login(scene.awa)
    large = SimpleUploadedFile("gros.pdf", bytes(3 * 1024 * 1024))
    request = {"file": large, "kind": "document"}
    response = client.post(reverse("sheet-upload", args=[scene.sheet.pk]), request, **JSON)
    assert response.status_code == 422
    assert "1 Mo au plus" in response.json()["error"]
    assert "file" not in response.wsgi_request.FILES
    assert response.wsgi_request.POST["kind"] == "document"


@pytest.mark.parametrize("address", ["sheet-upload", "sheet-file"])
def test_others_find_no_sheet_to_send_to(client, scene, address):
    upload = scene.send()
    where = reverse(address, args=[scene.sheet.pk, upload.pk][: 2 if address == "sheet-file" else 1])
    request = client.get if address == "sheet-file" else client.post
    assert reverse("account_login") in request(where)["Location"]
    client.force_login(scene.stranger)
    response = request(where)
    assert response.status_code == 404
    assert "Colocation" not in response.content.decode()


def test_sending_is_a_post_with_a_token(client, scene):
    client.force_login(scene.awa)
    assert client.get(reverse("sheet-upload", args=[scene.sheet.pk])).status_code == 405
    client.handler.enforce_csrf_checks = True
    assert post(client, scene, name="a.jpg", content=picture(), kind="image").status_code == 403
    assert not Upload.objects.exists()


def test_nothing_is_added_to_a_sheet_under_review(client, scene):
    scene.show(publish=False)
    sheet = InitiativePage.objects.get(pk=scene.sheet.pk)
    sheet.get_workflow().start(sheet, scene.awa)
    client.force_login(scene.awa)
    response = post(client, scene, name="a.jpg", content=picture(), kind="image", **JSON)
    assert response.status_code == 409
    assert "en relecture" in response.json()["error"]


# --- bounds -----------------------------------------------------------------------------------------------------------


def test_a_sheet_has_a_bounded_number_of_files_and_a_way_out(scene, settings):
    settings.PARTNER_SHEET_MAX_FILES = 2
    first, second = scene.send(), scene.send("a.pdf")
    with pytest.raises(FileRefused, match="déjà 2 fichiers"):
        scene.send("b.pdf")
    scene.show(first, second)
    with pytest.raises(FileRefused, match="déjà 2 fichiers"):
        scene.send("b.pdf")
    scene.show(first)
    assert scene.send("b.pdf")


def test_the_files_of_a_sheet_have_a_bounded_size_together(scene, settings):
    settings.PARTNER_SHEET_MAX_BYTES = 1024 * 1024
    scene.send("a.txt", b"a" * 700_000)
    with pytest.raises(FileRefused, match="1 Mo ensemble"):
        scene.send("b.txt", b"b" * 700_000)
    assert Document.objects.count() == 1


# --- cleaning ---------------------------------------------------------------------------------------------------------


def cleaned(*arguments: str) -> str:
    out = StringIO()
    call_command("clean_uploads", *arguments, stdout=out)
    return out.getvalue()


def make_old(*uploads: Upload) -> None:
    long_ago = timezone.now() - timedelta(days=40)
    keys = [upload.pk for upload in uploads]
    Upload.objects.filter(pk__in=keys).update(created_at=long_ago)
    Image.objects.filter(partner_upload__in=keys).update(created_at=long_ago)
    Document.objects.filter(partner_upload__in=keys).update(created_at=long_ago)


def test_what_no_version_shows_is_deleted_after_a_while(scene, django_capture_on_commit_callbacks):
    published, replaced, unused, recent = [scene.send(f"{name}.pdf") for name in ("a", "b", "c", "d")]
    picture_unused = scene.send()
    scene.show(replaced)
    scene.show(published)
    make_old(published, replaced, unused, picture_unused)
    before = scene.stored()
    assert "2 fichier(s)" in cleaned("--dry-run")
    assert scene.stored() == before
    with django_capture_on_commit_callbacks(execute=True):
        report = cleaned()
    assert "« c », qu’aucune version" in report
    assert set(Upload.objects.all()) == {published, replaced, recent}
    assert scene.stored() == before - {unused.document.file.name, picture_unused.image.file.name}
    assert "0 fichier(s)" in cleaned()


def test_files_of_a_deleted_sheet_are_deleted_after_a_while(scene):
    upload = scene.send("a.pdf")
    make_old(upload)
    InitiativePage.objects.get(pk=scene.sheet.pk).delete()
    assert "d’une fiche supprimée" in cleaned()
    assert not Document.objects.exists()


def test_what_a_failure_left_on_the_disk_is_found(scene, monkeypatch):
    kept = scene.send("a.pdf")
    with transaction.atomic():
        lost = [scene.send("b.pdf"), scene.send()]
        transaction.set_rollback(True)
    for upload in lost:
        assert upload.file.file.name in scene.stored()
    assert "0 fichier(s)" in cleaned()  # it may be a transaction that lasts
    monkeypatch.setattr("initiatives.space.uploads.STRAY_AFTER", timedelta(seconds=-5))
    assert "2 fichier(s)" in cleaned()
    assert scene.stored() == {kept.document.file.name}


def test_the_names_editors_give_are_left_alone(scene, monkeypatch):
    monkeypatch.setattr("initiatives.space.uploads.STRAY_AFTER", timedelta(seconds=-5))
    document = Document(title="Guide")
    document.file.save("guide.txt", BytesIO(b"texte"), save=False)
    assert "0 fichier(s)" in cleaned()
    assert "documents/guide.txt" in scene.stored()


# --- from the step of the form ----------------------------------------------------------------------------------------


def send_in_step(client, scene: Scene, *contents: bytes):
    """Send the form of the step as it is shown, with files."""
    client.force_login(scene.awa)
    address = reverse("sheet-step", args=[scene.sheet.pk, "documents"])
    form = BeautifulSoup(client.get(address).content, "lxml").find("input", {"name": "seen"}).find_parent("form")
    shown = {field["name"]: field.get("value", "") for field in form.select("input[name]:not([type=file])")}
    files = [SimpleUploadedFile(f"bilan-{number}.pdf", content) for number, content in enumerate(contents)]
    response = client.post(address, {**shown, "new_documents": files})
    return response.status_code, response.content.decode()


def test_a_file_stopped_on_its_way_is_told_of_in_the_step(client, scene, settings):
    settings.PARTNER_DOCUMENT_MAX_BYTES = settings.PARTNER_IMAGE_MAX_BYTES = 1_000_000
    status, page = send_in_step(client, scene, ACCEPTED["rapport.pdf"] + b"\n" * 2_000_000, ACCEPTED["rapport.pdf"])
    assert status == 422
    assert "Ce fichier est trop lourd" in page
    assert "bilan-1" in page
    assert Upload.objects.count() == 1


def test_each_refused_file_is_named(client, scene):
    status, page = send_in_step(client, scene, HTML, HTML)
    assert status == 422
    refused = [words(line) for line in BeautifulSoup(page, "lxml").select("#erreurs li li")]
    assert ["bilan-0.pdf" in line for line in refused] == [True, False]
    assert ["bilan-1.pdf" in line for line in refused] == [False, True]


def test_more_files_than_are_taken_at_once_are_told_of(client, scene):
    status, page = send_in_step(client, scene, *[ACCEPTED["rapport.pdf"]] * 11)
    assert status == 422
    assert "10 fichiers au plus à la fois" in page
    assert Upload.objects.count() == 10


def test_a_sheet_dihal_locked_takes_no_file(client, scene):
    InitiativePage.objects.update(locked=True)
    client.force_login(scene.awa)
    answer = post(client, scene, name="a.pdf", content=ACCEPTED["rapport.pdf"], kind="document", **JSON)
    assert answer.status_code == 409
    assert "la Dihal y travaille" in answer.json()["error"]
    assert not Upload.objects.exists()
