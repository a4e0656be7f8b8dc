from django.apps import AppConfig


class MailConfig(AppConfig):
    name = "hub.mail"
    label = "mail"
    verbose_name = "Courriels"
