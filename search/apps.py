from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "search"
    verbose_name = "Recherche"

    def ready(self) -> None:
        from search import checks, signal_handlers, status, worker  # noqa: F401, PLC0415 — models are loaded only now
        from search.unanswered import keeping  # noqa: PLC0415 — as above

        signal_handlers.connect()
        status.register()
        worker.register()
        keeping.register()
