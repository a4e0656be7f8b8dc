"""What a sheet still lacks: what it must have to be submitted, and what makes it more useful to its readers."""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse

from initiatives.drafts import UNTITLED
from initiatives.models import InitiativePage
from initiatives.space.steps import anchor_of, step_of


@dataclass(frozen=True, slots=True)
class Item:
    """One thing a sheet may hold, whether it does, and why it matters."""

    field: str
    label: str
    why: str
    is_required: bool
    is_filled: bool

    @property
    def step(self) -> str:
        """The step of the form that holds it, as in its address."""
        return step_of(self.field).slug

    def url(self, *, sheet: InitiativePage) -> str:
        """Return the address of the field in the form."""
        return f"{reverse('sheet-step', args=[sheet.pk, self.step])}#{anchor_of(self.field)}"


@dataclass(frozen=True, slots=True)
class Completeness:
    """Every item, in the order of the form."""

    items: tuple[Item, ...]

    @property
    def missing_required(self) -> tuple[Item, ...]:
        """What must be filled before the sheet may be submitted."""
        return tuple(item for item in self.items if item.is_required and not item.is_filled)

    @property
    def missing_advised(self) -> tuple[Item, ...]:
        """What would make the sheet more useful; nothing obliges to fill it."""
        return tuple(item for item in self.items if not item.is_required and not item.is_filled)

    @property
    def can_be_submitted(self) -> bool:
        """Whether nothing required is missing."""
        return not self.missing_required

    @property
    def ratio(self) -> float:
        """Share of the items that are filled, from 0 to 1."""
        return sum(item.is_filled for item in self.items) / len(self.items)

    @property
    def percent(self) -> int:
        """The same in whole percents; 100 only when nothing is missing."""
        return int(self.ratio * 100)

    def of_step(self, slug: str) -> tuple[Item, ...]:
        """Return the items of one step of the form."""
        return tuple(item for item in self.items if item.step == slug)


# Field, label, required or not, why it matters. A field's own test replaces « is there anything in it » below.
_RULES: tuple[tuple[str, str, bool, str], ...] = (
    ("title", "Un titre", True, "C’est par lui que la fiche est trouvée et citée."),
    ("summary", "Un chapô", True, "Les listes et les résultats de recherche le montrent sous le titre."),
    ("start_year", "L’année de début", False, "Elle dit si l’initiative est récente ou installée."),
    ("tags", "Des mots-clés", False, "Ils font trouver la fiche par d’autres mots que les siens."),
    (
        "context",
        "Le contexte ou le fonctionnement",
        True,
        "Sans l’un des deux, on ne comprend pas ce que fait l’initiative.",
    ),
    ("objectives", "Les objectifs", False, "Ils permettent de juger si l’initiative répond au même besoin."),
    ("operation", "Le fonctionnement", False, "C’est ce que vos pairs cherchent en premier : comment cela marche."),
    (
        "partnerships",
        "Votre structure parmi les partenaires",
        True,
        "La fiche dit qui fait quoi, à commencer par la structure qui la tient.",
    ),
    ("territories", "Au moins un territoire", True, "On cherche d’abord ce qui se fait près de chez soi."),
    ("audiences", "Au moins un public", True, "On cherche par public ; « Tous publics » convient s’il n’y en a pas."),
    ("axes", "Un axe", False, "Logement, santé, emploi… : le thème de l’accompagnement."),
    ("schemes", "Les dispositifs mobilisés", False, "Ils relient la fiche au glossaire et à la recherche."),
    (
        "governance",
        "La gouvernance",
        False,
        "Qui décide, où, à quel rythme : ce que demande qui veut s’y mettre.",
    ),
    ("means", "Les moyens et le financement", False, "Sans ordre de grandeur, difficile de s’en inspirer."),
    ("key_figures", "Un chiffre clé", False, "Un chiffre sourcé convainc mieux qu’un adjectif."),
    ("results", "Les résultats", False, "Ce qui a changé, pour qui."),
    ("levers", "Les leviers", False, "Ce qui a aidé servira à d’autres."),
    ("obstacles", "Les freins", False, "Ce qui a compliqué leur évitera des erreurs."),
    ("reproduction", "Ce qu’il faut pour reproduire", False, "C’est la raison d’être de la fiche."),
    ("image", "Une image", False, "Elle rend la fiche reconnaissable dans les listes."),
    ("contact_name", "Le nom d’un contact", False, "On écrit plus volontiers à quelqu’un."),
    ("contact_email", "Le courriel d’un contact", True, "Les lecteurs posent leurs questions à la structure."),
)


REQUIRED = frozenset(field for field, _label, is_required, _why in _RULES if is_required)


def completeness_of(*, text: InitiativePage) -> Completeness:
    """Return what is filled and what is missing in a text of a sheet (see ``initiatives.drafts.text_of``)."""
    return Completeness(
        items=tuple(
            Item(
                field=field,
                label=label,
                why=why,
                is_required=is_required,
                is_filled=_OWN_TESTS.get(field, _has_something(field))(text),
            )
            for field, label, is_required, why in _RULES
        )
    )


def _has_something(field: str) -> Callable[[InitiativePage], bool]:
    def test(text: InitiativePage) -> bool:
        value = getattr(text, field)
        return bool(value.all() if hasattr(value, "all") else value)

    return test


def _has_title(text: InitiativePage) -> bool:
    return bool(text.title.strip()) and text.title != UNTITLED


def _tells_what_it_does(text: InitiativePage) -> bool:
    return bool(text.context or text.operation)


def _names_its_steward(text: InitiativePage) -> bool:
    """A sheet of Dihal's own has no steward: any partner will do. One that is awaited names itself when it comes."""
    partners = {partnership.organisation_id for partnership in text.partnerships.all()}
    dossier = getattr(text, "dossier", None)
    if dossier is not None and dossier.has_no_structure_yet:
        return True
    if dossier is None or dossier.steward_id is None:
        return bool(partners)
    return dossier.steward_id in partners


_OWN_TESTS: dict[str, Callable[[InitiativePage], bool]] = {
    "title": _has_title,
    "context": _tells_what_it_does,
    "partnerships": _names_its_steward,
}
