"""Writing a mail in the transaction of what it tells of."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone

from hub.mail.delivery import deliver_after_commit
from hub.mail.models import OutgoingMail
from hub.mail.site import site_url

SUBJECT_LENGTH = 200


def queue_mail(
    *,
    key: str,
    recipient: str,
    template: str,
    context: dict[str, Any],
    expires_at: datetime | None = None,
    calendar: str = "",
    calendar_method: str = "",
) -> OutgoingMail:
    """Record that ``recipient`` is to be told, and return the mail; the same ``key`` again returns the first one.

    ``template`` is a folder of ``subject.txt`` and ``body.txt``. Call it inside the transaction of the event: the mail
    exists if and only if that happened, and leaves right after the commit, until ``expires_at``. ``calendar`` is an
    event (RFC 5545) that goes with it, for calendars to take in as ``calendar_method`` says (REQUEST, CANCEL).
    """
    values = {"site_name": settings.WAGTAIL_SITE_NAME, "site_url": site_url(), **context}
    subject = " ".join(render_to_string(f"{template}/subject.txt", values).split())
    mail, is_new = OutgoingMail.objects.get_or_create(
        key=key,
        defaults={
            "recipient": recipient,
            "subject": subject[:SUBJECT_LENGTH],
            "text": render_to_string(f"{template}/body.txt", values).strip() + "\n",
            "calendar": calendar,
            "calendar_method": calendar_method,
            "expires_at": expires_at,
            "next_attempt_at": timezone.now(),
        },
    )
    if is_new:
        deliver_after_commit()
    return mail
