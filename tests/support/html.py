"""Read the pages the way tests speak of them."""

from typing import Any

from bs4 import BeautifulSoup, Tag

# For tests whose pages show an image: Wagtail leaves the temporary file of a rendition to the garbage collector.
RENDITION_LEFT_OPEN = "ignore:Exception ignored in.*SpooledTemporaryFile:pytest.PytestUnraisableExceptionWarning"


def read_html(response: Any) -> BeautifulSoup:
    """The document of a response, which must be a page that was found."""
    assert response.status_code == 200, response.status_code
    return BeautifulSoup(response.content, "lxml")


def words(node: Tag | BeautifulSoup | None) -> str:
    """What is read, every kind of space made one ordinary space; "" for nothing."""
    return " ".join(node.get_text(" ").split()) if node else ""


def headings(document: BeautifulSoup) -> list[str]:
    """Every heading of the main part, in order."""
    return [words(heading) for heading in document.main.find_all(["h1", "h2", "h3", "h4"])]


def link(document: BeautifulSoup | Tag, text: str) -> str:
    """The address behind the only link whose words contain ``text``."""
    found = [anchor["href"] for anchor in document.find_all("a", href=True) if text in words(anchor)]
    assert len(found) == 1, (text, found)
    return found[0]
