from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.formats import date_format
from modelcluster.contrib.taggit import ClusterTaggableManager
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from modelcluster.models import ClusterableModel
from taggit.models import TaggedItemBase
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel, PageChooserPanel
from wagtail.fields import RichTextField
from wagtail.models import Orderable, PageManager
from wagtail.query import PageQuerySet
from wagtail.search import index

from events.enums import STAGES_TO_COME, TranscriptStatus, WorkshopFate, WorkshopFormat, WorkshopStage
from events.forms import FILES_TAKEN, VIDEOS_TAKEN, ImportReportPanel, PlainLinkPanel, WorkshopPageForm
from events.registrations.fields import PARIS, ParisMomentField, registration_panel
from events.transcripts import Passage, passages_of_text
from events.transcripts.editing import (
    ProposedStartPanel,
    ReplayForm,
    SequenceForm,
    TranscriptPanel,
    inline_panel,
)
from hub.pages.blocks import RICH_TEXT_FEATURES, ContentBlocks
from hub.pages.catalogue import CatalogueEntry
from hub.pages.fields import ContentField
from hub.pages.models import AbstractDocumentLink, AbstractKeyFigure, CatalogueIndexPage
from hub.pages.records import Moment, Slide
from hub.pages.videos import SECONDS, VideoLink, video_from_url
from hub.vocabulary.fields import OrganisationPicker, VocabularyCheckboxes
from hub.vocabulary.models import Organisation, OrganisationKind
from initiatives.models import InitiativePage

# How long before the beginning the call may be joined.
CALL_OPENS_BEFORE = timedelta(hours=1)
SLOWEST_SPEECH = 8  # letters a second


class WorkshopQuerySet(PageQuerySet):
    def upcoming(self) -> "WorkshopQuerySet":
        """Those that are not over, cancelled or not: whoever meant to come reads there that they need not."""
        return self._over(is_over=False).order_by("starts_on", "number")

    def past(self) -> "WorkshopQuerySet":
        """Those that are over, or that the past took away: cancelled, or put off."""
        return self._over(is_over=True).order_by("-starts_on", "-number")

    def held(self) -> "WorkshopQuerySet":
        """Those that took place."""
        return self.past().filter(fate="")

    def _over(self, *, is_over: bool) -> "WorkshopQuerySet":
        """Say in SQL what ``WorkshopPage.is_upcoming`` says."""
        now = timezone.localtime(timezone=PARIS)
        today, hour = now.date(), now.time()
        dated = self.filter(starts_on__isnull=False).alias(last_day=Coalesce("ends_on", "starts_on"))
        to_come = Q(last_day__gt=today) | Q(last_day=today) & (Q(ends_at__isnull=True) | Q(ends_at__gt=hour))
        if is_over:
            past = Q(last_day__lt=today) | Q(last_day=today, ends_at__lte=hour)
            chosen = Q(forced_stage__gt="") & ~Q(forced_stage__in=STAGES_TO_COME)
            return dated.filter(chosen | Q(forced_stage="") & past)
        return dated.filter(Q(forced_stage__in=STAGES_TO_COME) | Q(forced_stage="") & to_come)

    def with_card_details(self) -> "WorkshopQuerySet":
        """Read beforehand what the stage of a card needs; not the transcripts, heavier than all the rest."""
        replays = Replay.objects.defer("transcript")
        return self.prefetch_related(models.Prefetch("replays", queryset=replays), "sequences")


WorkshopManager = PageManager.from_queryset(WorkshopQuerySet)


class WorkshopTag(TaggedItemBase):
    content_object = ParentalKey("events.WorkshopPage", on_delete=models.CASCADE, related_name="tagged_items")


class WorkshopIndexPage(CatalogueIndexPage):
    starter_title = "Ateliers"
    starter_slug = "ateliers"
    starter_introduction = (
        "Les ateliers de la Dihal : ceux qui viennent, et les comptes rendus et replays de ceux qui ont eu lieu."
    )

    subpage_types: ClassVar[list[str]] = ["events.WorkshopPage"]
    template = "events/workshop_index_page.html"
    page_description = "La liste des ateliers."

    class Meta:
        verbose_name = "liste des ateliers"
        verbose_name_plural = "listes des ateliers"

    def listed_entries(self) -> QuerySet:
        """Past workshops, the latest first; the coming ones are shown apart."""
        return WorkshopPage.objects.child_of(self).live().public().past().with_card_details()

    def upcoming_entries(self) -> QuerySet:
        return WorkshopPage.objects.child_of(self).live().public().upcoming().with_card_details()


class WorkshopPage(CatalogueEntry):
    catalogue_type = "atelier"
    catalogue_label = "Atelier"
    catalogue_label_plural = "Ateliers"
    organisation_lookups = ("organisers", "partners")
    organisation_kind_lookups = ("structure_kinds",)
    slide_lookups = ("documents__document",)
    catalogue_prefetches = (
        "organisers",
        "partners",
        "sequences",
        "key_figures",
        "replays__file",
        "structure_kinds",
        "documents__document__words",
    )

    number = models.PositiveIntegerField("numéro", help_text="86 pour le 86e atelier.", null=True)
    subject = models.CharField(
        "sujet", max_length=300, blank=True, help_text="L’intitulé de l’atelier, sans son numéro."
    )
    starts_on = models.DateField("date de l’atelier", null=True)
    ends_on = models.DateField("dernier jour", null=True, blank=True, help_text="Pour un atelier de plusieurs jours.")
    starts_at = models.TimeField("heure de début", null=True, blank=True)
    ends_at = models.TimeField("heure de fin", null=True, blank=True)
    # Empty when nobody said: a recap rarely does, and a reader is told nothing rather than a guess.
    format = models.CharField("format", max_length=10, choices=WorkshopFormat.choices, blank=True)
    place = models.CharField("lieu", max_length=250, blank=True, help_text="Adresse, pour un atelier sur place.")
    call_url = models.URLField(
        "lien de la visioconférence",
        blank=True,
        help_text="Donné aux seules personnes inscrites, dans leurs courriels et une heure avant le début.",
    )
    fate = models.CharField(
        "annulé ou reporté",
        max_length=10,
        choices=WorkshopFate.choices,
        blank=True,
        help_text="Vide : il est maintenu.",
    )
    forced_stage = models.CharField(
        "étape choisie",
        max_length=20,
        choices=WorkshopStage.choices,
        blank=True,
        help_text="Vide : la page suit les dates et ce qu’elle contient.",
    )
    registration_url = models.URLField("lien d’inscription", blank=True)
    takes_registrations = models.BooleanField(
        "inscriptions sur ce site",
        default=False,
        help_text="Un formulaire s’ouvre sur la page de l’atelier. Sans cela, donnez le lien d’un autre formulaire.",
    )
    registration_capacity = models.PositiveIntegerField(
        "nombre de places",
        null=True,
        blank=True,
        help_text="Vide : sans limite. Au-delà, une liste d’attente. Réduire ce nombre n’enlève sa place à personne.",
    )
    registration_opens_at = ParisMomentField(
        "ouverture des inscriptions", null=True, blank=True, help_text="Heure de Paris. Vide : dès la publication."
    )
    registration_closes_at = ParisMomentField(
        "clôture des inscriptions", null=True, blank=True, help_text="Heure de Paris. Vide : au début de l’atelier."
    )
    organisers = ParentalManyToManyField(
        Organisation, verbose_name="organisateurs", blank=True, related_name="organised_workshops"
    )
    partners = ParentalManyToManyField(
        Organisation, verbose_name="en lien avec", blank=True, related_name="partnered_workshops"
    )
    participants_count = models.PositiveIntegerField("nombre de participants", null=True, blank=True)
    participants_is_minimum = models.BooleanField("« plus de »", default=False, help_text="Le nombre est un minimum.")
    structure_kinds = ParentalManyToManyField(
        OrganisationKind, verbose_name="types de structures présentes", blank=True, related_name="+"
    )
    programme = ContentField(
        ContentBlocks(required=False),
        verbose_name="programme",
        blank=True,
        help_text="Ce qui est annoncé avant l’atelier. Il reste lisible ensuite, replié, sous le compte rendu.",
    )
    body = ContentField(
        ContentBlocks(required=False),
        verbose_name="compte rendu",
        blank=True,
        help_text="Ce qui s’est dit. Sans lui ni texte de séquence, un atelier passé est « Compte rendu à venir ».",
    )
    import_report = models.JSONField("rapport d’import", null=True, blank=True, editable=False)
    tags = ClusterTaggableManager(through=WorkshopTag, verbose_name="mots-clés", blank=True)

    objects = WorkshopManager()

    base_form_class = WorkshopPageForm
    content_panels: ClassVar[list[Any]] = [
        ImportReportPanel(heading="Rapport d’import"),
        *CatalogueEntry.content_panels,
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("number"), FieldPanel("format")]),
                FieldPanel("subject"),
                FieldRowPanel([FieldPanel("starts_on"), FieldPanel("ends_on")]),
                FieldRowPanel([FieldPanel("starts_at"), FieldPanel("ends_at")]),
                FieldPanel("place"),
                FieldPanel("call_url"),
                FieldRowPanel([FieldPanel("fate"), FieldPanel("forced_stage")]),
            ],
            heading="L’atelier",
        ),
        registration_panel(),
        FieldPanel("programme"),
        MultiFieldPanel(
            [
                FieldPanel("organisers", widget=OrganisationPicker),
                FieldPanel("partners", widget=OrganisationPicker),
                FieldRowPanel([FieldPanel("participants_count"), FieldPanel("participants_is_minimum")]),
                FieldPanel("structure_kinds", widget=VocabularyCheckboxes),
            ],
            heading="Qui était là",
        ),
        *CatalogueEntry.facet_panels,
        FieldPanel("body"),
        inline_panel("sequences", form_class=SequenceForm, heading="Séquences", label="Séquence"),
        InlinePanel("key_figures", heading="Chiffres clés", label="Chiffre clé"),
        InlinePanel("presentations", heading="Initiatives présentées (hors séquence)", label="Initiative"),
        inline_panel("replays", form_class=ReplayForm, heading="Replay", label="Replay", max_num=1),
        InlinePanel("documents", heading="Documents", label="Document"),
        *CatalogueEntry.date_panels,
    ]
    search_fields: ClassVar[list[Any]] = [
        *CatalogueEntry.search_fields,
        index.SearchField("subject"),
        index.FilterField("number"),
    ]
    parent_page_types: ClassVar[list[str]] = ["events.WorkshopIndexPage"]
    subpage_types: ClassVar[list[str]] = []
    template = "events/workshop_page.html"
    page_description = "Un atelier numéroté : annonce, compte rendu, séquences et replay."

    class Meta:
        verbose_name = "atelier"
        verbose_name_plural = "ateliers"

    @property
    def replay(self) -> Any:
        found = next(iter(self.replays.all()), None)
        if found is not None:
            # Its passages are cut at the starts of the sequences of this page, as it is here, saved or not.
            found.page = self
        return found

    @property
    def begins(self) -> datetime | None:
        """When it begins; at midnight when the hour is not known."""
        return datetime.combine(self.starts_on, self.starts_at or time(), tzinfo=PARIS) if self.starts_on else None

    @property
    def ends(self) -> datetime | None:
        """When it is over; at the end of its last day when the hour is not known."""
        last_day = self.ends_on or self.starts_on
        if last_day is None:
            return None
        if self.ends_at is None:
            return datetime.combine(last_day + timedelta(days=1), time(), tzinfo=PARIS)
        return datetime.combine(last_day, self.ends_at, tzinfo=PARIS)

    @property
    def is_upcoming(self) -> bool:
        """Whether it is not over."""
        return self.stage in STAGES_TO_COME

    @property
    def has_begun(self) -> bool:
        """Whether one comes late: only of a workshop whose hour is known."""
        return bool(self.begins and self.starts_at and self.begins <= timezone.now())

    @property
    def is_call_open(self) -> bool:
        """Whether people registered are led to the call: from one hour before the beginning until the end."""
        if not (self.call_url and self.begins and self.ends) or self.fate:
            return False
        opens = self.begins.astimezone(UTC) - (CALL_OPENS_BEFORE if self.starts_at else timedelta())
        return opens <= timezone.now() < self.ends

    @property
    def has_recap(self) -> bool:
        """Whether there is something to read about what was said; a programme says what was to be."""
        return bool(self.body) or any(sequence.text for sequence in self.sequences.all())

    @property
    def stage(self) -> WorkshopStage:
        """What Dihal chose, or what the time and the page say. A cancelled workshop has one too: see ``status``."""
        if self.forced_stage:
            return WorkshopStage(self.forced_stage)
        now = timezone.now()
        if self.begins and self.ends and now < self.ends:
            is_today = timezone.localdate(now, timezone=PARIS) >= self.begins.date()
            return WorkshopStage.TODAY if is_today else WorkshopStage.ANNOUNCED
        if self.replay and self.replay.is_watchable:
            return WorkshopStage.REPLAY_ONLINE
        return WorkshopStage.RECAP_PUBLISHED if self.has_recap else WorkshopStage.HELD

    @property
    def is_told(self) -> bool:
        """Whether what was said is there to read or to watch: what was announced is folded then."""
        return self.stage in {WorkshopStage.RECAP_PUBLISHED, WorkshopStage.REPLAY_ONLINE}

    @property
    def status(self) -> WorkshopStage | WorkshopFate:
        """What a badge says: that it does not take place goes before where it stands."""
        return WorkshopFate(self.fate) if self.fate else self.stage

    @property
    def date_label(self) -> str:
        """« 24 novembre 2022 », or « du 24 au 25 novembre 2022 »."""
        return period_label(starts_on=self.starts_on, ends_on=self.ends_on)

    @property
    def participants_label(self) -> str:
        """« plus de 500 participants », or empty when unknown."""
        if not self.participants_count:
            return ""
        count = f"{self.participants_count:,}".replace(",", "\u202f")
        noun = "participant" if self.participants_count == 1 else "participants"
        return f"plus de {count} {noun}" if self.participants_is_minimum else f"{count} {noun}"

    def catalogue_body(self) -> Iterator[str]:
        yield self.subject
        yield from self.programme.stream_block.get_searchable_content(self.programme)
        yield from self.body.stream_block.get_searchable_content(self.body)
        for sequence in self.sequences.all():
            yield f"{sequence.title} {sequence.speakers}"
            yield sequence.text
        for figure in self.key_figures.all():
            yield str(figure)

    def catalogue_attendance(self) -> Iterator[str]:
        for kind in self.structure_kinds.all():
            yield kind.label

    def catalogue_keywords(self) -> Iterator[str]:
        if self.number is not None:
            yield f"{self.number} {self.number}e {self.number}ème atelier"

    def catalogue_transcript(self) -> str:
        return self.replay.transcript_text if self.replay else ""

    def catalogue_moments(self) -> Iterator[Moment]:
        if not (self.replay and self.replay.is_watchable):
            return
        timed = [passage for passage in self.replay.passages() if passage.start is not None]
        for passage, following in zip(timed, [*timed[1:], None], strict=False):
            begin = float(passage.start or 0)
            # Until the next one, unless a silence follows.
            spoken = begin + len(passage.text) / SLOWEST_SPEECH
            end = passage.end or min(spoken, (following.start if following else None) or spoken)
            yield Moment(
                start=begin,
                end=max(begin, float(end)),
                text=passage.text,
                speaker=passage.speaker,
                overlap=passage.overlap,
            )

    def catalogue_slides(self) -> Iterator[Slide]:
        for link in self.documents.all():
            yield from link.slides()

    def catalogue_organisations(self) -> Iterable[Organisation]:
        return [*self.organisers.all(), *self.partners.all()]

    def catalogue_date(self) -> date:
        return self.starts_on or super().catalogue_date()

    def catalogue_date_label(self) -> str:
        return f"{self.date_label} – {self.get_fate_display().lower()}" if self.fate else self.date_label

    def catalogue_has_replay(self) -> bool:
        return bool(self.replay and self.replay.is_watchable)


def period_label(*, starts_on: date | None, ends_on: date | None) -> str:
    if starts_on is None:
        return ""
    if ends_on is None or ends_on == starts_on:
        return _day(starts_on)
    if (ends_on.year, ends_on.month) == (starts_on.year, starts_on.month):
        return f"du {_ordinal(starts_on)} au {_day(ends_on)}"
    return f"du {_day(starts_on)} au {_day(ends_on)}"


def _ordinal(day: date) -> str:
    return "1er" if day.day == 1 else str(day.day)


def _day(day: date) -> str:
    return f"{_ordinal(day)} {date_format(day, 'F Y')}"


class WorkshopKeyFigure(AbstractKeyFigure, Orderable):
    page = ParentalKey(WorkshopPage, on_delete=models.CASCADE, related_name="key_figures")

    class Meta(AbstractKeyFigure.Meta, Orderable.Meta):
        abstract = False


class WorkshopDocument(AbstractDocumentLink, Orderable):
    page = ParentalKey(WorkshopPage, on_delete=models.CASCADE, related_name="documents")

    class Meta(AbstractDocumentLink.Meta, Orderable.Meta):
        abstract = False


class AbstractPresentation(Orderable):
    initiative: models.ForeignKey

    panels: ClassVar[list[Any]] = [PageChooserPanel("initiative", "initiatives.InitiativePage")]

    class Meta(Orderable.Meta):
        abstract = True
        verbose_name = "initiative présentée"
        verbose_name_plural = "initiatives présentées"

    def __str__(self) -> str:
        return str(self.initiative)


class WorkshopInitiative(AbstractPresentation):
    """An initiative presented at a workshop, when the sequence is not known."""

    page = ParentalKey(WorkshopPage, on_delete=models.CASCADE, related_name="presentations")
    initiative = models.ForeignKey(
        InitiativePage, verbose_name="fiche initiative", on_delete=models.CASCADE, related_name="workshop_presentations"
    )

    class Meta(AbstractPresentation.Meta):
        abstract = False


class Replay(Orderable):
    """A recording: a video on a platform, or a file of ours; with what is said in it."""

    page = ParentalKey("events.WorkshopPage", on_delete=models.CASCADE, related_name="replays")
    url = models.URLField(
        "adresse de la vidéo",
        blank=True,
        help_text="La page de la vidéo.",
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
            "Tout ce qui est dit, mot à mot, tel que la plateforme le donne : WebVTT, SRT, texte copié de Teams, de "
            "Zoom ou du panneau de YouTube, texte minuté (« 00:01:07 texte »). Un résumé n’est pas une transcription."
        ),
    )
    transcript_status = models.CharField(
        "état de la transcription",
        max_length=12,
        choices=TranscriptStatus.choices,
        default=TranscriptStatus.AUTOMATIC,
        help_text="Dit aux lecteurs, sous le replay.",
    )
    published_on = models.DateField("mis en ligne le", null=True, blank=True)

    panels: ClassVar[list[Any]] = [
        PlainLinkPanel(),
        FieldPanel("url", help_text=VIDEOS_TAKEN),
        FieldPanel("file", help_text=FILES_TAKEN),
        *map(FieldPanel, ("duration", "poster", "transcript", "transcript_file")),
        TranscriptPanel(),
        *map(FieldPanel, ("transcript_status", "published_on")),
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
        """Half a minute to a minute of words each, none of which runs over the start of a sequence."""
        starts = (sequence.replay_start_seconds for sequence in self.page.sequences.all()) if self.page_id else ()
        return list(passages_of_text(self.transcript, tuple(float(start) for start in starts if start is not None)))

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
        *map(FieldPanel, ("title", "text", "speakers", "replay_start")),
        ProposedStartPanel(),
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


class SequenceInitiative(AbstractPresentation):
    sequence = ParentalKey(Sequence, on_delete=models.CASCADE, related_name="presentations")
    initiative = models.ForeignKey(
        InitiativePage, verbose_name="fiche initiative", on_delete=models.CASCADE, related_name="sequence_presentations"
    )

    class Meta(AbstractPresentation.Meta):
        abstract = False


# Django finds models from here; these name the workshop, and come after it.
from events.registrations.models import OpeningNotice, Registration  # noqa: E402, F401
