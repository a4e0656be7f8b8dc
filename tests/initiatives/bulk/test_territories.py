"""Territories as spreadsheets hold them: the same values by the command and on the screen, and never a guess."""

import pytest
from django.core.management import CommandError, call_command

from initiatives.models import InitiativePage
from tests.initiatives.bulk.conftest import csv_bytes, sheet
from tests.initiatives.bulk.test_admin_screens import editor, go_on, send
from tests.territories.whole_country import whole_country

__all__ = ["whole_country"]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.once,
    pytest.mark.django_db,
    pytest.mark.usefixtures("whole_country", "db"),
]

UNDERSTOOD = {
    "1004": {"commune-01004"},
    "1": {"departement-01"},
    "6000": {"commune-06088"},
    "20000": {"commune-2A004"},
    "2A ; 2B": {"departement-2A", "departement-2B"},
    "PACA": {"region-93"},
    "Ain (01)": {"departement-01"},
    "Corrèze (19)": {"departement-19"},
    "Département de l’Ain": {"departement-01"},
    "75000": {"commune-75056"},
    "La Réunion": {"departement-974"},
}
# What is written, and what the refusal names.
ASKED = {
    "1000": "Bourg-en-Bresse (01)",
    "1340": "Attignat (01)",
    "5100": "Briançon (05)",
    "20": "Corse-du-Sud (département)",
    "DROM": "Guadeloupe (département)",
    "Evry": "Évry-Courcouronnes (91)",
    "Ambéri": "Ambérieu-en-Bugey (01)",
}


@pytest.fixture
def lines(home):
    texts = [*UNDERSTOOD, *ASKED]
    return [sheet(number, territoires=text) for number, text in enumerate(texts)]


def written() -> dict[str, set[str]]:
    texts = [*UNDERSTOOD, *ASKED]
    return {
        texts[int(page.title.rsplit(" ", 1)[1])]: {
            territory.code for territory in page.get_latest_revision_as_object().territories.all()
        }
        for page in InitiativePage.objects.all()
    }


def test_the_command_takes_what_is_certain_and_asks_about_the_rest(lines, tmp_path, capsys):
    path = tmp_path / "fiches.csv"
    path.write_bytes(csv_bytes(lines))
    with pytest.raises(CommandError):
        call_command("import_initiatives", path)
    told = " ".join(capsys.readouterr())
    assert written() == UNDERSTOOD
    for text, named in ASKED.items():
        assert f"« {text} »" in told
        assert named in told, text


def test_the_screen_says_and_writes_the_same(lines):
    client = editor("claire@dihal.example")
    address = send(client, lines)["Location"]
    go_on(client, address)
    checked = b"".join(client.get(f"{address}rapport.csv").streaming_content).decode()
    for text, named in ASKED.items():
        assert f"« {text} »" in checked
        assert named in checked, text
    client.post(address, {"action": "confirm"})
    go_on(client, address)
    assert written() == UNDERSTOOD
