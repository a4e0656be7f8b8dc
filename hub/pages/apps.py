from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "hub.pages"
    label = "pages"
    verbose_name = "Pages"

    def ready(self) -> None:
        """Have misconfigurations told at start, dates and numbers read the French way, and the proxy's light shown."""
        from hub import checks, french_fields  # noqa: F401, PLC0415 — models are loaded only now
        from hub.health import proxies  # noqa: PLC0415

        french_fields.register()
        proxies.register()
