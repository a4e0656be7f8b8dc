from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from hub.vocabulary.models import Organisation, OrganisationKind
from hub.vocabulary.organisations import propose_organisation
from hub.vocabulary.suggestions import code_of, organisation_named
from initiatives.enums import PartnershipRole
from initiatives.models import Partnership
from initiatives.space.forms.base import StepForm
from initiatives.space.forms.fields import NOT_IN_THE_LIST, LinesField, OrganisationInput, validated_structure
from initiatives.space.forms.rows import Pool, RowForm, RowList, Rows


class PartnerRow(RowForm):
    """One partner: a structure that is known, or the name and kind of a new one."""

    DEFAULTS = frozenset({"role"})

    organisation = forms.CharField(
        label="Structure",
        max_length=200,
        error_messages={"required": "Indiquez la structure."},
        help_text="Son nom complet. Une structure que le site ne connaît pas est proposée à la Dihal.",
        widget=OrganisationInput,
    )
    kind = forms.ModelChoiceField(
        label="Type de structure",
        queryset=OrganisationKind.objects.all(),
        required=False,
        empty_label="À choisir",
        error_messages={"invalid_choice": NOT_IN_THE_LIST},
        help_text="Seulement pour une structure nouvelle.",
    )
    role = forms.ChoiceField(
        label="Rôle", choices=PartnershipRole.choices, error_messages={"invalid_choice": NOT_IN_THE_LIST}
    )
    contribution = LinesField(
        label="Ce qu’elle fait",
        required=False,
        max_length=300,
        help_text="Une phrase.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *, is_background: bool, **options: Any) -> None:
        super().__init__(**options)
        self.is_background = is_background
        # The structure of the row when it exists; otherwise the row has a new name and its kind.
        self.known: Organisation | None = None
        if self.is_bound and self.is_blank and not self.data.get(self.add_prefix("role")):
            self.data = QueryDict(mutable=True)
            self.data[self.add_prefix("role")] = PartnershipRole.PARTNER

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        name = cleaned.get("organisation", "")
        if not name:
            return cleaned
        self.known = validated_structure(code=name)
        if self.known is None and (key := organisation_named(text=name)) is not None:
            self.known = Organisation.objects.get(pk=key)
        if self.known is not None or "kind" in self.errors:
            return cleaned
        if not any(letter.isalpha() for letter in name):
            self.add_error("organisation", f"« {name} » n’est pas le nom d’une structure.")
        elif cleaned.get("kind") is None:
            self.add_error(
                "kind",
                f"« {name} » n’est pas connue du site : choisissez son type pour la proposer, ou corrigez son nom.",
            )
        elif self.is_background:
            self.add_error("organisation", f"« {name} » sera proposée à la Dihal quand vous enregistrerez l’étape.")
        return cleaned

    def structure(self) -> Organisation:
        """Return the structure of a valid row, created when it is new; it waits for Dihal to validate it."""
        if self.known is not None:
            return self.known
        name, kind = " ".join(self.cleaned_data["organisation"].split()), self.cleaned_data["kind"]
        # Another row of the same form may have just described it.
        key = organisation_named(text=name)
        if key is not None:
            return Organisation.objects.get(pk=key)
        return propose_organisation(name=name, kind=kind)


class PartnersForm(StepForm):
    slug = "partenaires"

    def row_lists(self) -> dict[str, RowList]:
        stored = [
            {
                "organisation": code_of(partnership.organisation_id)
                if not partnership.organisation.is_proposed
                else partnership.organisation.name,
                "role": partnership.role,
                "contribution": partnership.contribution,
            }
            for partnership in self.text.partnerships.all()
        ]
        dossier = getattr(self.text, "dossier", None)
        if not stored and dossier is not None and dossier.steward is not None:
            # A sheet begins with the structure that keeps it.
            stored = [
                {
                    "organisation": dossier.steward.name
                    if dossier.steward.is_proposed
                    else code_of(dossier.steward_id),
                    "role": PartnershipRole.LEAD,
                }
            ]
        how = Rows(lambda partnership: partnership.organisation_id, _known_key, _partnership_of)
        return self.row_list("partnerships", PartnerRow, stored=stored, how=how, is_background=self.is_background)

    def full_clean(self) -> None:
        """Refuse the same structure twice in the same role: one row says all it does."""
        super().full_clean()
        if not self.is_bound or self.row_errors:
            return
        seen: set[tuple[int, str]] = set()
        for row in self.rows["partnerships"].filled():
            if not isinstance(row, PartnerRow) or row.known is None:
                continue
            part = (row.known.pk, row.cleaned_data["role"])
            if part in seen:
                row.add_error(
                    "organisation", ValidationError("Cette structure a déjà une ligne pour ce rôle.", code="twice")
                )
                self.row_errors["partnerships"] = ["Une structure est là deux fois avec le même rôle."]
            seen.add(part)


def _partnership_of(row: RowForm, former: Pool) -> Partnership:
    assert isinstance(row, PartnerRow)  # noqa: S101 — `row_lists` makes them
    organisation = row.structure()
    partnership: Partnership = former.take(organisation.pk) or Partnership(organisation=organisation)
    partnership.role = row.cleaned_data["role"]
    partnership.contribution = row.cleaned_data["contribution"]
    return partnership


def _known_key(row: RowForm) -> int | None:
    return row.known.pk if isinstance(row, PartnerRow) and row.known is not None else None
