"""A recap is understood in the process that looks at files: whatever it repeats, the wait of the web process ends."""

import pytest
from django.urls import reverse

from events.recap.importing import check_recap
from events.recap.parsing import parse_recap
from events.recap.read.reading import read_recap
from events.recap.report import build_report
from hub.files import apart
from tests.events.recap.conftest import SAMPLES
from tests.factories import UserFactory

HEADING = "Retour sur le 12e atelier de la Dihal « Jeunes » du 3 mars 2020\n\n"


@pytest.mark.parametrize("name", ["texte-infinitifs.txt", "page-drupal.html"])
def test_what_is_understood_apart_is_what_would_be_here(words, name):
    data = (SAMPLES / name).read_bytes()
    found = check_recap(data=data, vocabulary=words, filename=name)
    text = read_recap(data=data, filename=name)
    assert found.parsed == parse_recap(text=text, vocabulary=words)
    assert found.report == build_report(text=text, parsed=found.parsed)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sent", "told"),
    [
        # Each would be read in the end, and keep everybody waiting for a minute.
        (f"<h1>{HEADING}</h1>" + "<p>a <b>20</b>" * 130_000, "trop complexe"),
        (HEADING + "20 " * 600_000, "trop de temps ou de mémoire"),
    ],
)
def test_a_text_that_asks_for_too_much_is_refused_beside_its_field(home, client, settings, sent, told):
    settings.FILE_CHECK_PROCESSOR_SECONDS = 1
    client.force_login(UserFactory(is_superuser=True, is_staff=True))
    before = apart.looker_pid()
    answer = client.post(reverse("import_recap"), {"content": sent})
    assert told in answer.content.decode()
    assert apart.looker_pid() is not None
    assert before in {None, apart.looker_pid()}
