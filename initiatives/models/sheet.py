"""Initiative sheets: what was co-built somewhere, with whom, and what it takes to do it again."""

from collections.abc import Iterable, Iterator
from http import HTTPStatus
from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from modelcluster.contrib.taggit import ClusterTaggableManager
from modelcluster.fields import ParentalKey
from taggit.models import TaggedItemBase
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.contrib.redirects.middleware import get_redirect
from wagtail.contrib.redirects.models import Redirect
from wagtail.fields import RichTextField
from wagtail.models import Orderable
from wagtail.search import index
from wagtail.url_routing import RouteResult

from hub.pages.blocks import RICH_TEXT_FEATURES, ContentBlocks
from hub.pages.catalogue import CatalogueEntry
from hub.pages.fields import ContentField
from hub.pages.models import AbstractDocumentLink, AbstractKeyFigure, CatalogueIndexPage
from hub.vocabulary.models import Organisation
from initiatives import fields
from initiatives.enums import InitiativeStatus, PartnershipRole
from initiatives.forms import InitiativePageForm

YEAR_VALIDATORS = [MinValueValidator(1980), MaxValueValidator(2100)]


def _section(label: str, help_text: str) -> RichTextField:
    return RichTextField(label, blank=True, features=RICH_TEXT_FEATURES, help_text=help_text)


def _is_redirected(request: HttpRequest) -> bool:
    return get_redirect(request, Redirect.normalise_path(request.get_full_path())) is not None


class InitiativeTag(TaggedItemBase):
    content_object = ParentalKey("initiatives.InitiativePage", on_delete=models.CASCADE, related_name="tagged_items")


class InitiativeIndexPage(CatalogueIndexPage):
    starter_title = "Initiatives"
    starter_slug = "initiatives"
    starter_introduction = (
        "Des initiatives locales construites à plusieurs : ce qui a été fait, par qui, pour quels publics, "
        "et ce qu’il faut pour s’en inspirer."
    )

    subpage_types: ClassVar[list[str]] = ["initiatives.InitiativePage"]
    template = "initiatives/initiative_index_page.html"
    page_description = "La liste des fiches initiatives."

    class Meta:
        verbose_name = "liste des initiatives"
        verbose_name_plural = "listes des initiatives"

    def route(self, request: HttpRequest, path_components: list[str]) -> RouteResult:
        """Find a sheet; one that was taken off the site answers 410, unless an editor redirected its address."""
        try:
            return super().route(request, path_components)
        except Http404:
            withdrawn = InitiativePage.objects.child_of(self).filter(
                slug__in=path_components[:1], live=False, first_published_at__isnull=False
            )
            if len(path_components) != 1 or not withdrawn.exists() or _is_redirected(request):
                raise
        return RouteResult(self, kwargs={"is_withdrawn": True})

    def serve(self, request: HttpRequest, *args: Any, is_withdrawn: bool = False, **kwargs: Any) -> HttpResponse:
        """Show the list, or say that a sheet was taken off the site. Its title may be the reason: it is not said."""
        if is_withdrawn:
            return TemplateResponse(request, "initiatives/withdrawn.html", {"page": self}, status=HTTPStatus.GONE)
        return super().serve(request, *args, **kwargs)

    def listed_entries(self) -> QuerySet:
        return (
            InitiativePage.objects.child_of(self)
            .live()
            .public()
            .prefetch_related("territories", "audiences")
            .order_by(models.F("first_published_at").desc(nulls_last=True), "-pk")
        )


class InitiativePage(CatalogueEntry):
    catalogue_type = "initiative"
    catalogue_label = "Fiche initiative"
    catalogue_label_plural = "Fiches initiatives"
    organisation_lookups = ("partnerships__organisation",)
    catalogue_prefetches = ("partnerships__organisation", "key_figures")

    status = models.CharField(
        "état d’avancement", max_length=12, choices=InitiativeStatus.choices, default=InitiativeStatus.RUNNING
    )
    start_year = models.PositiveSmallIntegerField("année de début", null=True, blank=True, validators=YEAR_VALIDATORS)
    end_year = models.PositiveSmallIntegerField("année de fin", null=True, blank=True, validators=YEAR_VALIDATORS)
    image = models.ForeignKey(
        "wagtailimages.Image", verbose_name="image", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    image_alternative_text = models.CharField(
        "texte alternatif de l’image", max_length=250, blank=True, help_text="Vide si l’image est décorative."
    )
    context = _section("contexte", "Le besoin de départ, et le territoire.")
    objectives = _section("objectifs", "Ce que l’initiative cherche à obtenir.")
    operation = _section("fonctionnement", "Comment cela marche, étape par étape.")
    governance = _section("gouvernance", "Qui décide, où, à quel rythme.")
    means = _section("moyens et financement", "Équipe, budget, financeurs.")
    results = _section("résultats", "Ce qui a changé, pour qui, mesuré comment.")
    levers = _section("leviers", "Ce qui a aidé.")
    obstacles = _section("freins", "Ce qui a compliqué, et ce qui a permis d’avancer.")
    reproduction = _section("pour reproduire", "Ce qu’il faut réunir pour s’en inspirer ailleurs.")
    body = ContentField(
        ContentBlocks(required=False),
        verbose_name="pour aller plus loin",
        blank=True,
        help_text="Contenu libre, après la fiche.",
    )
    contact_name = models.CharField("nom du contact", max_length=120, blank=True)
    contact_role = models.CharField("fonction du contact", max_length=160, blank=True)
    contact_email = models.EmailField("courriel du contact", blank=True)
    contact_phone = models.CharField("téléphone du contact", max_length=30, blank=True)
    tags = ClusterTaggableManager(through=InitiativeTag, verbose_name="mots-clés", blank=True)

    base_form_class = InitiativePageForm
    content_panels: ClassVar[list[Any]] = [
        *CatalogueEntry.content_panels,
        FieldRowPanel([FieldPanel("status"), FieldPanel("start_year"), FieldPanel("end_year")]),
        *CatalogueEntry.facet_panels,
        MultiFieldPanel(
            [FieldPanel(name) for name in ("context", "objectives", "operation")],
            heading="L’histoire",
        ),
        InlinePanel("partnerships", heading="Partenaires et rôles", label="Partenaire"),
        MultiFieldPanel([FieldPanel("governance"), FieldPanel("means")], heading="Gouvernance et moyens"),
        InlinePanel("key_figures", heading="Chiffres clés", label="Chiffre clé"),
        MultiFieldPanel(
            [FieldPanel(name) for name in ("results", "levers", "obstacles", "reproduction")],
            heading="Résultats et enseignements",
        ),
        MultiFieldPanel([FieldPanel("image"), FieldPanel("image_alternative_text")], heading="Image"),
        FieldPanel("body"),
        InlinePanel("documents", heading="Documents", label="Document"),
        MultiFieldPanel(
            [FieldPanel(f"contact_{part}") for part in ("name", "role", "email", "phone")], heading="Contact"
        ),
        *CatalogueEntry.date_panels,
    ]
    search_fields: ClassVar[list[Any]] = [
        *CatalogueEntry.search_fields,
        index.SearchField("context"),
        index.SearchField("body"),
    ]
    parent_page_types: ClassVar[list[str]] = ["initiatives.InitiativeIndexPage"]
    subpage_types: ClassVar[list[str]] = []
    template = "initiatives/initiative_page.html"
    page_description = (
        "Une initiative locale co-construite : contexte, partenaires, résultats, ce qu’il faut pour la reproduire."
    )

    class Meta:
        verbose_name = "fiche initiative"
        verbose_name_plural = "fiches initiatives"

    @property
    def period_label(self) -> str:
        """« Depuis 2021 », « À partir de 2027 », « 2019 – 2023 », or empty when no year is known."""
        if self.start_year and self.end_year:
            return str(self.start_year) if self.start_year == self.end_year else f"{self.start_year} – {self.end_year}"
        if self.start_year:
            is_planned = self.start_year > timezone.localdate().year
            return f"À partir de {self.start_year}" if is_planned else f"Depuis {self.start_year}"
        return f"Jusqu’en {self.end_year}" if self.end_year else ""

    def sections(self) -> list[tuple[str, str, str]]:
        """Filled sections as (anchor, heading, HTML)."""
        return [(field.name, field.label, html) for field in fields.sections() if (html := getattr(self, field.name))]

    @transaction.atomic
    def publish(self, *args: Any, **kwargs: Any) -> Any:
        """Put a text online, with the mails and the exchange that follow: Wagtail alone would write them apart."""
        return super().publish(*args, **kwargs)

    @transaction.atomic
    def unpublish(self, *args: Any, **kwargs: Any) -> Any:
        """Take the sheet off the site, likewise."""
        return super().unpublish(*args, **kwargs)

    def catalogue_body(self) -> Iterator[str]:
        for _anchor, _heading, html in self.sections():
            yield html
        for partnership in self.partnerships.all():
            yield f"{partnership.organisation.name} {partnership.contribution}"
        for figure in self.key_figures.all():
            yield str(figure)
        yield from self.body.stream_block.get_searchable_content(self.body)

    def catalogue_organisations(self) -> Iterable[Organisation]:
        return [partnership.organisation for partnership in self.partnerships.all()]

    def catalogue_date_label(self) -> str:
        return self.period_label

    def catalogue_years(self) -> Iterable[int]:
        return (self.start_year,) if self.start_year else (self.catalogue_date().year,)


class Partnership(Orderable):
    """How an organisation takes part in an initiative, and what it does there."""

    page = ParentalKey(InitiativePage, on_delete=models.CASCADE, related_name="partnerships")
    organisation = models.ForeignKey(
        Organisation, verbose_name="structure", on_delete=models.PROTECT, related_name="partnerships"
    )
    role = models.CharField("rôle", max_length=12, choices=PartnershipRole.choices, default=PartnershipRole.PARTNER)
    contribution = models.CharField("ce qu’elle fait", max_length=300, blank=True)

    panels: ClassVar[list[Any]] = [FieldPanel("organisation"), FieldPanel("role"), FieldPanel("contribution")]

    class Meta(Orderable.Meta):
        verbose_name = "partenariat"
        verbose_name_plural = "partenariats"

    def __str__(self) -> str:
        return f"{self.organisation} ({self.get_role_display()})"


class InitiativeKeyFigure(AbstractKeyFigure, Orderable):
    page = ParentalKey(InitiativePage, on_delete=models.CASCADE, related_name="key_figures")

    class Meta(AbstractKeyFigure.Meta, Orderable.Meta):
        abstract = False


class InitiativeDocument(AbstractDocumentLink, Orderable):
    page = ParentalKey(InitiativePage, on_delete=models.CASCADE, related_name="documents")

    class Meta(AbstractDocumentLink.Meta, Orderable.Meta):
        abstract = False
