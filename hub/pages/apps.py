from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "hub.pages"
    label = "pages"
    verbose_name = "Pages"

    def ready(self) -> None:
        """Have misconfigurations told at start, and show the light of the proxy."""
        from hub import checks  # noqa: F401, PLC0415 — models are loaded only now
        from hub.health import proxies  # noqa: PLC0415

        proxies.register()
