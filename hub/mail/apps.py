from django.apps import AppConfig


class MailConfig(AppConfig):
    name = "hub.mail"
    label = "mail"
    verbose_name = "Courriels"

    def ready(self) -> None:
        """Show the light of the mails, and have a wrong ``MAIL_DELIVERY`` told at start."""
        from hub.mail import checks, status  # noqa: F401, PLC0415 — models are loaded only now

        status.register()
