"""The steps a sheet is written in, in the order they are offered, and the fields each one holds.

Names of fields are those of ``InitiativePage``: they are also how completeness, remarks and conflicts speak of a field.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """One page of the form: its place in the address, what it is called, what it holds."""

    slug: str
    title: str
    fields: tuple[str, ...] = ()


STEPS: tuple[Step, ...] = (
    Step("essentiel", "L’essentiel", ("title", "summary", "status", "start_year", "end_year", "tags")),
    Step("recit", "Le récit", ("context", "objectives", "operation")),
    Step("partenaires", "Partenaires et rôles", ("partnerships",)),
    Step("territoires", "Territoires et publics", ("territories", "audiences", "axes", "schemes")),
    Step(
        "resultats",
        "Résultats et moyens",
        ("governance", "means", "key_figures", "results", "levers", "obstacles", "reproduction"),
    ),
    Step(
        "documents",
        "Documents et contact",
        (
            "image",
            "image_alternative_text",
            "documents",
            "body",
            "contact_name",
            "contact_role",
            "contact_email",
            "contact_phone",
        ),
    ),
    Step("envoi", "Vérifier et envoyer"),
)

LABELS: dict[str, str] = {
    "title": "Titre",
    "summary": "Chapô",
    "status": "État d’avancement",
    "start_year": "Année de début",
    "end_year": "Année de fin",
    "tags": "Mots-clés",
    "context": "Contexte",
    "objectives": "Objectifs",
    "operation": "Fonctionnement",
    "partnerships": "Partenaires et rôles",
    "territories": "Territoires",
    "audiences": "Publics",
    "axes": "Axes",
    "schemes": "Dispositifs",
    "governance": "Gouvernance",
    "means": "Moyens et financement",
    "key_figures": "Chiffres clés",
    "results": "Résultats",
    "levers": "Leviers",
    "obstacles": "Freins",
    "reproduction": "Pour reproduire",
    "image": "Image",
    "image_alternative_text": "Texte alternatif de l’image",
    "documents": "Documents",
    "body": "Pour aller plus loin",
    "contact_name": "Nom du contact",
    "contact_role": "Fonction du contact",
    "contact_email": "Courriel du contact",
    "contact_phone": "Téléphone du contact",
}


def step_named(slug: str) -> Step | None:
    """Return the step of this address, or ``None``."""
    return next((step for step in STEPS if step.slug == slug), None)


def step_of(field: str) -> Step:
    """Return the step that holds a field.

    Raises:
        KeyError: for a name that is no field of the form.
    """
    found = next((step for step in STEPS if field in step.fields), None)
    if found is None:
        raise KeyError(field)
    return found


def anchor_of(field: str) -> str:
    """Return the fragment of the step's address that leads to a field."""
    return f"champ-{field}"
