from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Self
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import models, transaction

from search import analysis
from search.enums import ThesaurusKind
from search.synonyms import MAX_WORDING_WORDS, Equivalence, read_wording

MAX_WORDINGS = 40
MAX_WORDING_LENGTH = 100


def wordings_in(text: str) -> list[str]:
    """Return the words and expressions of a field, one a line, each once and without needless spaces."""
    lines = (" ".join(line.split()) for line in analysis.clean(text).splitlines())
    return list(dict.fromkeys(filter(None, lines)))


def _wrong_with(texts: list[str]) -> Iterable[str]:
    if len(texts) > MAX_WORDINGS:
        yield f"{MAX_WORDINGS} lignes au plus : faites plusieurs entrées."
    for text in texts[:MAX_WORDINGS]:
        if len(text) > MAX_WORDING_LENGTH:
            yield f"« {text[:MAX_WORDING_LENGTH]}… » est trop long : {MAX_WORDING_LENGTH} caractères au plus."
        elif problem := _wrong_with_one(text):
            yield problem


def _wrong_with_one(text: str) -> str:
    words = list(analysis.words(text))
    kept = [word for word in words if word.term]
    if not words:
        return f"« {text} » ne contient aucun mot."
    if not kept:
        return f"« {text} » n’est fait que de mots trop courants, que la recherche ne regarde pas."
    if len(kept) > MAX_WORDING_WORDS:
        return f"« {text} » a trop de mots : {MAX_WORDING_WORDS} au plus, sans compter les petits mots."
    if all(analysis.is_question_word(word.surface) for word in kept):
        return f"« {text} » est un mot de question (« comment », « trouver »…), que la recherche laisse de côté."
    if read_wording(text) is None:
        return f"« {text} » n’est pas un mot que la recherche peut comparer."
    return ""


def _key(text: str) -> tuple[str, ...]:
    wording = read_wording(text)
    return wording.key if wording else ()


def _distinct(texts: Iterable[str]) -> set[tuple[str, ...]]:
    return {key for text in texts if (key := _key(text))}


@contextmanager
def _changing() -> Iterator[None]:
    """Change entries, and let every process know in the same transaction."""
    with transaction.atomic():
        yield
        ThesaurusVersion.objects.update_or_create(pk=1, defaults={"version": uuid4().hex})


class ThesaurusQuerySet(models.QuerySet):
    """Entries of the thesaurus. Whatever changes rows without saving them says so to every process as well."""

    def active(self) -> Self:
        return self.filter(is_active=True)

    def equivalences(self) -> tuple[Equivalence, ...]:
        entries: Iterable[Any] = self.order_by("pk").only("kind", "wordings", "meanings")
        return tuple(entry.equivalence for entry in entries)

    def update(self, **values: Any) -> int:
        with _changing():
            return super().update(**values)

    def bulk_create(self, objs: Any, *args: Any, **options: Any) -> Any:
        with _changing():
            return super().bulk_create(objs, *args, **options)

    def delete(self) -> tuple[int, dict[str, int]]:
        with _changing():
            return super().delete()

    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]


class ThesaurusEntry(models.Model):
    """A family of words that mean one another, or words that also mean others.

    Words and expressions are one a line; ``meanings`` are for one-way entries only.
    """

    kind = models.CharField("sorte", max_length=20, choices=ThesaurusKind.choices, default=ThesaurusKind.FAMILY)
    wordings = models.TextField(
        "mots ou expressions",
        help_text="Un par ligne. Accents, majuscules, pluriels et petits mots (de, le, à…) ne font pas de différence.",
    )
    meanings = models.TextField(
        "veulent dire aussi",
        blank=True,
        help_text="Un par ligne, pour un sens unique : qui tape « cabane » cherche aussi « bidonville ». Laissez vide "
        "pour une famille.",
    )
    is_active = models.BooleanField(
        "compte pour la recherche", default=True, help_text="Décochez pour suspendre cette entrée sans la perdre."
    )
    note = models.CharField(
        "note",
        max_length=200,
        blank=True,
        help_text="Pour les éditeurs : d’où vient cette entrée, pourquoi elle existe.",
    )
    updated_at = models.DateTimeField("modifiée le", auto_now=True)

    objects = ThesaurusQuerySet.as_manager()

    class Meta:
        verbose_name = "entrée du thésaurus"
        verbose_name_plural = "entrées du thésaurus"
        ordering = ["wordings", "pk"]

    def __str__(self) -> str:
        words, meanings = wordings_in(self.wordings)[:4], wordings_in(self.meanings)[:4]
        if self.kind == ThesaurusKind.ONE_WAY:
            return f"{', '.join(words)} → {', '.join(meanings)}"
        return " = ".join(words) or "entrée vide"

    def save(self, *args: Any, **options: Any) -> None:
        with _changing():
            super().save(*args, **options)

    def delete(self, *args: Any, **options: Any) -> tuple[int, dict[str, int]]:
        with _changing():
            return super().delete(*args, **options)

    def clean(self) -> None:
        super().clean()
        typed, meant = wordings_in(self.wordings), wordings_in(self.meanings)
        self.wordings, self.meanings = "\n".join(typed), "\n".join(meant)
        wrong, wrong_meanings = list(_wrong_with(typed)), list(_wrong_with(meant))
        if self.kind == ThesaurusKind.FAMILY:
            if meant:
                wrong_meanings = ["Une famille n’a pas de sens : laissez ce champ vide, ou choisissez « sens unique »."]
            if len(_distinct(typed)) < 2 and not wrong:  # noqa: PLR2004 — a family is two at least
                wrong = [
                    "Une famille a deux mots différents au moins : accents, pluriels et petits mots ne comptent pas."
                ]
        elif not meant:
            wrong_meanings = ["Indiquez ce que ces mots veulent dire aussi."]
        elif both := _distinct(typed) & _distinct(meant):
            shown = ", ".join(text for text in meant if _key(text) in both)
            told = f"Déjà à gauche : {shown}. La recherche n’y voit aucune différence."
            wrong_meanings = wrong_meanings or [told]
        if wrong or wrong_meanings:
            raise ValidationError(
                {name: said for name, said in (("wordings", wrong), ("meanings", wrong_meanings)) if said}
            )

    @property
    def equivalence(self) -> Equivalence:
        is_family = self.kind == ThesaurusKind.FAMILY
        return Equivalence(
            wordings=tuple(wordings_in(self.wordings)),
            meanings=() if is_family else tuple(wordings_in(self.meanings)),
            is_mutual=is_family,
        )


class ThesaurusVersion(models.Model):
    """One row, whose text changes with the thesaurus: every search reads it, and reads the entries when it is new.

    It is drawn, not counted: a change that is rolled back can give its version to no other one.
    """

    version = models.CharField(max_length=32)

    class Meta:
        verbose_name = "version du thésaurus"
        verbose_name_plural = "versions du thésaurus"

    def __str__(self) -> str:
        return self.version


class OfferedEntry(models.Model):
    """An entry of the starter thesaurus that this hub was given once: what editors did with it since is theirs."""

    key = models.CharField("clé", max_length=80, unique=True)

    class Meta:
        verbose_name = "entrée de départ déjà proposée"
        verbose_name_plural = "entrées de départ déjà proposées"

    def __str__(self) -> str:
        return self.key
