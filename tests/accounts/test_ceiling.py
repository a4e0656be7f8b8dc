"""Nobody has the hub write to strangers without end: past a ceiling no code is sent to anybody, and a light says so."""

import json

import pytest
from django.urls import reverse

from hub.mail.models import OutgoingMail

pytestmark = pytest.mark.django_db


def test_past_the_ceiling_no_mail_is_written_whatever_the_address(home, client, settings):
    settings.HUB_RATE_LIMITS = {**settings.HUB_RATE_LIMITS, "sign-in-mail-all": "3/h"}
    answers = [
        client.post(
            reverse("account_login"), {"email": f"inconnue{number}@exemple.fr"}, REMOTE_ADDR=f"203.0.113.{number}"
        )
        for number in range(6)
    ]
    assert [answer.status_code for answer in answers] == [302] * 3 + [429] * 3
    assert int(answers[-1]["Retry-After"]) > 1000
    assert OutgoingMail.objects.count() == 3
    light = json.loads(client.get("/sante/pret").content)["lights"]["connexions"]
    assert light["status"] == "degraded"
    assert "trop de codes" in light["label"]
