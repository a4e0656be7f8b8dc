from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "search"
    verbose_name = "Recherche"

    def ready(self) -> None:
        """Follow the catalogue, and have misconfigurations told at start."""
        from search import checks, signal_handlers  # noqa: F401, PLC0415 — models are loaded only now

        signal_handlers.connect()
