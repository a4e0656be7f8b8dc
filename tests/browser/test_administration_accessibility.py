"""Our own screens of the administration break no rule. What is Wagtail's on them is left to Wagtail."""

from collections.abc import Callable

import pytest

from tests.browser.looks import Looks
from tests.browser.partners import EDITOR
from tests.browser.scenes import ROOT

pytestmark = pytest.mark.browser

OURS = "#main"
PAGES_OF_REVIEWERS = (
    "relectures/",
    "relectures/?nature=rien",
    "demandes-acces/",
    "rapports/recherche/",
    "rapports/recherche/pourquoi/",
    "rapports/recherche/pourquoi/?q=logement+hippopotame&contenu=nulle-part",
    "rapports/recherches-sans-reponse/",
)
PAGES_OF_ADMINISTRATORS = (
    "fiches/importer/",
    "fiches/signalements/",
    "rapports/fiches-a-confirmer/",
    "rapports/recherche/",
    "rapports/recherche/pourquoi/",
    "rapports/recherche/pourquoi/?q=loyers+en+retard+licorne&contenu=nulle-part",
    "rapports/courriels/",
    "thesaurus/importer/",
    "thesaurus/essayer/",
    "ateliers/importer/",
)


def test_the_screens_of_reviewers(broken: Callable, addresses: dict[str, str]):
    def scenario(looks: Looks) -> None:
        for path in PAGES_OF_REVIEWERS:
            looks.at(path, f"/gestion/{path}")
        for name in (
            "review of waiting",
            "review of updated",
            "request about a known structure",
            "request about a described structure",
        ):
            looks.at(name, addresses[name])
        looks.page.goto(addresses["review of waiting"])
        with looks.page.expect_navigation():
            looks.page.get_by_role("button", name="Renvoyer au partenaire").click()
        looks.look("return refused")

    assert broken(scenario, key=EDITOR, within=OURS) == {}


def test_the_screens_of_administrators(broken: Callable, addresses: dict[str, str]):
    def scenario(looks: Looks) -> None:
        for path in PAGES_OF_ADMINISTRATORS:
            looks.at(path, f"/gestion/{path}")
        for name in ("import", "settled report", "proposed structure"):
            looks.at(name, addresses[name])
        looks.page.goto("/gestion/fiches/importer/")
        looks.page.locator("#main [type=file]").set_input_files(
            {"name": "fiches.csv", "mimeType": "text/csv", "buffer": b"rien"}
        )
        with looks.page.expect_navigation():
            looks.page.locator("#main form [type=submit]").first.click()
        looks.look("import refused")
        looks.page.goto("/gestion/thesaurus/importer/")
        looks.page.locator("#main [type=file]").set_input_files(
            {"name": "thesaurus.csv", "mimeType": "text/csv", "buffer": b"mots;veulent dire aussi\nde la;rue\n"}
        )
        with looks.page.expect_navigation():
            looks.page.get_by_role("button", name="Lire le fichier").click()
        looks.look("thesaurus looked at")
        looks.page.goto("/gestion/thesaurus/essayer/")
        looks.page.get_by_label("Recherche à essayer").fill("cabane")
        looks.page.get_by_label("Mots ou expressions").fill("cabane")
        looks.page.get_by_label("Veulent dire aussi").fill("bidonville")
        looks.page.get_by_label("Sorte").select_option("sens-unique")
        with looks.page.expect_navigation():
            looks.page.get_by_role("button", name="Comparer").click()
        looks.look("thesaurus tried")

    assert broken(scenario, key=ROOT, within=OURS) == {}


def test_the_forms_of_editors(broken: Callable):
    def scenario(looks: Looks) -> None:
        for model in ("events.WorkshopPage", "events.WorkshopIndexPage", "initiatives.InitiativePage"):
            found = looks.page.request.get(f"/gestion/api/main/pages/?type={model}&limit=1").json()
            page = found["items"][0]["id"]
            looks.at(f"{model} written", f"/gestion/pages/{page}/edit/")
            looks.at(f"{model} in its versions", f"/gestion/pages/{page}/history/")
        looks.at("explorer", "/gestion/pages/")

    assert broken(scenario, key=ROOT, within=OURS) == {}
