"""Step « L’essentiel »: what the lists of the site show of a sheet."""

from collections import Counter
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Count
from taggit.models import Tag

from hub.pages.catalogue import catalogue_models
from hub.territories.names import normalise_name
from initiatives.drafts import UNTITLED
from initiatives.keywords import TAG_MAX_LENGTH, distinct_names
from initiatives.models import InitiativePage
from initiatives.space.forms.base import StepForm
from initiatives.space.forms.fields import LinesField, YearField

MOST_TAGS = 20


class TagsField(forms.CharField):
    """Keywords separated by commas; cleaned into names, each as it is already written on the site when it is there."""

    def clean(self, value: Any) -> list[str]:
        text = super().clean(value)
        typed = distinct_names(" ".join(part.split()) for part in text.split(","))
        if len(typed) > MOST_TAGS:
            raise ValidationError(f"Pas plus de {MOST_TAGS} mots-clés : gardez les plus parlants.", code="too_many")
        if any(len(name) > TAG_MAX_LENGTH for name in typed):
            raise ValidationError(
                f"Un mot-clé compte au plus {TAG_MAX_LENGTH} caractères. Séparez les mots-clés par des virgules.",
                code="too_long",
            )
        known = known_tags(names=typed)
        return [known.get(name.casefold(), name) for name in typed]


def known_tags(*, names: list[str]) -> dict[str, str]:
    """Return the keywords of the site among these names, case aside, by their name in lower case."""
    # Databases do not all fold accented letters: « Éducation » and « éducation » are compared here.
    wanted = {name.casefold() for name in names}
    if not wanted:
        return {}
    rows = Tag.objects.order_by("-pk").values_list("name", flat=True)
    return {name.casefold(): name for name in rows if name.casefold() in wanted}


class EssentialForm(StepForm):
    slug = "essentiel"

    title = forms.CharField(
        required=False,
        max_length=255,
        help_text="Ce que fait l’initiative, et où. "
        "Par exemple : « Colocation accompagnée pour jeunes sortant de l’ASE, Ain ».",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    summary = LinesField(
        required=False,
        max_length=600,
        help_text="Deux ou trois phrases, montrées dans les listes et les résultats. 600 caractères au plus.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    start_year = YearField(help_text="Par exemple 2021.")
    end_year = YearField(help_text="Vide si l’initiative continue.")
    tags = TagsField(
        required=False,
        max_length=2000,
        help_text="Séparés par des virgules. Les mots-clés déjà utilisés sur le site sont suggérés.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "mots-cles"}),
    )

    def read(self, text: InitiativePage) -> dict[str, Any]:
        shown = super().read(text)
        shown["title"] = "" if text.title == UNTITLED else text.title
        shown["tags"] = ", ".join(tag.name for tag in text.tags.all())
        return shown

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        start, end = cleaned.get("start_year"), cleaned.get("end_year")
        if start and end and end < start:
            self.add_error("end_year", "L’initiative ne peut pas finir avant d’avoir commencé.")
        if self.is_background and cleaned.get("tags"):
            known = known_tags(names=cleaned["tags"])
            new = [name for name in cleaned["tags"] if name.casefold() not in known]
            if new:
                self.add_error("tags", f"« {new[0]} » sera ajouté aux mots-clés quand vous enregistrerez l’étape.")
        return cleaned

    def write(self, name: str, value: Any) -> None:
        if name == "tags":
            self.text.tags.set(value)
        elif name == "title":
            self.text.title = " ".join(value.split()) or UNTITLED
        else:
            super().write(name, value)


def suggested_tags(*, text: str = "", limit: int = 12) -> list[str]:
    """Return the keywords of published sheets and workshops that have a word beginning like ``text``, most used first.

    Those of drafts are left out: they tell what nobody else may read.
    """
    wanted = normalise_name(text)
    uses: Counter[str] = Counter()
    for model in catalogue_models():
        through = model.tags.through
        rows = through.objects.filter(content_object__in=model.objects.live().public().values("pk"))
        # Counted by the database: a catalogue has many times more uses than keywords.
        uses.update(dict(rows.order_by().values_list("tag__name").annotate(uses=Count("pk"))))
    found = [name for name in uses if not wanted or f" {wanted}" in f" {normalise_name(name)}"]
    return sorted(found, key=lambda name: (-uses[name], normalise_name(name)))[:limit]
