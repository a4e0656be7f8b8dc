from collections.abc import Iterable
from typing import ClassVar, Self

from django.db import models
from django.dispatch import Signal
from django.urls import reverse

from hub.territories.enums import TerritoryKind, is_typed_code


class TerritoryQuerySet(models.QuerySet):
    def current(self) -> Self:
        return self.filter(is_obsolete=False)

    def by_codes(self, codes: Iterable[str]) -> Self:
        """Territories of these typed codes (``commune-01004``), obsolete ones included; any other text is left out.

        Texts that are no code never reach the database, which may refuse some (PostgreSQL and NUL).
        """
        return self.filter(code__in={code for code in codes if is_typed_code(code)})


# Sent by the loader inside its transaction, when territories were created, renamed, merged, or changed containers.
# Argument: ``territory_ids``, a frozenset of primary keys.
territories_changed = Signal()


class Territory(models.Model):
    """A commune, EPCI, département, région, overseas collectivity, or France entière.

    Loaded by ``manage.py load_territories`` (source: code officiel géographique, see docs/territoires.md); never typed
    by hand. ``containers`` is the whole closure: a commune lists its EPCI, its département, its région and France; an
    EPCI lists *every* département and région it meets. An obsolete territory has the containers of its successor, and
    its successor among them.
    """

    kind = models.CharField("échelle", max_length=16, choices=TerritoryKind.choices)
    official_code = models.CharField("code officiel", max_length=12, help_text="Code Insee ou numéro Siren de l’EPCI.")
    code = models.CharField("code typé", max_length=32, unique=True, help_text="Par exemple commune-01004.")
    name = models.CharField("nom", max_length=200)
    population = models.PositiveIntegerField("population", default=0, help_text="Nombre d’habitants.")
    postcodes = models.JSONField("codes postaux", default=list, blank=True)
    containers = models.ManyToManyField(
        "self", verbose_name="contenu dans", symmetrical=False, related_name="contents", blank=True
    )
    is_obsolete = models.BooleanField("n’existe plus", default=False)
    successor = models.ForeignKey(
        "self",
        verbose_name="remplacé par",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="predecessors",
    )
    lookup_text = models.TextField(
        blank=True, editable=False, help_text="Normalised words of its names and, after =, of its areas."
    )

    # Set on suggestions found through the name (failing that the code) of a commune merged into this one.
    matched_former_name: str = ""

    objects = TerritoryQuerySet.as_manager()

    class Meta:
        verbose_name = "territoire"
        verbose_name_plural = "territoires"
        ordering: ClassVar = ["name", "code"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "official_code"], name="territory_kind_code_unique")
        ]
        indexes: ClassVar = [models.Index(fields=["name", "code"], name="territory_name_code")]

    def __str__(self) -> str:
        return f"{self.name} ({self.label_detail})" if self.label_detail else self.name

    def get_absolute_url(self) -> str:
        return reverse("territory", args=[self.code])

    @property
    def department_number(self) -> str:
        """Number of the département or overseas collectivity, read off a commune's Insee code; "" for other kinds."""
        if self.kind not in {TerritoryKind.COMMUNE, TerritoryKind.ARRONDISSEMENT}:
            return ""
        return self.official_code[:3] if self.official_code.startswith(("97", "98")) else self.official_code[:2]

    @property
    def label_detail(self) -> str:
        """What tells it from its homonyms: a commune's département, the scale of others (names of EPCI tell theirs).

        « Corrèze (19) » is the département, as everybody writes it: the commune of that name says what it is.
        """
        if self.code in NAMED_AS_THEIR_DEPARTEMENT:
            return f"commune, {self.department_number}"
        return _SCALE_WORDS.get(TerritoryKind(self.kind), self.department_number)


# Communes of their département's own name, Paris aside, which is both: Corrèze, Doubs, Mayenne.
NAMED_AS_THEIR_DEPARTEMENT = frozenset({"commune-19062", "commune-25204", "commune-53147"})

_SCALE_WORDS = {
    TerritoryKind.EPCI: "",
    TerritoryKind.DEPARTEMENT: "département",
    TerritoryKind.REGION: "région",
    TerritoryKind.COLLECTIVITE: "collectivité d’outre-mer",
    TerritoryKind.PAYS: "",
}


class TerritoryName(models.Model):
    """A way to find a territory by typing: one row for each word its name can be looked up from, postcode, or code.

    ``prefix`` narrows the look-up by plain equality, which every database can index whatever its collation (SQLite does
    not use an index for LIKE; PostgreSQL uses the one that Django gives an indexed text for that purpose). Rows
    always point to a territory that exists: the names and codes of merged communes lead to their successor, and say so
    in ``former_name``.
    """

    territory = models.ForeignKey(Territory, on_delete=models.CASCADE, related_name="lookup_names")
    text = models.CharField(max_length=210, db_index=True)
    prefix = models.CharField(max_length=2)
    weight = models.BigIntegerField(help_text="Larger and more populous first.")
    is_whole = models.BooleanField(
        default=False, help_text="The whole name, a postcode or a code: typed in full, first."
    )
    former_name = models.CharField(max_length=200, blank=True, help_text="The merged commune this row comes from.")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["prefix", "-weight", "text"], name="territory_name_prefix")]

    def __str__(self) -> str:
        return self.text
