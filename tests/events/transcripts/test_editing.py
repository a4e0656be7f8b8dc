"""In the editor of a workshop: a transcript is pasted or uploaded, read before it is saved; starts are confirmed."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Group, Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from wagtail.models import GroupPagePermission
from wagtail.test.utils.form_data import inline_formset

from events.enums import TranscriptStatus
from events.models import Replay, Sequence, WorkshopIndexPage, WorkshopPage
from hub.accounts.models import User
from tests.events.test_editing import errors_of, form_data, sequence, submit
from tests.factories import WorkshopPageFactory

pytestmark = pytest.mark.django_db

PREVIEW = "/gestion/ateliers/transcription/"
VTT = "WEBVTT\n\n00:01.000 --> 00:04.000\n<v Alix Morand>Bonjour à tous.\n\n00:09.000 --> 00:02.000\nEnsuite."
AS_JSON = {"HTTP_ACCEPT": "application/json"}


def upload(content, name="sous-titres.vtt"):
    return SimpleUploadedFile(name, content if isinstance(content, bytes) else content.encode())


def replay(**fields):
    return {"url": "https://tube.numerique.gouv.fr/w/abcdef", "transcript_status": "relue", **fields}


def edited(client, workshop):
    page = client.get(reverse("wagtailadmin_pages:edit", args=[workshop.pk]))
    return BeautifulSoup(page.content, "html.parser")


def test_a_file_becomes_the_text_of_the_transcript(editor, ain):
    response = submit(
        editor, replays=inline_formset([replay(transcript="", transcript_file=upload(VTT.encode("utf-16")))])
    )
    assert response.status_code == 302, errors_of(response)
    kept = WorkshopPage.objects.get().replay
    assert kept.transcript == VTT
    assert kept.transcript_status == TranscriptStatus.REVIEWED
    assert [passage.speaker for passage in kept.passages()] == ["Alix Morand", ""]
    shown = edited(editor, kept.page).find(attrs={"data-transcript": "replays-0"})
    assert "Ligne 6" in shown.text
    assert "la fin précède le début" in shown.text.lower()


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"%PDF-1.7 ", "un document PDF"), (b"a" * (5 * 2**20 + 1), "la limite est de 5 Mo"), (b"", "vide")],
    ids=["pdf", "too large", "empty"],
)
def test_a_file_that_is_no_transcript_is_refused_and_what_was_typed_is_kept(editor, ain, content, reason):
    row = replay(transcript="0:01 Ce qui était là.", transcript_file=upload(content))
    response = submit(editor, replays=inline_formset([row]))
    assert reason in errors_of(response)
    assert "0:01 Ce qui était là." in response.content.decode()
    assert not WorkshopPage.objects.exists()


def test_a_web_page_pasted_as_a_transcript_is_refused(editor, ain):
    response = submit(editor, replays=inline_formset([replay(transcript="<!DOCTYPE html><html>Bonjour</html>")]))
    assert "une page web" in errors_of(response)


def test_a_draft_saved_with_remarks_says_the_first(editor, ain):
    response = submit(editor, publish=False, replays=inline_formset([replay(transcript=VTT)]))
    told = BeautifulSoup(editor.get(response["Location"]).content, "html.parser").text
    assert "Transcription du replay. Ligne 6 :" in told


def test_the_preview_shows_how_a_text_is_read_before_anything_is_kept(editor):
    page = editor.post(f"{PREVIEW}?replay=replays-0", {"replays-0-transcript": VTT, "replays-0-duration": "0:10:00"})
    shown = BeautifulSoup(page.content, "html.parser").find(id="main").text
    for expected in ("Lu comme WebVTT", "2 passages", "Alix Morand", "Ligne 6", "Bonjour à tous.", "s’arrête à"):
        assert expected in " ".join(shown.split()), expected
    assert not WorkshopPage.objects.exists()


def test_a_script_gets_the_text_of_the_file_with_what_to_show(editor):
    posted = {"replays-3-transcript": "", "replays-3-transcript_file": upload(VTT)}
    answer = editor.post(f"{PREVIEW}?replay=replays-3", posted, **AS_JSON).json()
    assert answer["text"] == VTT
    assert "Alix Morand" in answer["html"]
    answer = editor.post(PREVIEW, {"replays-0-transcript_file": upload(b"%PDF-1.7 x")}, **AS_JSON).json()
    assert answer["text"] is None
    assert "un document PDF" in answer["html"]
    assert "Aucun texte" in editor.post(PREVIEW, {}, **AS_JSON).json()["html"]
    told = editor.post(PREVIEW, {"replays-0-transcript": "<script>alert(1)</script>"}, **AS_JSON).json()["html"]
    assert "<script>" not in told


def test_the_preview_proposes_starts_for_the_sequences_of_the_form(editor):
    posted = form_data(
        sequences=inline_formset([sequence(title="Habitat indigne"), sequence(title="Bail glissant")]),
        replays=inline_formset([replay(transcript="0:10 Bonjour.\n5:00 L’habitat indigne.\n9:00 Le bail glissant.")]),
    )
    told = editor.post(PREVIEW, posted, **AS_JSON).json()["html"]
    assert "Habitat indigne : 5:00" in told
    assert "Bail glissant : 9:00" in told


def person(*, may_add):
    user = User.objects.create_user("lecteur", password="a")
    group = Group.objects.create(name="Groupe")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    if may_add:
        GroupPagePermission.objects.create(group=group, page=WorkshopIndexPage.objects.get(), permission_type="add")
    user.groups.add(group)
    return user


def test_the_preview_is_for_those_who_edit_workshops(client, home):
    assert client.post(PREVIEW, {}).status_code == 302
    client.force_login(person(may_add=False))
    assert client.post(PREVIEW, {})["Location"] == reverse("wagtailadmin_home")
    others = WorkshopPageFactory()
    client.force_login(User.objects.create_superuser("claire", password="a"))
    assert client.post(f"{PREVIEW}?page={others.pk}", {}).status_code == 200
    assert client.get(PREVIEW).status_code == 405


def test_whoever_adds_workshops_reads_no_form_of_others(client, home):
    others = WorkshopPageFactory()
    client.force_login(person(may_add=True))
    assert client.post(PREVIEW, {}).status_code == 200
    for page in (others.pk, 999999, "9" * 30):
        expected = 200 if page == "9" * 30 else 302
        assert client.post(f"{PREVIEW}?page={page}", {}).status_code == expected


@pytest.fixture
def workshop(home):
    said = "0:10 Bonjour.\n5:00 Parlons de l’habitat indigne.\n9:00 Et du bail glissant."
    return WorkshopPageFactory(
        sequences=[
            Sequence(title="Habitat indigne"),
            Sequence(title="Bail glissant", replay_start=timedelta(minutes=9)),
        ],
        replays=[
            Replay(url="https://tube.numerique.gouv.fr/w/abcdef", duration=timedelta(minutes=12), transcript=said)
        ],
    )


def test_a_start_is_proposed_beside_its_sequence_and_taken_when_it_is_ticked(editor, ain, workshop):
    page = edited(editor, workshop)
    [box] = page.find_all(attrs={"data-proposed-start": True})
    assert (box["name"], box["value"], box["data-proposed-start"]) == ("sequences-0-confirmed_start", "300", "5:00")
    assert "habitat indigne" in page.find("label", attrs={"for": box["id"]}).text
    assert not box.has_attr("checked")

    rows = [
        {**sequence(title=part.title, replay_start=str(part.replay_start or "")), "id": part.pk}
        for part in workshop.sequences.all()
    ]
    fields = {"number": workshop.number, "slug": workshop.slug, "title": workshop.title}
    address = reverse("wagtailadmin_pages:edit", args=[workshop.pk])

    def save(**confirmed):
        posted = form_data(**fields, sequences=inline_formset([{**rows[0], **confirmed}, rows[1]], initial=2))
        response = editor.post(address, posted)
        assert response.status_code == 302, errors_of(response)
        draft = WorkshopPage.objects.get(pk=workshop.pk).get_latest_revision_as_object()
        return [part.replay_start_seconds for part in draft.sequences.all()]

    assert save() == [None, 540], "nothing is confirmed alone"
    assert save(confirmed_start="n’importe quoi") == [None, 540]
    assert save(confirmed_start="300") == [300, 540]


def test_passages_end_where_a_sequence_begins(workshop):
    [first, second] = workshop.sequences.all()
    first.replay_start = timedelta(seconds=12)
    workshop.sequences = [first, second]
    assert not any(passage.start < 12 < passage.end for passage in workshop.replay.passages())


def test_readers_are_told_whether_somebody_read_a_transcript_again(client, workshop):
    told = BeautifulSoup(client.get(workshop.url).content, "html.parser").main.text
    assert "Transcription automatique, non relue" in told
