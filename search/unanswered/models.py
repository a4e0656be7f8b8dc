from django.db import models
from django.urls import reverse
from django.utils import timezone

from search.query import MAX_TEXT_LENGTH

MAX_LENGTH = 500


class UnansweredSearch(models.Model):
    """What somebody was looking for, in their words, and the search that did not give it.

    Nothing says who: neither an account nor an address. ``query`` is what was typed in the search, ``filters`` the
    names of what it was narrowed by, one a line, ``querystring`` what runs it again.
    """

    text = models.TextField("ce qui était cherché", max_length=MAX_LENGTH)
    query = models.CharField("mots de la recherche", max_length=MAX_TEXT_LENGTH, blank=True)
    filters = models.TextField("filtres", blank=True)
    querystring = models.TextField("adresse de la recherche", blank=True)
    created_at = models.DateTimeField("reçue le", default=timezone.now, db_index=True)
    is_handled = models.BooleanField(
        "traitée",
        default=False,
        help_text="Une fiche a été demandée, un mot ajouté au thésaurus… ou il n’y avait rien à faire.",
    )

    class Meta:
        verbose_name = "recherche sans réponse"
        verbose_name_plural = "recherches sans réponse"
        ordering = ["is_handled", "-created_at", "-pk"]

    def __str__(self) -> str:
        return self.query or self.text[:80]

    @property
    def filters_shown(self) -> str:
        return " · ".join(self.filters.splitlines())

    @property
    def search_url(self) -> str:
        return f"{reverse('search')}?{self.querystring}" if self.querystring else reverse("search")
