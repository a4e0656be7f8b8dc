"""Importing a table of sheets, as an editor sees it go on by itself."""

import uuid
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.partners import EDITOR, sign_in

pytestmark = pytest.mark.browser
LONGEST = 30_000  # milliseconds

# The hub of these tests is kept from one run to the next, and a line imported once stays unchanged.
RUN = uuid.uuid4().hex
GOOD = [f"{RUN}-{number};Fiche du tableau {number};Jeunes" for number in range(8)]
LINES = "\n".join(["identifiant;titre;publics", *GOOD, f"{RUN}-8;Sans public connu;Martiens"])


def test_a_file_is_checked_then_written_without_a_click_between(visit: Callable, hub_url: str) -> None:
    def scenario(page: Page) -> None:
        sign_in(page, key=EDITOR, address=hub_url)
        page.goto("/gestion/fiches/importer/")
        table = {"name": "fiches.csv", "mimeType": "text/csv", "buffer": LINES.encode()}
        page.get_by_label("Fichier").set_input_files(table)
        page.get_by_role("button", name="Vérifier le fichier").click()
        expect(page.get_by_text("Rien n’est encore écrit. Importer 8 lignes ?")).to_be_visible(timeout=LONGEST)
        expect(page.get_by_text("publics « Martiens »")).to_be_visible()
        page.get_by_role("button", name="Importer", exact=True).click()
        expect(page.get_by_text("Terminé.")).to_be_visible(timeout=LONGEST)
        expect(page.get_by_role("link", name="Fiche du tableau 7")).to_be_visible()

    visit(scenario)
