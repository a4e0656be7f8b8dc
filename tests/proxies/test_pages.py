"""What a proxy says in the hub's place looks as what the hub says: its pages are files, and follow the template."""

from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.template.loader import render_to_string

PAGES = sorted((Path(settings.BASE_DIR) / "hub/deploy/proxies/pages").glob("*.html"))
TITLE = " – Hub des ateliers et des initiatives"


def frame(html: str) -> str:
    """A page of error without what it alone says: its title, its heading, its text."""
    page = BeautifulSoup(html, "lxml")
    assert page.title
    assert page.title.text.endswith(TITLE)
    page.title.string = TITLE
    said = page.find("main").find("div")
    said.clear()
    return "\n".join(line.strip() for line in str(page).splitlines() if line.strip())


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_a_page_of_the_proxy_has_the_frame_of_the_pages_of_error(path: Path):
    assert frame(path.read_text(encoding="utf-8")) == frame(render_to_string("error_base.html"))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_it_says_its_number_and_what_to_do(path: Path):
    main = BeautifulSoup(path.read_text(encoding="utf-8"), "lxml").find("main")
    assert main.find("h1").text.strip()
    assert f"Erreur {path.stem}" in main.text
    assert main.find("p", class_="fr-text--lead").text.strip()
