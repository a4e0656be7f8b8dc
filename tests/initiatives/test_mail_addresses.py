"""Every link of every mail leads to the one public address of the site, whatever Wagtail's own note of it says."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone
from wagtail.models import Site

from hub.mail.models import OutgoingMail
from initiatives.reporting import report_error
from initiatives.upkeep.parts import ask_part
from initiatives.upkeep.rounds import keep_alive
from tests.initiatives.upkeep_scene import build_scene

pytestmark = pytest.mark.django_db


def test_links_of_pages_and_of_the_space_lead_to_the_same_site(home, settings):
    settings.WAGTAILADMIN_BASE_URL = "https://hub.example.gouv.fr/"
    Site.objects.update(hostname="ancien-nom.example", port=8443)
    scene = build_scene(published_days_ago=400)
    partner = scene.sheet.partnerships.get(role="partenaire").organisation
    ask_part(sheet=scene.sheet, organisation_pk=partner.pk, email="p@x.example", user=scene.anne, now=timezone.now())
    report_error(sheet=scene.sheet, text="Une erreur.", email="", now=timezone.now())
    assert list(keep_alive(now=timezone.now()))
    texts = list(OutgoingMail.objects.values_list("text", flat=True))
    links = [link for text in texts for link in re.findall(r"https?://\S+", text)]
    assert "https://hub.example.gouv.fr/initiatives/colocation/" in links
    assert {"/".join(link.split("/")[:3]) for link in links} == {"https://hub.example.gouv.fr"}


def test_no_text_of_a_mail_takes_an_address_from_elsewhere():
    folder = Path(settings.BASE_DIR) / "templates"
    texts = list(folder.rglob("body.txt"))
    assert len(texts) > 10
    assert [str(path) for path in texts if "full_url" in path.read_text(encoding="utf-8")] == []
