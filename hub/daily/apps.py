from django.apps import AppConfig
from django.db.models.signals import post_migrate


class DailyConfig(AppConfig):
    name = "hub.daily"
    label = "daily"
    verbose_name = "Tâches quotidiennes"

    def ready(self) -> None:
        from hub.daily.running import expect_tasks  # noqa: PLC0415 — models are loaded only now

        post_migrate.connect(lambda **_: expect_tasks(), sender=self, weak=False, dispatch_uid="daily.expect_tasks")
