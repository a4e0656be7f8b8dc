"""The columns of the file: what each is called, what it fills, what may be written there.

The template, the reading and the documentation all come from this list. A heading is recognised whatever its case,
accents and punctuation.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from hub.territories.names import normalise_name

SEVERAL = "Plusieurs valeurs séparées par « ; »."
TEXT = "Paragraphes séparés par une ligne vide ; « - » commence un élément de liste ; [mots](https://…) est un lien."


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column. ``key`` is the field of the sheet it fills, or what the import makes of it."""

    key: str
    heading: str
    explanation: str
    example: str = ""
    is_required: bool = False


COLUMNS: tuple[Column, ...] = (
    Column(
        key="external_id",
        heading="identifiant",
        explanation="Le vôtre, unique et stable : la même ligne importée de nouveau est la même fiche. 120 caractères.",
        example="FICHE-2026-001",
        is_required=True,
    ),
    Column(
        key="steward",
        heading="structure",
        explanation="Structure qui tient la fiche, déjà connue du hub. Vide : celle choisie pour tout l’import.",
        example="ADIL de l’Ain",
    ),
    Column(
        key="title",
        heading="titre",
        explanation="Le nom de l’initiative. 255 caractères.",
        example="Colocation accompagnée pour jeunes sortant de l’ASE",
        is_required=True,
    ),
    Column(
        key="summary",
        heading="chapô",
        explanation="Deux ou trois phrases, sans mise en forme. 600 caractères.",
        example="Trois jeunes, un logement, un accompagnement hebdomadaire.",
    ),
    Column(key="status", heading="état d’avancement", explanation="Vide : En cours.", example="En cours"),
    Column(key="start_year", heading="année de début", explanation="Une année, de 1980 à 2100.", example="2023"),
    Column(key="end_year", heading="année de fin", explanation="Une année, de 1980 à 2100."),
    Column(
        key="audiences",
        heading="publics",
        explanation=f"Intitulés ou identifiants de la liste des publics. {SEVERAL}",
        example="Jeunes sortant de l’ASE",
    ),
    Column(
        key="territories",
        heading="territoires",
        explanation=(
            "Code du hub (departement-01), code officiel, code postal ou nom entier : « Ain (01) », "
            f"« Saint-Denis (93) ». {SEVERAL}"
        ),
        example="departement-01 ; Lyon",
    ),
    Column(
        key="axes", heading="axes", explanation=f"Intitulés ou identifiants. {SEVERAL}", example="Logement ; Insertion"
    ),
    Column(
        key="schemes",
        heading="dispositifs",
        explanation=f"Sigles, noms développés ou identifiants. {SEVERAL}",
        example="AVDL ; ASLL",
    ),
    Column(key="tags", heading="mots-clés", explanation=f"Libres. {SEVERAL}", example="colocation ; parrainage"),
    Column(key="context", heading="contexte", explanation=TEXT),
    Column(key="objectives", heading="objectifs", explanation=TEXT),
    Column(key="operation", heading="fonctionnement", explanation=TEXT),
    Column(
        key="partnerships",
        heading="partenaires",
        explanation=(
            "« Nom (rôle) », ou « Nom (rôle) : ce qu’elle fait » ; sans rôle : Partenaire. Une structure inconnue est "
            f"proposée à la Dihal. {SEVERAL}"
        ),
        example="ADIL de l’Ain (porteur) : coordination ; CD 01 (financeur)",
    ),
    Column(key="governance", heading="gouvernance", explanation=TEXT),
    Column(key="means", heading="moyens et financement", explanation=TEXT),
    Column(
        key="key_figures",
        heading="chiffres clés",
        explanation=(
            f"« valeur | unité | ce qui est compté | année | source » ; année et source sont facultatives. {SEVERAL}"
        ),
        example="plus de 120 | jeunes | jeunes logés | 2025 | rapport d’activité",
    ),
    Column(key="results", heading="résultats", explanation=TEXT),
    Column(key="levers", heading="leviers", explanation=TEXT),
    Column(key="obstacles", heading="freins", explanation=TEXT),
    Column(key="reproduction", heading="pour reproduire", explanation=TEXT),
    Column(
        key="body",
        heading="pour aller plus loin",
        explanation=f"{TEXT} « ## » commence un intertitre, « > » un encadré.",
    ),
    Column(key="contact_name", heading="nom du contact", explanation="120 caractères.", example="Camille Martin"),
    Column(key="contact_role", heading="fonction du contact", explanation="160 caractères."),
    Column(
        key="contact_email",
        heading="courriel du contact",
        explanation="Une adresse.",
        example="contact@structure.example",
    ),
    Column(key="contact_phone", heading="téléphone du contact", explanation="30 caractères."),
    Column(
        key="original_published_on",
        heading="publié à l’origine le",
        explanation="JJ/MM/AAAA, pour un contenu déjà publié ailleurs.",
    ),
    Column(key="original_modified_on", heading="modifié à l’origine le", explanation="JJ/MM/AAAA."),
)

LONGEST_HEADING = 100  # characters, far more than any has
# Lines among which the headings are looked for: titles and notes may stand above them.
LINES_LOOKED_AT = 20
BY_KEY = {column.key: column for column in COLUMNS}
BY_HEADING = {normalise_name(column.heading): column for column in COLUMNS}


def known_headings(texts: Iterable[str]) -> list[Column]:
    """Return the columns that these texts are the headings of, those that are no heading left aside."""
    return [column for text in texts if (column := BY_HEADING.get(normalise_name(text[:LONGEST_HEADING])))]
