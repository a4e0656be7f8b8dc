from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "events"
    verbose_name = "Ateliers"

    def ready(self) -> None:
        from events.registrations import connections  # noqa: PLC0415 — models must be loaded first

        connections.connect()
