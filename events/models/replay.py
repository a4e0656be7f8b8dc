from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel
from wagtail.models import Orderable

from events.transcripts import Passage, parse_transcript
from hub.pages.records import TranscriptTimes
from hub.pages.videos import SECONDS, VideoLink, video_from_url


class Replay(Orderable):
    """A recording: a video on a platform, or a file of ours; with what is said in it."""

    page = ParentalKey("events.WorkshopPage", on_delete=models.CASCADE, related_name="replays")
    url = models.URLField(
        "adresse de la vidéo",
        blank=True,
        help_text="La page de la vidéo : YouTube, Dailymotion, Vimeo, PeerTube, ou un autre lien.",
    )
    file = models.ForeignKey(
        "wagtaildocs.Document",
        verbose_name="ou fichier vidéo",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    duration = models.DurationField(
        "durée", null=True, blank=True, help_text="Heures:minutes:secondes, par exemple 2:15:00."
    )
    poster = models.ForeignKey(
        "wagtailimages.Image",
        verbose_name="image d’attente",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    transcript = models.TextField(
        "transcription",
        blank=True,
        help_text=(
            "Tout ce qui est dit, mot à mot : WebVTT, SRT, ou texte minuté (« 00:01:07 texte »). "
            "Un résumé n’est pas une transcription."
        ),
    )
    published_on = models.DateField("mis en ligne le", null=True, blank=True)

    panels: ClassVar[list[Any]] = [
        FieldPanel("url"),
        FieldPanel("file"),
        FieldPanel("duration"),
        FieldPanel("poster"),
        FieldPanel("transcript"),
        FieldPanel("published_on"),
    ]

    class Meta(Orderable.Meta):
        verbose_name = "replay"
        verbose_name_plural = "replays"

    def __str__(self) -> str:
        return self.url or (self.file.title if self.file else "Replay à renseigner")

    def clean(self) -> None:
        super().clean()
        if self.url and self.file_id:
            raise ValidationError({"file": "Choisissez l’adresse d’une vidéo ou un fichier, pas les deux."})

    @property
    def video(self) -> VideoLink | None:
        return video_from_url(url=self.url)

    @property
    def is_watchable(self) -> bool:
        return bool(self.url or self.file_id)

    def passages(self) -> list[Passage]:
        return parse_transcript(text=self.transcript)

    @property
    def transcript_text(self) -> str:
        """The words of the transcript, a line a passage, without its timings."""
        return "\n".join(passage.text for passage in self.passages())

    @property
    def moment_address(self) -> str:
        """What plays the recording at a moment, ``SECONDS`` in the place of their number; empty for a plain link."""
        if self.video:
            return self.video.moment_address
        return f"{self.file.url}#t={SECONDS}" if self.file else ""

    @property
    def transcript_times(self) -> TranscriptTimes | None:
        """When each line of ``transcript_text`` is said; ``None`` for a transcript without timings."""
        starts = tuple(passage.start for passage in self.passages())
        if all(start is None for start in starts):
            return None
        return TranscriptTimes(starts=starts, address=self.moment_address)
