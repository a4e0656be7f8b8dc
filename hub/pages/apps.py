from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "hub.pages"
    label = "pages"
    verbose_name = "Pages"

    def ready(self) -> None:
        """Have misconfigurations told at start, and dates and numbers read the French way."""
        from hub import checks, french_fields  # noqa: F401, PLC0415 — models are loaded only now

        french_fields.register()
