from django.apps import AppConfig


class MailConfig(AppConfig):
    name = "hub.mail"
    label = "mail"
    verbose_name = "Courriels"

    def ready(self) -> None:
        from hub.mail import checks, delivery, status  # noqa: F401, PLC0415 — models are loaded only now
