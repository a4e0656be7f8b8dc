from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "hub.pages"
    label = "pages"
    verbose_name = "Pages"

    def ready(self) -> None:
        """Have misconfigurations told at start, and pictures cleaned as they come."""
        from hub import checks  # noqa: F401, PLC0415 — models are loaded only now
        from hub.pages import images  # noqa: PLC0415 — as above

        images.connect()
