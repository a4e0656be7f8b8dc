"""The fields of the space with their scripts: what is pasted, what the buttons write, the files that are chosen."""

import re

import pytest
from playwright.sync_api import Dialog, Page, expect

from tests.browser.test_space import BROKEN, begin_sheet, line, summary, told_to_be_saved
from tests.files.samples import ACCEPTED, picture

pytestmark = pytest.mark.browser

IMAGE = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": picture()}
REPORT = {"name": "bilan.pdf", "mimeType": "application/pdf", "buffer": ACCEPTED["rapport.pdf"]}
UNSENT = "Fichier choisi, pas encore envoyé : enregistrez pour l’envoyer"


def step(page: Page, slug: str) -> str:
    address = begin_sheet(page).replace("/essentiel/", f"/{slug}/")
    page.goto(address, wait_until="networkidle")
    return address


def test_what_is_pasted_over_the_limit_is_kept_and_counted(partner):
    def scenario(page: Page) -> None:
        address = begin_sheet(page)
        counter = page.locator("[name=summary] + .hub-space-counter")
        summary(page).focus()
        page.keyboard.insert_text("é" * 607)
        expect(summary(page)).to_have_value("é" * 607)
        expect(counter).to_have_text("7 caractères de trop")
        expect(counter).to_have_attribute("aria-hidden", "false")
        expect(line(page)).to_contain_text("sauf ce qui reste à vérifier")
        summary(page).fill("é" * 599)
        expect(counter).to_have_text("1 caractère restant")
        told_to_be_saved(page)
        page.goto(address.replace("/essentiel/", "/recit/"))
        expect(page.locator("[name=context] + .hub-space-counter")).to_have_text("20\u202f000 caractères restants")

    partner(scenario)


@pytest.mark.parametrize(
    ("text", "chosen", "button", "written"),
    [
        ("un\ndeux\n\ntrois", "un\ndeux\n\ntrois", "Liste", "- un\n- deux\n\n- trois"),
        ("- un\ndeux", "- un\ndeux", "Liste", "- un\n- deux"),
        ("un mot", "un mot", "Gras", "**un mot**"),
        ("un\n- deux ", "un\n- deux ", "Gras", "**un**\n- **deux** "),
        ("un **gras coupé ici** fin", "coupé", "Intertitre", "un **gras**\n\n### coupé\n\n**ici** fin"),
        ("**tout en gras**", "**tout en gras**", "Intertitre", "### tout en gras"),
        ("Une phrase.", "", "Intertitre", "Une phrase.\n\n### Intertitre"),
        ("", "", "Intertitre", "### Intertitre"),
        ("", "", "Liste", "- élément de la liste"),
    ],
)
def test_the_buttons_write_what_they_say(visited_area, text: str, chosen: str, button: str, written: str):
    assert visited_area(text, chosen, button) == written


@pytest.fixture
def visited_area(partner):
    def run(text: str, chosen: str, button: str) -> str:
        def scenario(page: Page) -> str:
            step(page, "recit")
            area = page.locator("[name=context]")
            area.fill(text)
            at = text.index(chosen) if chosen else len(text)
            area.evaluate("(area, [from, to]) => area.setSelectionRange(from, to)", [at, at + len(chosen)])
            page.locator("#champ-context").get_by_role("button", name=button).click()
            return area.input_value()

        return partner(scenario)

    return run


def test_the_free_content_has_titles_of_its_own_level(partner):
    def scenario(page: Page) -> None:
        step(page, "documents")
        page.locator("#champ-body").get_by_role("button", name="Intertitre").click()
        expect(page.locator("[name=body]")).to_have_value("## Intertitre")

    partner(scenario)


def test_an_image_and_documents_are_sent_and_saved_as_they_are_chosen(partner):
    def scenario(page: Page) -> None:
        address = step(page, "documents")
        page.locator("[name=new_image]").set_input_files(IMAGE)
        expect(page.locator("#champ-image")).to_contain_text("Reçu : ")
        told_to_be_saved(page)
        expect(page.locator("img.hub-space-thumbnail")).to_be_visible()
        page.locator("[name=new_documents]").set_input_files(
            [REPORT, {**REPORT, "name": "faux.pdf", "buffer": b"rien"}]
        )
        expect(page.get_by_text(re.compile("Reçu : .*« faux.pdf » : "))).to_be_visible()
        told_to_be_saved(page)
        page.get_by_role("link", name="Aller à l’étape suivante").click()
        page.wait_for_url("**/envoi/")
        page.goto(address)
        expect(page.locator("img.hub-space-thumbnail")).to_be_visible()
        expect(page.locator("#champ-documents .hub-space-row-form")).to_have_count(1)

    partner(scenario, forgiven=BROKEN)


def test_a_file_that_could_not_be_sent_is_never_dropped_in_silence(partner):
    def scenario(page: Page) -> None:
        address = step(page, "documents")
        warnings: list[str] = []

        def stay(dialog: Dialog) -> None:
            warnings.append(dialog.type)
            dialog.dismiss()

        page.on("dialog", stay)
        page.route("**/fichiers/", lambda route: route.abort())
        page.locator("[name=new_documents]").set_input_files(REPORT)
        expect(page.locator("#champ-documents ~ *").get_by_text(UNSENT)).to_be_visible()
        # The line that tells what is saved does not pretend otherwise.
        page.locator("[name=contact_name]").fill("Awa")
        expect(line(page)).to_have_text(re.compile(f"^Enregistré à .*{UNSENT}$"))
        page.get_by_role("link", name="Aller à l’étape suivante").click()
        page.wait_for_timeout(500)
        assert warnings == ["beforeunload"]
        assert page.url == address
        with page.expect_navigation():
            page.get_by_role("button", name="Enregistrer et rester ici").click()
        assert warnings == ["beforeunload"]
        expect(page.locator("#champ-documents .hub-space-row-form")).to_have_count(1)

    partner(scenario, forgiven=BROKEN)
