from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "hub.pages"
    label = "pages"
    verbose_name = "Pages"

    def ready(self) -> None:
        """Have misconfigurations told, dates read the French way, pictures cleaned and the proxy’s light shown."""
        from hub import checks, french_fields  # noqa: F401, PLC0415 — models are loaded only now
        from hub.health import proxies  # noqa: PLC0415
        from hub.pages import images  # noqa: PLC0415 — as above

        french_fields.register()
        proxies.register()
        images.connect()
