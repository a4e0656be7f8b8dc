"""The fields of a sheet, each said once, in the order of the form.

``InitiativePage`` declares them for the database and for the editors' own form; whatever else is known of a field is
its row here. Steps, completeness, comparison, conflicts, duplication, import, remarks and questions read this table and
ask ``kind`` what to do, so that a new field is a row, its declaration and a migration. It imports no model: they read
it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from django.urls import reverse


class Kind(Enum):
    """What the value of a field is made of."""

    PLAIN = auto()  # words or a number, as they are kept
    TITLE = auto()  # the same, that Wagtail wants from the first day (``initiatives.drafts.UNTITLED``)
    CHOICE = auto()  # one of a closed list
    YEAR = auto()
    RICH = auto()  # HTML, one section of the sheet
    FACET = auto()  # entries of a vocabulary
    TAGS = auto()
    ROWS = auto()  # children of the page, in their order
    IMAGE = auto()
    BLOCKS = auto()  # free content


class Copied(Enum):
    """Whether a sheet written from another takes a field from it."""

    ALWAYS = auto()
    WITH_CONTACT = auto()
    NEVER = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """The column of a field in an imported file: what the template says of it. ``heading`` is the label, if empty."""

    explanation: str
    example: str = ""
    heading: str = ""
    is_required: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetField:
    """All that is known of one field but its declaration.

    ``asked`` and ``why`` say what a sheet lacks without it; a field without them is not counted. ``hint`` helps to
    answer where no input of the form does; ``lines`` is the height of its box. ``parts`` are what a row is made of,
    ``row`` what one is called; ``shown_by`` is the attribute by which an entry is read.
    """

    name: str
    label: str
    step: str
    kind: Kind = Kind.PLAIN
    asked: str = ""
    why: str = ""
    is_required: bool = False
    hint: str = ""
    copied: Copied = Copied.ALWAYS
    cell: Cell | None = None
    lines: int = 8
    shown_by: str = ""
    row: str = ""
    parts: tuple[str, ...] = ()


_ESSENTIAL, _STORY, _PARTNERS, _PLACES = "essentiel", "recit", "partenaires", "territoires"
_RESULTS, _DOCUMENTS = "resultats", "documents"
_SEVERAL = "Plusieurs valeurs séparées par « ; »."
_TEXT = "Paragraphes séparés par une ligne vide ; « - » commence un élément de liste ; [mots](https://…) est un lien."


def _rich(name: str, label: str, step: str, **said: Any) -> SheetField:
    return SheetField(name=name, label=label, step=step, kind=Kind.RICH, cell=Cell(explanation=_TEXT), **said)


def _facet(name: str, label: str, cell: Cell, **said: Any) -> SheetField:
    return SheetField(name=name, label=label, step=_PLACES, kind=Kind.FACET, cell=cell, **said)


FIELDS: dict[str, SheetField] = {
    field.name: field
    for field in (
        SheetField(
            name="title",
            label="Titre",
            step=_ESSENTIAL,
            kind=Kind.TITLE,
            asked="Un titre",
            why="C’est par lui que la fiche est trouvée et citée.",
            is_required=True,
            copied=Copied.NEVER,
            cell=Cell(
                explanation="Le nom de l’initiative. 255 caractères.",
                example="Colocation accompagnée pour jeunes sortant de l’ASE",
                is_required=True,
            ),
        ),
        SheetField(
            name="summary",
            label="Chapô",
            step=_ESSENTIAL,
            asked="Un chapô",
            why="Les listes et les résultats de recherche le montrent sous le titre.",
            is_required=True,
            cell=Cell(
                explanation="Deux ou trois phrases, sans mise en forme. 600 caractères.",
                example="Trois jeunes, un logement, un accompagnement hebdomadaire.",
            ),
        ),
        SheetField(
            name="status",
            label="État d’avancement",
            step=_ESSENTIAL,
            kind=Kind.CHOICE,
            cell=Cell(explanation="Vide : En cours.", example="En cours"),
        ),
        SheetField(
            name="start_year",
            label="Année de début",
            step=_ESSENTIAL,
            kind=Kind.YEAR,
            asked="L’année de début",
            why="Elle dit si l’initiative est récente ou installée.",
            cell=Cell(explanation="Une année, de 1980 à 2100.", example="2023"),
        ),
        SheetField(
            name="end_year",
            label="Année de fin",
            step=_ESSENTIAL,
            kind=Kind.YEAR,
            cell=Cell(explanation="Une année, de 1980 à 2100."),
        ),
        SheetField(
            name="tags",
            label="Mots-clés",
            step=_ESSENTIAL,
            kind=Kind.TAGS,
            asked="Des mots-clés",
            why="Ils font trouver la fiche par d’autres mots que les siens.",
            shown_by="name",
            cell=Cell(explanation=f"Libres. {_SEVERAL}", example="colocation ; parrainage"),
        ),
        _rich(
            "context",
            "Contexte",
            _STORY,
            asked="Le contexte ou le fonctionnement",
            why="Sans l’un des deux, on ne comprend pas ce que fait l’initiative.",
            is_required=True,
        ),
        _rich(
            "objectives",
            "Objectifs",
            _STORY,
            asked="Les objectifs",
            why="Ils permettent de juger si l’initiative répond au même besoin.",
        ),
        _rich(
            "operation",
            "Fonctionnement",
            _STORY,
            asked="Le fonctionnement",
            why="C’est ce que vos pairs cherchent en premier : comment cela marche.",
            lines=12,
        ),
        SheetField(
            name="partnerships",
            label="Partenaires et rôles",
            step=_PARTNERS,
            kind=Kind.ROWS,
            asked="Votre structure parmi les partenaires",
            why="La fiche dit qui fait quoi, à commencer par la structure qui la tient.",
            is_required=True,
            hint="Pour chaque structure, la vôtre d’abord :",
            row="Partenaire",
            parts=("organisation_id", "role", "contribution"),
            cell=Cell(
                heading="partenaires",
                explanation=(
                    "« Nom (rôle) », ou « Nom (rôle) : ce qu’elle fait » ; sans rôle : Partenaire. "
                    f"Une structure inconnue est proposée à la Dihal. {_SEVERAL}"
                ),
                example="ADIL de l’Ain (porteur) : coordination ; CD 01 (financeur)",
            ),
        ),
        _facet(
            "territories",
            "Territoires",
            Cell(
                explanation=(
                    "Code du hub (departement-01), code officiel, code postal ou nom entier : « Ain (01) », "
                    f"« Saint-Denis (93) ». {_SEVERAL}"
                ),
                example="departement-01 ; Lyon",
            ),
            asked="Au moins un territoire",
            why="On cherche d’abord ce qui se fait près de chez soi.",
            is_required=True,
            shown_by="name",
        ),
        _facet(
            "audiences",
            "Publics",
            Cell(
                explanation=f"Intitulés ou identifiants de la liste des publics. {_SEVERAL}",
                example="Jeunes sortant de l’ASE",
            ),
            asked="Au moins un public",
            why="On cherche par public ; « Tous publics » convient s’il n’y en a pas.",
            is_required=True,
            shown_by="full_label",
        ),
        _facet(
            "axes",
            "Axes",
            Cell(explanation=f"Intitulés ou identifiants. {_SEVERAL}", example="Logement ; Insertion"),
            asked="Un axe",
            why="Logement, santé, emploi… : le thème de l’accompagnement.",
            shown_by="label",
        ),
        _facet(
            "schemes",
            "Dispositifs",
            Cell(explanation=f"Sigles, noms développés ou identifiants. {_SEVERAL}", example="AVDL ; ASLL"),
            asked="Les dispositifs mobilisés",
            why="Ils relient la fiche au glossaire et à la recherche.",
            shown_by="short_label",
        ),
        _rich(
            "governance",
            "Gouvernance",
            _RESULTS,
            asked="La gouvernance",
            why="Qui décide, où, à quel rythme : ce que demande qui veut s’y mettre.",
            lines=6,
        ),
        _rich(
            "means",
            "Moyens et financement",
            _RESULTS,
            asked="Les moyens et le financement",
            why="Sans ordre de grandeur, difficile de s’en inspirer.",
            lines=6,
        ),
        SheetField(
            name="key_figures",
            label="Chiffres clés",
            step=_RESULTS,
            kind=Kind.ROWS,
            asked="Un chiffre clé",
            why="Un chiffre sourcé convainc mieux qu’un adjectif.",
            hint="Pour chaque chiffre :",
            copied=Copied.NEVER,
            row="Chiffre",
            parts=("qualifier", "value", "unit", "label", "year", "source"),
            cell=Cell(
                explanation=(
                    "« valeur | unité | ce qui est compté | année | source » ; année et source sont facultatives. "
                    f"{_SEVERAL}"
                ),
                example="plus de 120 | jeunes | jeunes logés | 2025 | rapport d’activité",
            ),
        ),
        _rich("results", "Résultats", _RESULTS, asked="Les résultats", why="Ce qui a changé, pour qui."),
        _rich("levers", "Leviers", _RESULTS, asked="Les leviers", why="Ce qui a aidé servira à d’autres.", lines=6),
        _rich(
            "obstacles",
            "Freins",
            _RESULTS,
            asked="Les freins",
            why="Ce qui a compliqué leur évitera des erreurs.",
            lines=6,
        ),
        _rich(
            "reproduction",
            "Pour reproduire",
            _RESULTS,
            asked="Ce qu’il faut pour reproduire",
            why="C’est la raison d’être de la fiche.",
        ),
        SheetField(
            name="image",
            label="Image",
            step=_DOCUMENTS,
            kind=Kind.IMAGE,
            asked="Une image",
            why="Elle rend la fiche reconnaissable dans les listes.",
            hint="Une photo ou un dessin à joindre.",
            copied=Copied.NEVER,
        ),
        SheetField(
            name="image_alternative_text", label="Texte alternatif de l’image", step=_DOCUMENTS, copied=Copied.NEVER
        ),
        SheetField(
            name="documents",
            label="Documents",
            step=_DOCUMENTS,
            kind=Kind.ROWS,
            hint="Des fichiers à joindre ; pour chacun :",
            copied=Copied.NEVER,
            row="Document",
            parts=("document_id", "title"),
        ),
        SheetField(
            name="body",
            label="Pour aller plus loin",
            step=_DOCUMENTS,
            kind=Kind.BLOCKS,
            copied=Copied.NEVER,
            cell=Cell(explanation=f"{_TEXT} « ## » commence un intertitre, « > » un encadré."),
        ),
        SheetField(
            name="contact_name",
            label="Nom du contact",
            step=_DOCUMENTS,
            asked="Le nom d’un contact",
            why="On écrit plus volontiers à quelqu’un.",
            copied=Copied.WITH_CONTACT,
            cell=Cell(explanation="120 caractères.", example="Camille Martin"),
        ),
        SheetField(
            name="contact_role",
            label="Fonction du contact",
            step=_DOCUMENTS,
            copied=Copied.WITH_CONTACT,
            cell=Cell(explanation="160 caractères."),
        ),
        SheetField(
            name="contact_email",
            label="Courriel du contact",
            step=_DOCUMENTS,
            asked="Le courriel d’un contact",
            why="Les lecteurs posent leurs questions à la structure.",
            is_required=True,
            copied=Copied.WITH_CONTACT,
            cell=Cell(explanation="Une adresse.", example="contact@structure.example"),
        ),
        SheetField(
            name="contact_phone",
            label="Téléphone du contact",
            step=_DOCUMENTS,
            copied=Copied.WITH_CONTACT,
            cell=Cell(explanation="30 caractères."),
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Step:
    """One page of the form: its place in the address, what it is called."""

    slug: str
    title: str

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(field.name for field in FIELDS.values() if field.step == self.slug)


STEPS: tuple[Step, ...] = (
    Step(_ESSENTIAL, "L’essentiel"),
    Step(_STORY, "Le récit"),
    Step(_PARTNERS, "Partenaires et rôles"),
    Step(_PLACES, "Territoires et publics"),
    Step(_RESULTS, "Résultats et moyens"),
    Step(_DOCUMENTS, "Documents et contact"),
    Step("envoi", "Vérifier et envoyer"),
)


def step_named(slug: str) -> Step | None:
    return next((step for step in STEPS if step.slug == slug), None)


def anchor_of(name: str) -> str:
    """Return the fragment of the step's address that leads to a field."""
    return f"champ-{name}"


def field_label(*, name: str) -> str:
    """Return what people call a field of the sheet: « Chiffres clés »; a name that is no field is returned as it is."""
    return FIELDS[name].label if name in FIELDS else name


def field_address(*, page_id: int, name: str) -> str:
    """Return the path where the partner corrects a field: its step of the form, or the sheet for another name."""
    if name not in FIELDS:
        return reverse("sheet", args=[page_id])
    return f"{reverse('sheet-step', args=[page_id, FIELDS[name].step])}#{anchor_of(name)}"


def required_fields() -> list[str]:
    return [field.name for field in FIELDS.values() if field.is_required]


def sections() -> list[SheetField]:
    return [field for field in FIELDS.values() if field.kind is Kind.RICH]


def fields_in_order(*, moved: Mapping[str, str]) -> list[SheetField]:
    """Return the fields in the order of the form, those of ``moved`` each right after another."""
    names = list(FIELDS)
    for name, other in moved.items():
        names.remove(name)
        names.insert(names.index(other) + 1, name)
    return [FIELDS[name] for name in names]
