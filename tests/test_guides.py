"""The guides speak of the screens as they are: what they put in bold is written on a page."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# Where the words of the screens are; what a template composes is in the code and in the scripts.
SCREENS = (
    "templates/**/*.html",
    "initiatives/**/*.py",
    "hub/accounts/**/*.py",
    "hub/static/hub/js/*.js",
    "hub/pages/*.py",
)
MARKUP = re.compile(r"</?[a-z][^>]*>|\\u00a0|&nbsp;|\s+")


def plain(text: str) -> str:
    return MARKUP.sub(" ", text).replace("\u00a0", " ").replace("  ", " ")


@pytest.fixture(scope="module")
def screens() -> str:
    return " ".join(plain(path.read_text(encoding="utf-8")) for glob in SCREENS for path in ROOT.glob(glob))


def test_the_labels_of_the_partner_s_guide_are_those_of_the_screens(screens):
    guide = (ROOT / "docs" / "guide-partenaire.md").read_text(encoding="utf-8")
    labels = {" ".join(label.split()) for label in re.findall(r"\*\*(.+?)\*\*", guide, flags=re.DOTALL)}
    assert len(labels) > 25
    assert sorted(label for label in labels if plain(label) not in screens) == []
    assert plain("Vérifier et renvoyer") not in screens  # the test can tell
