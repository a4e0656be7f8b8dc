from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "search"
    verbose_name = "Recherche"

    def ready(self) -> None:
        """Follow the catalogue, have misconfigurations told at start, and show the lights of the search."""
        from search import checks, health, signal_handlers  # noqa: F401, PLC0415 — models are loaded only now
        from search.unanswered import daily  # noqa: PLC0415 — as above

        signal_handlers.connect()
        health.register()
        daily.register()
