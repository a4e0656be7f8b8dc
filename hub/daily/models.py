"""When each daily task was last run, so that somebody notices when they stop."""

from django.db import models
from django.utils import timezone


class DailyRun(models.Model):
    """The last run of a task, and the last that went well. ``started_at`` is also the claim of whoever runs it."""

    task = models.CharField("tâche", max_length=60, unique=True)
    expected_since = models.DateTimeField("attendue depuis", default=timezone.now)
    started_at = models.DateTimeField("commencée le", null=True, blank=True)
    ended_at = models.DateTimeField("finie le", null=True, blank=True)
    succeeded_at = models.DateTimeField("dernier succès", null=True, blank=True)
    error = models.TextField("erreur du dernier passage", blank=True)

    class Meta:
        verbose_name = "passage quotidien"
        verbose_name_plural = "passages quotidiens"
        ordering = ["task"]

    def __str__(self) -> str:
        return self.task
