from django.apps import AppConfig


class MailConfig(AppConfig):
    name = "hub.mail"
    label = "mail"
    verbose_name = "Courriels"

    def ready(self) -> None:
        """Have the outbox followed, the light of the mails shown, and have a wrong ``MAIL_DELIVERY`` told at start."""
        from hub.mail import checks, delivery, status  # noqa: F401, PLC0415 — models are loaded only now

        delivery.register()
        status.register()
