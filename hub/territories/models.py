"""The official geography of France, with every container of every territory."""

from django.db import models
from django.urls import reverse
from wagtail.search import index

from hub.territories.enums import TerritoryKind
from hub.territories.querysets import TerritoryQuerySet


class Territory(index.Indexed, models.Model):
    """A commune, EPCI, département, région, overseas collectivity, or France entière.

    Loaded by ``manage.py load_territories`` (source: code officiel géographique, see docs/territoires.md); never typed
    by hand. ``containers`` is the whole closure: a commune lists its EPCI, its département, its région and France; an
    EPCI lists *every* département and région it meets.
    """

    kind = models.CharField("échelle", max_length=16, choices=TerritoryKind.choices)
    official_code = models.CharField("code officiel", max_length=12, help_text="Code Insee ou numéro Siren de l'EPCI.")
    code = models.CharField("code typé", max_length=32, unique=True, help_text="Par exemple commune-01004.")
    name = models.CharField("nom", max_length=200)
    population = models.PositiveIntegerField("population", default=0, help_text="Nombre d'habitants.")
    postcodes = models.JSONField("codes postaux", default=list, blank=True)
    containers = models.ManyToManyField(
        "self", verbose_name="contenu dans", symmetrical=False, related_name="contents", blank=True
    )
    is_obsolete = models.BooleanField("n'existe plus", default=False)
    successor = models.ForeignKey(
        "self", verbose_name="remplacé par", null=True, blank=True, on_delete=models.SET_NULL, related_name="predecessors"
    )

    objects = TerritoryQuerySet.as_manager()

    search_fields = [
        index.SearchField("name"),
        index.AutocompleteField("name"),
        index.AutocompleteField("official_code"),
        index.FilterField("kind"),
        index.FilterField("is_obsolete"),
    ]

    class Meta:
        verbose_name = "territoire"
        verbose_name_plural = "territoires"
        ordering = ["name", "code"]
        constraints = [models.UniqueConstraint(fields=["kind", "official_code"], name="territory_kind_code_unique")]

    def __str__(self) -> str:
        return f"{self.name} ({self.label_detail})"

    def get_absolute_url(self) -> str:
        return reverse("territory", args=[self.code])

    @property
    def label_detail(self) -> str:
        """What tells this territory from its homonyms: a commune's code, another's scale."""
        if self.kind in {TerritoryKind.COMMUNE, TerritoryKind.ARRONDISSEMENT}:
            return self.official_code
        return self.get_kind_display()


class TerritoryName(models.Model):
    """A way to find a territory by typing: one row for each word its name can be looked up from, postcode, or code.

    ``prefix`` narrows the look-up by plain equality, which every database can index whatever its collation.
    """

    territory = models.ForeignKey(Territory, on_delete=models.CASCADE, related_name="lookup_names")
    text = models.CharField(max_length=210)
    prefix = models.CharField(max_length=2)
    weight = models.BigIntegerField(help_text="Larger and more populous first.")

    class Meta:
        indexes = [models.Index(fields=["prefix", "-weight"], name="territory_name_prefix")]

    def __str__(self) -> str:
        return self.text
