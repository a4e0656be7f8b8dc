"""The whole life of a workshop, as each person sees it: announced, registered to, held, watched, found by its words."""

import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.hub_process import run_in
from tests.browser.looks import violations
from tests.browser.mailbox import Mailbox

pytestmark = pytest.mark.browser

# What an editor publishes, with the forms that test_editor.py fills.
ANNOUNCED = """
from datetime import date, time
from tests.factories import WorkshopPageFactory
WorkshopPageFactory(
    title="{number}e atelier", slug="{slug}", number={number}, subject="La maison {word}",
    starts_on=date(2031, 1, 15), starts_at=time(9, 30), place="Salle des fêtes",
    takes_registrations=True, registration_capacity=1,
)
"""
HELD = """
from datetime import date, timedelta
from events.models import WorkshopPage
page = WorkshopPage.objects.get(slug="{slug}").get_latest_revision_as_object()
page.starts_on = date(2024, 1, 16)
page.save_revision().publish()
"""
TOLD = """
from datetime import timedelta
from django.core.files.base import ContentFile
from wagtail.documents.models import Document
from events.models import Replay, Sequence, WorkshopPage
from hub.territories.models import Territory
from hub.vocabulary.models import Audience
from tests.browser.content import FILM
page = WorkshopPage.objects.get(slug="{slug}").get_latest_revision_as_object()
film = Document.objects.create(title="Film", file=ContentFile(FILM.read_bytes(), name="film.webm"))
page.body = [("text", "<p>Ce que l’on retient de la matinée.</p>")]
page.audiences = Audience.objects.filter(slug="jeunes")
page.territories = Territory.objects.filter(code="departement-01")
page.sequences = [Sequence(title="La colocation", replay_start=timedelta(seconds=33))]
said = "WEBVTT\\n\\n00:00:00.000 --> 00:00:33.000\\nBonjour à tous.\\n\\n"
said += "00:00:33.000 --> 00:01:10.000\\n<v Lina Roy>Le {word} tient la maison.\\n"
page.replays = [Replay(file=film, duration=timedelta(seconds=100), transcript=said, transcript_status="relue")]
page.save_revision().publish()
"""
AUDIENCE = "jeunes"
PLAYS_FROM_33 = """() => {
    const video = document.querySelector("video");
    return video && !video.paused && video.currentTime >= 33 && video.currentTime < 60;
}"""


def register(page: Page, *, slug: str, name: str, email: str, button: str) -> None:
    page.goto(f"/ateliers/{slug}/")
    page.get_by_role("main").get_by_role("link", name=button).click()
    page.get_by_label("Prénom et nom").fill(name)
    page.get_by_label("Adresse électronique").fill(email)
    page.get_by_role("main").get_by_role("button").last.click()
    expect(page.get_by_role("status")).to_contain_text("C’est noté")


def test_a_workshop_lives_from_its_announcement_to_the_second_one_looks_for(
    visit: Callable, hub_folder: Path, mailbox: Mailbox
):
    number, word = 2_000_000 + uuid.uuid4().int % 900_000, f"mot{uuid.uuid4().hex[:8]}"
    slug = f"{number}e-atelier"
    first, second = f"lina-{word}@essais.example", f"omar-{word}@essais.example"

    def attending(page: Page) -> None:
        def at_own_page(email: str, *, about: str, reads: str) -> None:
            page.goto(mailbox.wait_for(email, about=about).link(beginning="/inscriptions/"))
            expect(page.get_by_role("main")).to_contain_text(reads)
            assert violations(page) == []

        register(page, slug=slug, name="Lina Roy", email=first, button="S’inscrire à l’atelier")
        register(page, slug=slug, name="Omar Petit", email=second, button="Rejoindre la liste d’attente")
        at_own_page(second, about="Sur la liste d’attente", reads="Vous êtes sur la liste d’attente")
        at_own_page(first, about="Inscription confirmée", reads="Vous avez une place")
        page.get_by_role("button", name="Annuler mon inscription").click()
        expect(page.get_by_role("main")).to_contain_text("Votre inscription est annulée")
        at_own_page(second, about="Une place pour vous", reads="Vous avez une place")

    def watching(page: Page) -> None:
        run_in(folder=hub_folder, code=HELD.format(slug=slug))
        page.goto(f"/ateliers/{slug}/")
        expect(page.get_by_role("main")).to_contain_text("Compte rendu à venir")
        run_in(folder=hub_folder, code=TOLD.format(slug=slug, word=word))
        page.goto(f"/recherche/?q={word}&territoire=departement-01&public={AUDIENCE}")
        expect(page.get_by_role("main")).to_contain_text("Lina Roy")
        page.get_by_role("link", name="Lire à 0:3").first.click()
        page.wait_for_url(f"**/ateliers/{slug}/#t=3*")
        page.wait_for_function(PLAYS_FROM_33)

    run_in(folder=hub_folder, code=ANNOUNCED.format(number=number, slug=slug, word=word))
    visit(attending)
    visit(watching, width=375)
