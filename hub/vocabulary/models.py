from datetime import date

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.urls import reverse
from wagtail.search import index

from hub.territories.names import normalise_name


class GovernmentTitle(models.TextChoices):
    PREMIER_MINISTRE = "premier-ministre", "Premier ministre"
    PREMIERE_MINISTRE = "premiere-ministre", "Première ministre"


class GovernmentQuerySet(models.QuerySet):
    def in_office_on(self, *, day: date) -> "GovernmentQuerySet":
        """The government of a day; on a handover day, the one that leaves (its acts are dated before the handover)."""
        return self.filter(Q(ended_on__isnull=True) | Q(ended_on__gte=day), started_on__lte=day).order_by("started_on")


class OrganisationQuerySet(models.QuerySet):
    def validated(self) -> "OrganisationQuerySet":
        """Those that may be listed, suggested and have a page."""
        return self.filter(is_proposed=False)


class OtherNames(models.Model):
    """What people also call an entry.

    ``aliases`` mean the entry wherever they are read: in an imported recap and in a search. ``loose_aliases`` are wider
    than it (« logements vacants » for the owners who let): only the import makes a guess of them.
    """

    aliases = models.TextField(
        "autres appellations",
        blank=True,
        help_text="Une par ligne. Elles servent à la recherche (qui tape l’une d’elles trouve aussi cette entrée) et à "
        "reconnaître cette entrée dans un compte rendu importé.",
    )
    loose_aliases = models.TextField(
        "appellations trop larges pour la recherche",
        blank=True,
        help_text="Une par ligne. L’import d’un compte rendu y voit un indice ; la recherche les ignore : « logements "
        "vacants » ne veut pas dire « bailleurs ».",
    )

    class Meta:
        abstract = True

    def clean(self) -> None:
        """Refuse a name that would count for the search and not count."""
        super().clean()
        searched = {normalise_name(name) for name in self.aliases.splitlines()}
        if both := [name for name in lines_of(self.loose_aliases) if normalise_name(name) in searched]:
            raise ValidationError(
                {"loose_aliases": f"Déjà dans l’autre liste : {', '.join(both)}. Choisissez l’une des deux."}
            )

    @property
    def every_alias(self) -> tuple[str, ...]:
        return (*lines_of(self.aliases), *lines_of(self.loose_aliases))


def lines_of(text: str) -> tuple[str, ...]:
    """Return the lines of a text that say something, without the spaces around them."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())


class Audience(OtherNames, index.Indexed, models.Model):
    """Whom an initiative helps: a two-level list, with one universal entry ("Tous publics") that always matches."""

    label = models.CharField("intitulé", max_length=120, unique=True)
    slug = models.SlugField("identifiant dans les adresses", max_length=80, unique=True)
    parent = models.ForeignKey(
        "self",
        verbose_name="public plus large",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
        limit_choices_to={"parent__isnull": True, "is_universal": False},
        help_text="Laissez vide pour un public de premier niveau.",
    )
    is_universal = models.BooleanField(
        "« Tous publics »", default=False, help_text="Une fiche tous publics répond à toutes les recherches par public."
    )
    definition = models.TextField("définition", blank=True)

    search_fields = [index.SearchField("label"), index.AutocompleteField("label"), index.FilterField("parent")]

    class Meta:
        verbose_name = "public"
        verbose_name_plural = "publics"
        ordering = ["-is_universal", "label"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_universal"],
                condition=models.Q(is_universal=True),
                name="audience_single_universal",
                violation_error_message="Il ne peut y avoir qu’un seul public « Tous publics ».",
            )
        ]

    def __str__(self) -> str:
        return self.label

    def get_absolute_url(self) -> str:
        return reverse("audience", args=[self.slug])

    def clean(self) -> None:
        super().clean()
        if self.parent is None:
            return
        if self.parent_id == self.pk:
            raise ValidationError({"parent": "Un public ne peut pas se contenir lui-même."})
        if self.is_universal:
            raise ValidationError({"parent": "« Tous publics » ne dépend d’aucun autre public."})
        if self.parent.parent_id is not None or self.parent.is_universal:
            raise ValidationError(
                {"parent": "La liste des publics a deux niveaux : choisissez un public de premier niveau."}
            )
        if self.pk and self.children.exists():
            raise ValidationError({"parent": "Ce public en contient d’autres : il reste de premier niveau."})

    @property
    def full_label(self) -> str:
        """The label with its parent's, as in « Jeunes › Jeunes sortant de l’ASE »."""
        return f"{self.parent.label} › {self.label}" if self.parent else self.label


class Axis(OtherNames, index.Indexed, models.Model):
    """A side of life an accompaniment works on: logement, ressources, santé, emploi, insertion."""

    label = models.CharField("intitulé", max_length=80, unique=True)
    slug = models.SlugField("identifiant dans les adresses", max_length=80, unique=True)

    search_fields = [index.SearchField("label"), index.AutocompleteField("label")]

    class Meta:
        verbose_name = "axe"
        verbose_name_plural = "axes"
        ordering = ["label"]

    def __str__(self) -> str:
        return self.label


class Scheme(OtherNames, index.Indexed, models.Model):
    """A public scheme: AVDL, ASLL, FNAVDL… Feeds the glossary, the abbreviations in pages, and the search."""

    acronym = models.CharField(
        "sigle", max_length=30, blank=True, help_text="Vide si le dispositif n’en a pas (« Logement d’abord »)."
    )
    expansion = models.CharField("nom développé", max_length=200, unique=True)
    slug = models.SlugField("identifiant dans les adresses", max_length=80, unique=True)
    definition = models.TextField("définition", blank=True, help_text="Une à trois phrases, pour le glossaire.")

    search_fields = [
        index.SearchField("acronym"),
        index.SearchField("expansion"),
        index.AutocompleteField("acronym"),
        index.AutocompleteField("expansion"),
    ]

    class Meta:
        verbose_name = "dispositif"
        verbose_name_plural = "dispositifs"
        ordering = ["acronym", "expansion"]
        constraints = [
            models.UniqueConstraint(
                Upper("acronym"),
                condition=~models.Q(acronym=""),
                name="scheme_acronym_unique",
                violation_error_message="Un dispositif porte déjà ce sigle.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.acronym} – {self.expansion}" if self.acronym else self.expansion

    def get_absolute_url(self) -> str:
        return reverse("scheme", args=[self.slug])

    @property
    def short_label(self) -> str:
        """What fits on a tag: the acronym, or the full name when there is none."""
        return self.acronym or self.expansion


class OrganisationKind(models.Model):
    """What a structure is: service de l’État, bailleur social, ADIL… Also says who attended a workshop."""

    label = models.CharField("intitulé", max_length=120, unique=True)
    slug = models.SlugField("identifiant", max_length=80, unique=True)
    position = models.PositiveSmallIntegerField("rang dans les listes", default=0)
    aliases = models.TextField("autres appellations", blank=True, help_text="Une par ligne.")

    class Meta:
        verbose_name = "type de structure"
        verbose_name_plural = "types de structure"
        ordering = ["position", "label"]

    def __str__(self) -> str:
        return self.label


class Organisation(index.Indexed, models.Model):
    name = models.CharField("nom", max_length=200, unique=True)
    slug = models.SlugField("identifiant dans les adresses", max_length=120, unique=True)
    kind = models.ForeignKey(
        OrganisationKind, verbose_name="type de structure", on_delete=models.PROTECT, related_name="organisations"
    )
    territory = models.ForeignKey(
        "territories.Territory",
        verbose_name="territoire",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    website = models.URLField("site internet", blank=True)
    aliases = models.TextField("autres appellations", blank=True, help_text="Une par ligne : sigle, ancien nom…")
    is_proposed = models.BooleanField(
        "proposée, à valider",
        default=False,
        help_text="Décrite par un partenaire : absente des listes et des pages publiques tant que la case est cochée.",
    )

    objects = OrganisationQuerySet.as_manager()

    search_fields = [
        index.SearchField("name"),
        index.SearchField("aliases"),
        index.AutocompleteField("name"),
        index.FilterField("kind"),
    ]

    class Meta:
        verbose_name = "structure"
        verbose_name_plural = "structures"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("organisation", args=[self.slug])


class Government(models.Model):
    """A Prime Minister's time in office; drives the notice on pages published under an earlier government."""

    name = models.CharField("nom", max_length=120)
    title = models.CharField("titre", max_length=20, choices=GovernmentTitle.choices)
    started_on = models.DateField("en fonction depuis le", unique=True)
    ended_on = models.DateField("jusqu’au", null=True, blank=True, help_text="Vide : encore en fonction.")

    objects = GovernmentQuerySet.as_manager()

    class Meta:
        verbose_name = "gouvernement"
        verbose_name_plural = "gouvernements"
        ordering = ["-started_on"]

    def __str__(self) -> str:
        return f"{self.name} (depuis le {self.started_on:%d/%m/%Y})"

    def clean(self) -> None:
        super().clean()
        if self.ended_on and self.started_on and self.ended_on < self.started_on:
            raise ValidationError({"ended_on": "La fin précède le début."})
        others = Government.objects.exclude(pk=self.pk)
        if self.started_on and self.ended_on is None and others.filter(ended_on__isnull=True).exists():
            raise ValidationError(
                {"ended_on": "Un autre gouvernement est déjà sans date de fin : complétez-le d’abord."}
            )

    @property
    def notice(self) -> str:
        article = "du" if self.title == GovernmentTitle.PREMIER_MINISTRE else "de la"
        return f"Ce contenu a été publié sous le gouvernement {article} {self.get_title_display()}, {self.name}."


def past_government_of(*, published_on: date) -> Government | None:
    """Return the government a content was published under, or ``None`` if it is still in office or not known."""
    government = Government.objects.in_office_on(day=published_on).first()
    return government if government and government.ended_on is not None else None
