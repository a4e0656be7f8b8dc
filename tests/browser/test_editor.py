"""An editor in a hurry, in a real browser: what is typed is kept or said to be wrong, what is published is online."""

import os
import re
import uuid
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.partners import sign_in
from tests.browser.scenes import ROOT

pytestmark = pytest.mark.browser

# How many times a page is published in a hurry: HURRIED_PUBLICATIONS=200 takes a quarter of an hour.
TIMES = int(os.environ.get("HURRIED_PUBLICATIONS", "3"))
# Milliseconds from the last change: the automatic save begins about then.
HURRY = (300, 500, 700)
RECAP = """Retour sur le {number}e atelier de la Dihal « Un atelier pressé {word} » du 3 mars 2022

L’atelier a réuni 90 participants, et parlé de colocation {word}.

Le département de l’Ain a présenté sa plateforme.
"""

# The page is created, and the browser is about to know: there the hurried press the button of a page to create.
PRESSED_BEFORE_THE_ANSWER = """
const ask = window.fetch;
window.fetch = async (...asked) => {
    const answer = await ask(...asked);
    if (String(asked[0]).includes("/pages/add/") && !window.isPressed && (await answer.clone().json()).success) {
        window.isPressed = true;
        document.querySelector("[name=action-publish]").click();
        await new Promise((next) => setTimeout(next, 1000));
    }
    return answer;
};
"""


def import_recap(page: Page, *, number: int, word: str) -> None:
    """Have a draft made of a recap, and open it."""
    page.goto("/gestion/ateliers/importer/")
    page.locator("[name=content]").fill(RECAP.format(number=number, word=word))
    page.get_by_role("button", name="Vérifier").click()
    page.get_by_role("button", name="Créer le brouillon").first.click()
    page.wait_for_url("**/gestion/pages/*/edit/")


def publish(page: Page) -> None:
    page.get_by_role("button", name="Plus d’actions").or_(
        page.locator("footer [data-w-dropdown-target=toggle]")
    ).last.click()
    page.get_by_role("button", name="Publier", exact=True).click()


def test_what_is_typed_is_kept_and_what_is_published_is_online_wherever_one_asks(visit: Callable, hub_url: str):
    number, word = 200 + uuid.uuid4().int % 800, f"mot{uuid.uuid4().hex[:8]}"

    def scenario(page: Page) -> None:
        sign_in(page, key=ROOT, address=hub_url)
        import_recap(page, number=number, word=word)

        def typed(name: str, text: str) -> str:
            field = page.locator(f"[name={name}]")
            field.fill(text)
            page.keyboard.press("Tab")
            page.locator("[name=place]").click()  # the picker of a date one has come to is over the rest
            return field.input_value()

        for name, texts in {
            "starts_on": ("demain", "31/02/2022", "15 janvier 2022", "15/1/22"),
            "starts_at": ("bientôt", "9 h", "9h30"),
            "participants_count": ("beaucoup", "52,5", "21 000"),
        }.items():
            for text in texts:
                assert typed(name, text) == text
        address = page.url
        for hurry in range(TIMES):
            page.locator("[name=place]").fill(f"Salle {hurry}")
            page.wait_for_timeout(HURRY[hurry % len(HURRY)])
            publish(page)
            expect(page.locator(".messages")).to_contain_text("publié")
            page.goto(address)
            assert page.locator("[name=starts_on]").input_value() == "15/01/2022"
            assert page.locator("[name=starts_at]").input_value() == "9h30"
            assert page.locator("[name=participants_count]").input_value() == "21000"
            shown = page.request.get(f"/recherche/?q={word}&territoire=departement-69")
            assert "Un atelier pressé" in shown.text(), "one département that it names keeps it from no other"
        typed("starts_on", "demain")
        publish(page)
        expect(page.get_by_text("Cette date n’est pas comprise.").first).to_be_visible()
        assert page.locator("[name=starts_on]").input_value() == "demain"

    # A save by itself of what is not understood is refused; so is the publication.
    visit(scenario, forgiven=("Failed to load resource",))


def test_a_new_page_published_in_a_hurry_is_one_page_and_online(visit: Callable, hub_url: str):
    """The first automatic save of a new page creates it: whoever publishes meanwhile publishes that page."""
    first = 2_000 + uuid.uuid4().int % 900_000

    def scenario(page: Page) -> None:
        sign_in(page, key=ROOT, address=hub_url)
        import_recap(page, number=first, word=f"mot{uuid.uuid4().hex[:8]}")
        parents = page.locator("header a").evaluate_all("links => links.map((link) => link.getAttribute('href') ?? '')")
        [*_above, parent, _itself] = [
            match[1] for href in parents if (match := re.search(r"/gestion/pages/(\d+)/$", href))
        ]
        number = first + 1
        page.add_init_script(PRESSED_BEFORE_THE_ANSWER)
        page.goto(f"/gestion/pages/add/events/workshoppage/{parent}/", wait_until="networkidle")
        page.wait_for_timeout(3_000)  # what is typed before the editor looks at the form is no change to it
        page.locator("[name=number]").fill(f"{number}e")
        page.locator("[name=subject]").fill("Un atelier annoncé vite")
        page.locator("[name=starts_on]").fill("15 janvier 2030")
        page.locator("[name=title]").fill(f"{number}e atelier")
        page.locator("[name=place]").click()
        expect(page.locator(".messages")).to_contain_text("publié", timeout=25_000)
        found = page.request.get(f"/recherche/?q={number}e").text()
        assert f"/ateliers/{number}e-atelier/" in found
        assert f"/ateliers/{number}e-atelier-2/" not in found

    # A first save that begins between two fields is refused for the one that is missing, and made again.
    visit(scenario, forgiven=("400 (Bad Request)",))
