"""The HTML sent is HTML as it is specified: no error a parser must forgive, no reference to nowhere, no name twice."""

from collections import Counter

import html5lib
import pytest
from bs4 import BeautifulSoup

from tests.browser.hub_process import answer
from tests.browser.site_pages import SITE_PAGES, SitePage

pytestmark = pytest.mark.browser

REFERENCES = ("for", "aria-controls", "aria-describedby", "aria-labelledby")
# Put in the page when they are first needed (hub.js).
LATE = {"affichage-modale"}


@pytest.mark.parametrize("site_page", SITE_PAGES, ids=lambda site_page: site_page.name)
def test_a_page_is_valid(hub_url: str, site_page: SitePage):
    html = answer(hub_url + site_page.path)
    parser = html5lib.HTMLParser()
    parser.parse(html)
    assert [(position, code) for position, code, _details in parser.errors] == []
    document = BeautifulSoup(html, "html.parser")
    identifiers = Counter(node["id"] for node in document.find_all(id=True))
    assert [name for name, count in identifiers.items() if count > 1] == []
    assert "" not in identifiers
    named = {name for node in document.find_all() for key in REFERENCES for name in node.get(key, "").split()}
    assert named - set(identifiers) - LATE == set()
    anchors = {link["href"][1:] for link in document.find_all("a", href=True) if link["href"].startswith("#")}
    assert anchors - set(identifiers) == set()
    assert [image for image in document.find_all("img") if "alt" not in image.attrs] == []
    assert len(document.find_all("h1")) == 1
