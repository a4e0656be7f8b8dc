"""The light of the mails on ``/sante/pret``."""

from django.utils import timezone

from hub.health.enums import Light
from hub.health.registry import Reading, register_probe
from hub.mail.models import OutgoingMail
from hub.mail.status import oldest_waiting

# A mail leaves in a second or two. Past this, a person who waits for a code has given up.
LATE_MINUTES = 10


def register() -> None:
    """Have the light shown."""
    register_probe(name="courriels", probe=mail_probe)


def mail_probe() -> Reading:
    """Look how long the oldest mail has been waiting. Never ``DOWN``: the pages do not need the mail server."""
    oldest = oldest_waiting()
    if oldest is None:
        return Reading(Light.OK, "aucun courriel n’attend de partir")
    minutes = max(0, int((timezone.now() - oldest).total_seconds() // 60))
    waiting = OutgoingMail.objects.waiting().count()
    label = f"{waiting} courriel(s) à envoyer, le plus ancien depuis {minutes} min"
    return Reading(Light.DEGRADED if minutes >= LATE_MINUTES else Light.OK, label)
