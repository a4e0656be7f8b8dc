"""Selections of workshops."""

from django.db import models
from django.utils import timezone
from wagtail.models import PageManager
from wagtail.query import PageQuerySet


class WorkshopQuerySet(PageQuerySet):
    """Workshops by date."""

    def upcoming(self) -> "WorkshopQuerySet":
        """Workshops of today and later, the next one first."""
        return self._from_today().order_by("starts_on", "number")

    def held(self) -> "WorkshopQuerySet":
        """Workshops already held, the latest first."""
        return (
            self.filter(starts_on__lt=timezone.localdate())
            .exclude(ends_on__gte=timezone.localdate())
            .order_by("-starts_on", "-number")
        )

    def with_card_details(self) -> "WorkshopQuerySet":
        """Read beforehand what the stage of a card needs; not the transcripts, heavier than all the rest."""
        replays = self.model._meta.get_field("replays").related_model._default_manager
        return self.prefetch_related(models.Prefetch("replays", queryset=replays.defer("transcript")), "sequences")

    def _from_today(self) -> "WorkshopQuerySet":
        today = timezone.localdate()
        return self.filter(models.Q(starts_on__gte=today) | models.Q(ends_on__gte=today))


WorkshopManager = PageManager.from_queryset(WorkshopQuerySet)
