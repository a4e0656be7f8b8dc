from django.apps import AppConfig


class InitiativesConfig(AppConfig):
    name = "initiatives"
    verbose_name = "Initiatives"

    def ready(self) -> None:
        from initiatives import daily, personal_data, signal_handlers  # noqa: PLC0415 — models must be loaded first

        signal_handlers.register()
        personal_data.register()
        daily.register()
