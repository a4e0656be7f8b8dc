from django.apps import AppConfig


class TerritoriesConfig(AppConfig):
    name = "hub.territories"
    label = "territories"
    verbose_name = "Territoires"

    def ready(self) -> None:
        from hub.territories import forms  # noqa: PLC0415 — models must be loaded first

        forms.register()
