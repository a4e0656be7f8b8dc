"""Who sends a sheet is told that it arrived, and when an answer is expected."""

import pytest
from django.conf import settings
from django.utils.formats import date_format

from hub.mail.models import OutgoingMail
from initiatives.review.actions import approve, submit
from initiatives.review.queue import expected_by, submitted_at
from tests.initiatives.review.conftest import change, now


@pytest.mark.parametrize("is_update", [False, True])
def test_who_sent_it_is_told_that_it_arrived_and_when_an_answer_is_expected(sheet, ana, boris, rita, is_update):
    if is_update:
        submit(sheet=sheet, user=ana)
        approve(sheet=now(sheet), user=rita)
        OutgoingMail.objects.all().delete()
        change(sheet, user=ana, summary="Un nouveau chapô.")
    submit(sheet=now(sheet), user=ana)
    letter = OutgoingMail.objects.get(recipient="ana@adil.example")
    assert letter.subject == (
        "Mise à jour envoyée en relecture : Un bail glissant"
        if is_update
        else "Fiche envoyée en relecture : Un bail glissant"
    )
    day = date_format(expected_by(submitted_at(sheet=now(sheet))), "j F Y")
    assert f"Une réponse est attendue pour le {day}." in letter.text
    assert f"{settings.WAGTAILADMIN_BASE_URL}/espace/fiches/{sheet.pk}/" in letter.text
    assert ("la version en ligne reste inchangée" in letter.text) == is_update
    assert not OutgoingMail.objects.filter(recipient="boris@adil.example").exists()


def test_an_editor_who_sends_a_sheet_for_a_partner_is_not_told_of_it(sheet, rita, remi, mails):
    submit(sheet=sheet, user=rita)
    assert mails() == [("submitted", "remi@dihal.example")]
