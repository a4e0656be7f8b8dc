"""What waits, what failed, and since when; its light."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from hub.mail.models import OutgoingMail
from hub.web.health import Light, Reading, register_probe

LISTED = 50


def mail_status() -> dict[str, Any]:
    """``LISTED`` rows of each at most."""
    waiting, given_up = OutgoingMail.objects.waiting(), OutgoingMail.objects.given_up()
    sent = OutgoingMail.objects.filter(sent_at__isnull=False).order_by("-sent_at")
    return {
        "waiting_count": waiting.count(),
        "oldest": oldest_waiting(),
        "failing": list(waiting.filter(attempts__gt=0).order_by("created_at", "pk").defer("text", "calendar")[:LISTED]),
        "given_up_count": given_up.count(),
        "given_up": list(given_up.defer("text", "calendar")[:LISTED]),
        "last_sent": sent.values_list("sent_at", flat=True).first(),
    }


def oldest_waiting() -> datetime | None:
    return OutgoingMail.objects.waiting().order_by("created_at").values_list("created_at", flat=True).first()


# A mail leaves in a second or two. Past this, a person who waits for a code has given up.
LATE_MINUTES = 10


def mail_probe() -> Reading:
    """Look how long the oldest mail has been waiting. Never ``DOWN``: the pages do not need the mail server."""
    oldest = oldest_waiting()
    if oldest is None:
        return Reading(Light.OK, "aucun courriel n’attend de partir")
    minutes = max(0, int((timezone.now() - oldest).total_seconds() // 60))
    waiting = OutgoingMail.objects.waiting().count()
    label = f"{waiting} courriel(s) à envoyer, le plus ancien depuis {minutes} min"
    return Reading(Light.DEGRADED if minutes >= LATE_MINUTES else Light.OK, label)


register_probe(name="courriels", probe=mail_probe)
