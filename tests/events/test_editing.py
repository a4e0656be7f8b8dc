"""An editor fills in a workshop: contradictions are told beside the field, and what was typed is kept."""

from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from wagtail.documents.models import Document
from wagtail.test.utils.form_data import inline_formset, nested_form_data, streamfield

from events.models import Replay, WorkshopIndexPage, WorkshopPage
from hub.territories.models import Territory
from tests.factories import WorkshopPageFactory

pytestmark = pytest.mark.django_db


def form_data(**changes: Any) -> dict[str, Any]:
    """What the browser sends for a complete workshop, with ``changes``."""
    data = {
        "title": "Atelier 90",
        "slug": "atelier-90",
        "number": "90",
        "format": "en-ligne",
        "subject": "L’accès au logement",
        "starts_on": "2023-03-14",
        "territories": "departement-01",
        "programme": streamfield([]),
        "body": streamfield([]),
        "sequences": inline_formset([]),
        "key_figures": inline_formset([]),
        "presentations": inline_formset([]),
        "replays": inline_formset([]),
        "documents": inline_formset([]),
        "tags": "",
        **changes,
    }
    return nested_form_data(data)


def sequence(**fields: str) -> dict[str, Any]:
    empty = '{"entityMap": {}, "blocks": []}'
    return {"title": "Une séquence", "text": empty, "speakers": "", "presentations": inline_formset([]), **fields}


def submit(editor: Client, *, publish: bool = True, **changes: Any) -> Any:
    index = WorkshopIndexPage.objects.get()
    data = form_data(**changes)
    if publish:
        data["action-publish"] = "1"
    return editor.post(reverse("wagtailadmin_pages:add", args=["events", "workshoppage", index.pk]), data)


def errors_of(response: Any) -> str:
    assert response.status_code == 200, "the form is shown again"
    form = response.context["form"]
    shown = [str(form.errors)]
    shown += [str(formset.errors) for formset in form.formsets.values()]
    return " ".join(shown)


def test_a_complete_workshop_is_published(editor: Client, ain: Territory) -> None:
    response = submit(
        editor,
        sequences=inline_formset(
            [sequence(replay_start="0:10:00"), sequence(title="La suite", replay_start="0:40:00")]
        ),
        replays=inline_formset(
            [{"url": "https://tube.numerique.gouv.fr/w/abcdef", "duration": "1:00:00", "published_on": "2023-03-20"}]
        ),
    )
    assert response.status_code == 302, errors_of(response)
    workshop = WorkshopPage.objects.get(number=90)
    assert workshop.live
    assert [str(territory.code) for territory in workshop.territories.all()] == ["departement-01"]
    assert [part.replay_start_seconds for part in workshop.sequences.all()] == [600, 2400]


def test_a_draft_may_lack_a_territory_but_a_publication_may_not(editor: Client, ain: Territory) -> None:
    assert submit(editor, publish=False, territories="").status_code == 302
    assert not WorkshopPage.objects.get(number=90).live
    response = submit(editor, territories="", number="91", slug="atelier-91", title="Atelier 91")
    assert "au moins un territoire" in errors_of(response)
    assert "Atelier 91" in response.content.decode()


def test_an_unknown_territory_is_told_and_kept(editor: Client, ain: Territory) -> None:
    response = submit(editor, territories="Trifouilly-les-Oies")
    assert "territories" in response.context["form"].errors
    assert "Trifouilly-les-Oies" in response.content.decode()


def test_a_number_is_used_once_drafts_included(editor: Client, ain: Territory) -> None:
    WorkshopPageFactory(number=90, title="Le premier", live=False)
    assert "existe déjà" in errors_of(submit(editor))


def test_the_last_day_follows_the_first(editor: Client, ain: Territory) -> None:
    assert "précède le premier" in errors_of(submit(editor, ends_on="2023-03-13"))


def test_a_replay_cannot_precede_its_workshop(editor: Client, ain: Territory) -> None:
    replay = {"url": "https://tube.numerique.gouv.fr/w/abcdef", "published_on": "2023-03-01"}
    assert "avant l’atelier" in errors_of(submit(editor, replays=inline_formset([replay])))


def test_a_sequence_starts_within_the_replay_and_after_the_one_before(editor: Client, ain: Territory) -> None:
    replay = {"url": "https://tube.numerique.gouv.fr/w/abcdef", "duration": "1:00:00"}
    late = submit(
        editor, replays=inline_formset([replay]), sequences=inline_formset([sequence(replay_start="2:00:00")])
    )
    assert "dépasse la durée" in errors_of(late)
    parts = [sequence(replay_start="0:30:00"), sequence(replay_start="0:20:00")]
    assert "séquence précédente" in errors_of(submit(editor, sequences=inline_formset(parts)))


def test_a_replay_has_one_source(editor: Client, ain: Territory) -> None:
    response = submit(editor, replays=inline_formset([{"url": "pas une adresse"}]))
    assert response.status_code == 200
    assert "pas une adresse" in response.content.decode()


def test_a_new_address_is_that_of_a_video_the_hub_shows(editor: Client, ain: Territory) -> None:
    assert "ou PeerTube sur tube.numerique.gouv.fr" in submit(editor, title="").content.decode()  # said before
    for url, expected in (
        ("https://www.youtube.com/@dihal", "YouTube, Dailymotion, Vimeo"),
        ("https://tube.example.org/w/abcdef", "les serveurs acceptés sont tube.numerique.gouv.fr"),
    ):
        response = submit(editor, replays=inline_formset([{"url": url}]))
        assert expected in errors_of(response)
        assert url in response.content.decode()


def test_who_edits_something_else_is_not_stopped_by_an_old_address_and_is_told(editor: Client, ain: Territory) -> None:
    old = "https://ailleurs.example.org/film"
    page = WorkshopPageFactory(title="Atelier 80", number=80, replays=[Replay(url=old)])
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    assert "simple lien" in editor.get(address).content.decode()
    kept = {"id": str(page.replay.pk), "url": old}
    data = form_data(number="80", slug="atelier-80", replays=inline_formset([kept], initial=1))
    assert editor.post(address, {**data, "action-publish": "1"}).status_code == 302
    assert WorkshopPage.objects.get(number=80).subject == "L’accès au logement"
    other = form_data(number="80", slug="atelier-80", replays=inline_formset([{**kept, "url": f"{old}-2"}], initial=1))
    assert "YouTube" in errors_of(editor.post(address, other))


def test_the_file_of_a_replay_is_a_video(editor: Client, ain: Territory) -> None:
    for name, content, expected in (
        ("tableau.csv", b"a;b", "« Pièce » n’est pas une vidéo"),
        ("film.mp4", b"pas un film du tout", "pas une vidéo que l’on reconnaît"),
    ):
        document = Document.objects.create(title="Pièce", file=ContentFile(content, name=name))
        response = submit(editor, replays=inline_formset([{"file": str(document.pk)}]))
        assert expected in errors_of(response)


def test_days_and_hours_are_typed_as_one_writes_them(editor: Client, ain: Territory) -> None:
    submit(editor, starts_on="14 mars 2023", ends_on="15/03/2023", starts_at="9h30", ends_at="17 h")
    workshop = WorkshopPage.objects.get()
    assert (workshop.starts_on, workshop.ends_on) == (date(2023, 3, 14), date(2023, 3, 15))
    assert (workshop.starts_at, workshop.ends_at) == (time(9, 30), time(17))
    shown = editor.get(reverse("wagtailadmin_pages:edit", args=[workshop.pk])).content.decode()
    for value in ("14/03/2023", "15/03/2023", "9h30", "17h"):
        assert f'value="{value}"' in shown


def test_a_day_or_an_hour_that_is_not_understood_stays_as_typed(editor: Client, ain: Territory) -> None:
    response = submit(editor, starts_on="mi-mars 2023", starts_at="dans la matinée")
    assert "Cette date n’est pas comprise" in errors_of(response)
    assert "Cette heure n’est pas comprise" in errors_of(response)
    shown = response.content.decode()
    assert 'value="mi-mars 2023"' in shown
    assert 'value="dans la matinée"' in shown
    assert not WorkshopPage.objects.exists()


def test_a_key_figure_is_shown_without_idle_zeros(editor: Client, ain: Territory) -> None:
    figure = {"qualifier": "", "value": "1 250,50", "unit": "M€", "label": "engagés", "year": "", "source": ""}
    submit(editor, key_figures=inline_formset([figure, {**figure, "value": "52"}]))
    workshop = WorkshopPage.objects.get()
    assert [figure.value for figure in workshop.key_figures.all()] == [Decimal("1250.50"), Decimal(52)]
    shown = editor.get(reverse("wagtailadmin_pages:edit", args=[workshop.pk])).content.decode()
    assert 'value="52"' in shown
    assert 'value="1\u202f250,5"' in shown
