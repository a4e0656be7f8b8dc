"""What every catalogue entry shares: the facets it is found by, its dates, how it describes itself to the search."""

from collections.abc import Iterable, Iterator
from datetime import date
from functools import reduce
from operator import or_
from typing import Any, ClassVar

from django.apps import apps
from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import strip_tags
from modelcluster.fields import ParentalManyToManyField
from taggit.models import TagBase
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, TitleFieldPanel
from wagtail.documents import get_document_model
from wagtail.documents.models import AbstractDocument
from wagtail.models import Page
from wagtail.search import index

from hub.pages.models import DocumentWords
from hub.pages.records import CatalogueCard, CatalogueRecord, Moment, Slide
from hub.territories.models import Territory
from hub.vocabulary.fields import AudienceCheckboxes, VocabularyCheckboxes
from hub.vocabulary.models import Audience, Axis, Government, Organisation, OrganisationKind, Scheme, past_government_of


class CatalogueEntry(Page):
    """A page of the catalogue. A new content type inherits it and is searchable without a change to the search.

    Subclasses set ``catalogue_type`` (the value of ``?type=``) and ``catalogue_label``, and say through the
    ``catalogue_*`` methods what is theirs: body, structures, years, date, replay.
    """

    catalogue_type: ClassVar[str]
    catalogue_label: ClassVar[str]
    catalogue_label_plural: ClassVar[str]
    # Lookups from this type to the structures it names; their renaming changes the entry.
    organisation_lookups: ClassVar[tuple[str, ...]] = ()
    organisation_kind_lookups: ClassVar[tuple[str, ...]] = ()
    # Lookups to the documents whose words are searched with the entry.
    slide_lookups: ClassVar[tuple[str, ...]] = ()
    # Relations read while an entry is indexed, beside the facets.
    catalogue_prefetches: ClassVar[tuple[str, ...]] = ()

    summary = models.TextField(
        "chapô",
        max_length=600,
        blank=True,
        help_text="Deux ou trois phrases, montrées dans les listes et les résultats.",
    )
    audiences = ParentalManyToManyField(Audience, verbose_name="publics", blank=True, related_name="+")
    territories = ParentalManyToManyField(
        Territory,
        verbose_name="territoires",
        related_name="+",
        blank=True,
        help_text="Un ou plusieurs, de la commune à la région. « France entière » pour une portée nationale.",
    )
    axes = ParentalManyToManyField(Axis, verbose_name="axes", blank=True, related_name="+")
    schemes = ParentalManyToManyField(Scheme, verbose_name="dispositifs", blank=True, related_name="+")
    original_published_on = models.DateField(
        "publié à l’origine le",
        null=True,
        blank=True,
        help_text="Pour un contenu déjà publié ailleurs ; sinon, la date de première publication sur ce site fait foi.",
    )
    original_modified_on = models.DateField("modifié à l’origine le", null=True, blank=True)
    is_demonstration = models.BooleanField(
        "contenu de démonstration", default=False, help_text="Affiche sur la page que ce contenu est fictif."
    )

    facet_panels: ClassVar[list[Any]] = [
        MultiFieldPanel(
            [
                FieldPanel("audiences", widget=AudienceCheckboxes),
                # No asterisk: a draft may lack one, as the form of Wagtail cannot say.
                FieldPanel("territories", heading="Territoires (un au moins pour publier)"),
                FieldPanel("axes", widget=VocabularyCheckboxes),
                FieldPanel("schemes", widget=VocabularyCheckboxes),
                FieldPanel("tags"),
            ],
            heading="Pour être trouvé : publics, territoires, thèmes",
        ),
    ]
    date_panels: ClassVar[list[Any]] = [
        MultiFieldPanel(
            [FieldPanel("original_published_on"), FieldPanel("original_modified_on"), FieldPanel("is_demonstration")],
            heading="Dates d’origine",
        ),
    ]
    content_panels: ClassVar[list[Any]] = [TitleFieldPanel("title"), FieldPanel("summary")]
    promote_panels: ClassVar[list[Any]] = [
        MultiFieldPanel(
            [FieldPanel("slug"), FieldPanel("seo_title"), FieldPanel("search_description")], "Adresse et référencement"
        )
    ]
    search_fields: ClassVar[list[Any]] = [*Page.search_fields, index.SearchField("summary")]

    class Meta:
        abstract = True

    # --- dates -----------------------------------------------------------------------------------------------------

    @property
    def published_on(self) -> date | None:
        """Day of the first publication: the original one when the content comes from elsewhere."""
        return self.original_published_on or _local_day(self.first_published_at)

    @property
    def modified_on(self) -> date | None:
        """Day of the last change a reader can see, never before the publication."""
        if self.original_published_on and not _edited_since_import(self):
            return self.original_modified_on or self.original_published_on
        return _local_day(self.last_published_at) or self.original_modified_on

    @property
    def past_government(self) -> Government | None:
        """The government this entry was published under, when it is no longer in office."""
        return past_government_of(published_on=self.published_on) if self.published_on else None

    # --- what subclasses say of themselves -------------------------------------------------------------------------

    def catalogue_body(self) -> Iterator[str]:
        """Yield the texts of the page, plain or HTML, in reading order."""
        raise NotImplementedError

    def catalogue_keywords(self) -> Iterator[str]:
        """Yield further words that count as much as a tag (an atelier's number…)."""
        yield from ()

    def catalogue_transcript(self) -> str:
        return ""

    def catalogue_moments(self) -> Iterator[Moment]:
        """Yield what is said in the recording and when, in order of time; nothing of what is not timed."""
        yield from ()

    def catalogue_slides(self) -> Iterator[Slide]:
        """Yield the pages of the documents named by ``slide_lookups`` that have words."""
        yield from ()

    def catalogue_attendance(self) -> Iterator[str]:
        """Yield who was present without having said anything: found last, when nothing speaks of them."""
        yield from ()

    def catalogue_organisations(self) -> Iterable[Organisation]:
        return ()

    def catalogue_date(self) -> date:
        """The day the entry is sorted by."""
        return self.published_on or timezone.localdate()

    def catalogue_date_label(self) -> str:
        return date_format(self.catalogue_date(), "j F Y")

    def catalogue_years(self) -> Iterable[int]:
        """Years the entry is filtered by."""
        return (self.catalogue_date().year,)

    def catalogue_has_replay(self) -> bool:
        return False

    # --- the record ------------------------------------------------------------------------------------------------

    def catalogue_record(self) -> CatalogueRecord:
        audiences = list(self.audiences.all())
        schemes = list(self.schemes.all())
        territories = list(self.territories.all())
        # A structure that Dihal has not validated has no page, and is no filter of the search.
        organisations = [known for known in dict.fromkeys(self.catalogue_organisations()) if not known.is_proposed]
        tags = [item.tag for item in self.tagged_items.all()]
        moments = tuple(self.catalogue_moments())
        keywords = [
            *(word for scheme in schemes for word in (scheme.acronym, scheme.expansion) if word),
            *(tag.name for tag in tags),
            *(audience.full_label for audience in audiences),
            *self.catalogue_keywords(),
        ]
        return CatalogueRecord(
            key=f"page-{self.pk}",
            page_id=self.pk,
            type=self.catalogue_type,
            title=self.title,
            keywords="\n".join(keywords),
            summary=self.summary,
            body="\n".join(filter(None, (_plain(text) for text in self.catalogue_body()))),
            slides=tuple(self.catalogue_slides()),
            transcript=self.catalogue_transcript(),
            attendance="\n".join(self.catalogue_attendance()),
            moments=moments,
            speakers=tuple(dict.fromkeys(moment.speaker for moment in moments if moment.speaker)),
            audiences=_audience_slugs(audiences),
            axes=tuple(axis.slug for axis in self.axes.all()),
            schemes=tuple(scheme.slug for scheme in schemes),
            organisations=tuple(organisation.slug for organisation in organisations),
            tags=tuple(tag.slug for tag in tags),
            years=tuple(str(year) for year in self.catalogue_years()),
            territories=tuple(territory.code for territory in territories),
            located_in=_located_in(territories),
            has_replay=self.catalogue_has_replay(),
            date=self.catalogue_date(),
            card=CatalogueCard(
                url=self.url or "",
                type_label=self.catalogue_label,
                title=self.title,
                summary=self.summary,
                date_label=self.catalogue_date_label(),
                territories=tuple(territory.name for territory in territories),
                audiences=tuple(audience.label for audience in audiences),
                organisations=tuple(organisation.name for organisation in organisations[:3]),
                has_replay=self.catalogue_has_replay(),
            ),
        )


def catalogue_models() -> list[type[CatalogueEntry]]:
    return [model for model in apps.get_models() if issubclass(model, CatalogueEntry)]


def published_entries(model: type[CatalogueEntry]) -> QuerySet:
    """Entries a visitor may read, with everything their record needs in a constant number of queries."""
    return (
        model.objects.live()
        .public()
        .prefetch_related(
            "audiences__parent",
            "axes",
            "schemes",
            "territories__containers",
            "tagged_items__tag",
            *model.catalogue_prefetches,
        )
        .order_by("pk")
    )


def slide_documents() -> set[int]:
    """Return the documents whose words are searched with some published entry."""
    found: set[int] = set()
    for model in catalogue_models():
        for lookup in model.slide_lookups:
            found.update(model.objects.live().exclude(**{lookup: None}).order_by().values_list(lookup, flat=True))
    return found


def models_used_by_entries() -> tuple[type[models.Model], ...]:
    """What entries say words of and that is no vocabulary: see ``entries_using``."""
    return (get_document_model(), DocumentWords)


def entries_using(*, instance: models.Model) -> set[int]:
    found: set[int] = set()
    for model in catalogue_models():
        found.update(model.objects.filter(_usage(model=model, instance=instance)).values_list("pk", flat=True))
    return found


def _usage(*, model: type[CatalogueEntry], instance: models.Model) -> Q:
    lookups_of: dict[type[models.Model], tuple[str, ...]] = {
        Audience: ("audiences", "audiences__parent"),
        Axis: ("axes",),
        Scheme: ("schemes",),
        Territory: ("territories", "territories__containers"),
        Organisation: model.organisation_lookups,
        OrganisationKind: model.organisation_kind_lookups,
        AbstractDocument: model.slide_lookups,
        DocumentWords: model.slide_lookups,  # their key is that of the document
        TagBase: ("tagged_items__tag",),
    }
    for vocabulary, lookups in lookups_of.items():
        if isinstance(instance, vocabulary):
            return reduce(or_, (Q(**{lookup: instance.pk}) for lookup in lookups), Q(pk__in=()))
    raise LookupError(f"{type(instance).__name__} describes no catalogue entry")


def _audience_slugs(audiences: list[Audience]) -> tuple[str, ...]:
    if universal := tuple(audience.slug for audience in audiences if audience.is_universal):
        return universal
    families = (audience for narrow in audiences for audience in (narrow, narrow.parent) if audience)
    return tuple(dict.fromkeys(audience.slug for audience in families))


def _located_in(territories: list[Territory]) -> tuple[str, ...]:
    places = (place for own in territories for place in (own, *own.containers.all()))
    return tuple(dict.fromkeys(place.code for place in places))


def _plain(text: str) -> str:
    """Words of an HTML fragment; a closing tag separates words."""
    return " ".join(strip_tags(text.replace("<", " <")).split())


def _local_day(moment: Any) -> date | None:
    return timezone.localtime(moment).date() if moment else None


def _edited_since_import(entry: CatalogueEntry) -> bool:
    """Whether the entry was published again after its first publication on this site."""
    if not (entry.first_published_at and entry.last_published_at):
        return False
    return (entry.last_published_at - entry.first_published_at).total_seconds() > 1
