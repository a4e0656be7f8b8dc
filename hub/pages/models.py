from collections.abc import Iterator
from typing import Any, ClassVar

from django.core.paginator import Page as PaginatedPage
from django.core.paginator import Paginator
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page
from wagtail.search import index

from hub.pages.blocks import ContentBlocks
from hub.pages.enums import FigureQualifier
from hub.pages.fields import ContentField
from hub.pages.records import Slide

ENTRIES_PER_PAGE = 12


class AbstractKeyFigure(models.Model):
    """A figure worth remembering, structured to be reused: « plus de 21 000 ménages accompagnés (2021) »."""

    qualifier = models.CharField(
        "précision", max_length=10, choices=FigureQualifier.choices, blank=True, default=FigureQualifier.EXACT
    )
    value = models.DecimalField("valeur", max_digits=14, decimal_places=2)
    unit = models.CharField("unité", max_length=40, blank=True, help_text="Par exemple M€, %, ménages.")
    label = models.CharField("ce que le chiffre compte", max_length=200)
    year = models.PositiveSmallIntegerField("année", null=True, blank=True)
    source = models.CharField("source", max_length=200, blank=True)

    panels: ClassVar[list[Any]] = [
        FieldPanel(name) for name in ("qualifier", "value", "unit", "label", "year", "source")
    ]

    class Meta:
        abstract = True
        verbose_name = "chiffre clé"
        verbose_name_plural = "chiffres clés"

    def __str__(self) -> str:
        return f"{self.value.normalize():f} {self.unit} {self.label}".replace("  ", " ")

    @property
    def qualifier_label(self) -> str:
        return FigureQualifier(self.qualifier).label if self.qualifier else ""


class CatalogueIndexPage(Page):
    """A list of entries of one type, newest first. Subclasses say which entries, and how the starter page is called."""

    starter_title: ClassVar[str]
    starter_slug: ClassVar[str]
    starter_introduction: ClassVar[str] = ""

    introduction = models.TextField("introduction", blank=True)

    content_panels: ClassVar[list[Any]] = [*Page.content_panels, FieldPanel("introduction")]
    parent_page_types: ClassVar[list[str]] = ["pages.HomePage"]
    max_count = 1

    class Meta:
        abstract = True

    def listed_entries(self) -> QuerySet:
        raise NotImplementedError

    def entries_page(self, *, number: str | None) -> PaginatedPage:
        """One page of the list; an impossible number gives the first or the last page rather than an error."""
        asked = number if number and number.isdecimal() and int(number[:6]) else "1"
        return Paginator(self.listed_entries(), ENTRIES_PER_PAGE).get_page(asked)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        context["entries"] = self.entries_page(number=request.GET.get("page"))
        return context


class HomePage(Page):
    introduction = models.TextField(
        "accroche", blank=True, help_text="Une ou deux phrases sous le titre, au-dessus de la recherche."
    )
    body = ContentField(ContentBlocks(required=False), verbose_name="contenu libre", blank=True)

    content_panels: ClassVar[list[Any]] = [*Page.content_panels, FieldPanel("introduction"), FieldPanel("body")]
    search_fields: ClassVar[list[Any]] = [*Page.search_fields, index.SearchField("introduction")]
    parent_page_types: ClassVar[list[str]] = ["wagtailcore.Page"]
    max_count = 1
    template = "pages/home_page.html"
    page_description = "La page d’accueil du site."

    class Meta:
        verbose_name = "page d’accueil"
        verbose_name_plural = "pages d’accueil"


class StandardPage(Page):
    introduction = models.TextField("introduction", blank=True)
    body = ContentField(ContentBlocks(), verbose_name="contenu", blank=True)

    content_panels: ClassVar[list[Any]] = [*Page.content_panels, FieldPanel("introduction"), FieldPanel("body")]
    search_fields: ClassVar[list[Any]] = [
        *Page.search_fields,
        index.SearchField("introduction"),
        index.SearchField("body"),
    ]
    parent_page_types: ClassVar[list[str]] = ["pages.HomePage", "pages.StandardPage"]
    subpage_types: ClassVar[list[str]] = ["pages.StandardPage"]
    template = "pages/standard_page.html"
    page_description = "Une page de texte : mentions légales, présentation du site…"

    class Meta:
        verbose_name = "page simple"
        verbose_name_plural = "pages simples"


class SiteMapPage(Page):
    parent_page_types: ClassVar[list[str]] = ["pages.HomePage"]
    subpage_types: ClassVar[list[str]] = []
    max_count = 1
    template = "pages/site_map_page.html"
    page_description = "Le plan du site, toujours à jour."

    class Meta:
        verbose_name = "plan du site"
        verbose_name_plural = "plans du site"

    def sections(self) -> list[tuple[Page, list[Page]]]:
        """Return the pages of the first level with their public children, the entries of the catalogue aside."""
        home = self.get_parent()
        first_level = home.get_children().live().public().specific()
        return [
            # A list already shows its entries, page by page; there may be thousands.
            (page, [] if isinstance(page, CatalogueIndexPage) else list(page.get_children().live().public()))
            for page in first_level
            if page.pk != self.pk
        ]


class DocumentWords(models.Model):
    """The words of a PDF that entries attach, read in the background (``hub.pages.document_words``).

    ``file_hash`` is of the file that was read: of another one, these are no longer the words. ``refusal`` is why none
    could be read.
    """

    document = models.OneToOneField(
        "wagtaildocs.Document",
        verbose_name="document",
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="words",
    )
    file_hash = models.CharField("empreinte du fichier", max_length=40)
    pages = models.JSONField("mots de chaque page", default=list)
    refusal = models.TextField("pourquoi il n’est pas lu", blank=True)
    attempts = models.PositiveSmallIntegerField("essais", default=0)
    read_at = models.DateTimeField("lu le", auto_now=True)

    class Meta:
        verbose_name = "mots d’un document"
        verbose_name_plural = "mots des documents"

    def __str__(self) -> str:
        return f"{self.document} ({len(self.pages)} pages)"


class AbstractDocumentLink(models.Model):
    document = models.ForeignKey(
        "wagtaildocs.Document", verbose_name="document", on_delete=models.PROTECT, related_name="+"
    )
    title = models.CharField("titre du lien", max_length=200, blank=True, help_text="Vide : le titre du document.")

    panels: ClassVar[list[Any]] = [FieldPanel("document"), FieldPanel("title")]

    class Meta:
        abstract = True
        verbose_name = "document"
        verbose_name_plural = "documents"

    def __str__(self) -> str:
        return self.title or self.document.title

    def slides(self) -> Iterator[Slide]:
        """Yield the pages of the document that have words; nothing before they are read."""
        known = getattr(self.document, "words", None)
        if known is None or known.file_hash != self.document.file_hash:
            return
        for number, text in enumerate(known.pages, start=1):
            if text:
                yield Slide(str(self), number, text)
