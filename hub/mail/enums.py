"""Who hands mails over."""

from django.db import models


class MailDelivery(models.TextChoices):
    """The values of ``MAIL_DELIVERY``."""

    THREAD = "thread", "Aussitôt, par le processus qui a écrit le courriel"
    WORKER = "worker", "Par « send_mails » seulement"
