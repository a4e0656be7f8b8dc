from django.apps import AppConfig


class TerritoriesConfig(AppConfig):
    name = "hub.territories"
    label = "territories"
    verbose_name = "Territoires"
