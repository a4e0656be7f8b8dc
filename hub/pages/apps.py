from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "hub.pages"
    label = "pages"
    verbose_name = "Pages"

    def ready(self) -> None:
        from hub import checks, french_fields  # noqa: F401, PLC0415 — models are loaded only now
        from hub.pages import document_words, images  # noqa: PLC0415 — as above
        from hub.web import health  # noqa: PLC0415 — as above

        french_fields.register()
        health.register()
        images.connect()
        document_words.register()
