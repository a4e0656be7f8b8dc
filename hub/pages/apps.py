from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "hub.pages"
    label = "pages"
    verbose_name = "Pages"

    def ready(self) -> None:
        """Have misconfigurations told at start, dates and numbers read the French way, and pictures cleaned."""
        from hub import checks, french_fields  # noqa: F401, PLC0415 — models are loaded only now
        from hub.pages import images  # noqa: PLC0415 — as above

        french_fields.register()
        images.connect()
