"""« Nom (rôle) : ce qu’elle fait »: how a partner is written in a cell."""

import re
from dataclasses import dataclass

from hub.territories.names import normalise_name
from hub.vocabulary.models import Organisation
from initiatives.bulk.reference import Reference, choices_by_words
from initiatives.enums import PartnershipRole
from initiatives.models import Partnership

_ROLE_IN_BRACKETS = re.compile(r"^(?P<name>.*?)\s*\((?P<role>[^()]*)\)$")
_ROLES = choices_by_words(PartnershipRole)
_LONGEST_NAME = Organisation._meta.get_field("name").max_length or 0
_LONGEST_CONTRIBUTION = Partnership._meta.get_field("contribution").max_length or 0


@dataclass(frozen=True, slots=True)
class PartnerValue:
    """A partner: a structure the hub knows, or, without an id, a name to propose to Dihal."""

    name: str
    organisation_id: int | None
    role: PartnershipRole
    contribution: str


def read_partner(*, text: str, reference: Reference) -> PartnerValue:
    """Return the partner that a text names.

    Raises:
        ValueError: with a French reason, for an unknown role or a text too long.
    """
    named, _colon, contribution = text.partition(" : ")
    name, role = named.strip(), PartnershipRole.PARTNER
    organisation_id = _known(name, reference)
    brackets = _ROLE_IN_BRACKETS.match(name)
    # « USH (Union sociale pour l’habitat) » may be the whole name of a structure.
    if organisation_id is None and brackets:
        found = _ROLES.get(normalise_name(brackets["role"]))
        if found is None:
            roles = ", ".join(str(label) for label in PartnershipRole.labels)
            raise ValueError(f"« {brackets['role']} » n’est pas un rôle ; possibles : {roles}")
        name, role = brackets["name"], found
        organisation_id = _known(name, reference)
    if not normalise_name(name):
        raise ValueError("le nom de la structure manque")
    if len(name) > _LONGEST_NAME:
        raise ValueError(f"le nom d’une structure a {_LONGEST_NAME} caractères au plus")
    if len(contribution) > _LONGEST_CONTRIBUTION:
        raise ValueError(f"ce que fait un partenaire se dit en {_LONGEST_CONTRIBUTION} caractères au plus")
    return PartnerValue(name, organisation_id, role, contribution.strip())


def _known(name: str, reference: Reference) -> int | None:
    words = normalise_name(name)
    return reference.organisations.get(words) or reference.proposed.get(words)
