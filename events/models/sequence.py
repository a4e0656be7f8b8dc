from typing import Any, ClassVar

from django.db import models
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, InlinePanel, PageChooserPanel
from wagtail.fields import RichTextField
from wagtail.models import Orderable

from hub.pages.blocks import RICH_TEXT_FEATURES
from initiatives.models import InitiativePage


class Sequence(ClusterableModel, Orderable):
    """One part of a workshop: what was said, by whom, which initiatives, and when it starts in the replay."""

    page = ParentalKey("events.WorkshopPage", on_delete=models.CASCADE, related_name="sequences")
    title = models.CharField("titre", max_length=300)
    text = RichTextField("texte", blank=True, features=RICH_TEXT_FEATURES)
    speakers = models.TextField("intervenants", blank=True, help_text="Un par ligne : nom, fonction, structure.")
    replay_start = models.DurationField(
        "début dans le replay", null=True, blank=True, help_text="Heures:minutes:secondes, par exemple 0:34:10."
    )

    panels: ClassVar[list[Any]] = [
        FieldPanel("title"),
        FieldPanel("text"),
        FieldPanel("speakers"),
        FieldPanel("replay_start"),
        InlinePanel("presentations", heading="Initiatives présentées", label="Initiative"),
    ]

    class Meta(Orderable.Meta):
        verbose_name = "séquence"
        verbose_name_plural = "séquences"

    def __str__(self) -> str:
        return self.title

    @property
    def replay_start_seconds(self) -> int | None:
        return int(self.replay_start.total_seconds()) if self.replay_start is not None else None


class SequenceInitiative(Orderable):
    sequence = ParentalKey(Sequence, on_delete=models.CASCADE, related_name="presentations")
    initiative = models.ForeignKey(
        InitiativePage, verbose_name="fiche initiative", on_delete=models.CASCADE, related_name="sequence_presentations"
    )

    panels: ClassVar[list[Any]] = [PageChooserPanel("initiative", "initiatives.InitiativePage")]

    class Meta(Orderable.Meta):
        verbose_name = "initiative présentée"
        verbose_name_plural = "initiatives présentées"

    def __str__(self) -> str:
        return str(self.initiative)
