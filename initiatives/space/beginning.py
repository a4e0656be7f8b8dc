"""Beginning a sheet: for which structure, known to the person, awaited by her, or named in the same act."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction

from hub.accounts.forms import NONE_OF_THESE, NameForm
from hub.accounts.joining import NewOrganisation, ask_for, ask_for_new
from hub.accounts.models import AccessRequest, User
from hub.accounts.rights import AlreadyAskedError
from hub.territories.names import normalise_name
from hub.vocabulary.models import Organisation, OrganisationKind
from hub.vocabulary.organisations import similar_organisations
from hub.vocabulary.suggestions import organisation_named
from initiatives.drafts import create_draft
from initiatives.models import InitiativePage
from initiatives.space.access import organisations_of
from initiatives.space.duplicating import duplicate
from initiatives.space.forms.fields import OrganisationInput, validated_structure
from initiatives.space.waiting import begin


@dataclass(frozen=True, slots=True)
class Keeper:
    """A structure that keeps a new sheet: now, or once the request is accepted."""

    value: str
    label: str
    organisation: Organisation | None = None
    request: AccessRequest | None = None


def keepers_of(*, user: User) -> list[Keeper]:
    """Return the structures the person writes for, then those she asked to write for."""
    asked = AccessRequest.objects.pending().filter(user=user).select_related("organisation").order_by("created_at")
    return [
        *(Keeper(str(one.pk), one.name, organisation=one) for one in organisations_of(user=user)),
        *(Keeper(f"demande-{one.pk}", str(one.organisation_name), request=one) for one in asked),
    ]


def begin_sheet(
    *, user: User, model: InitiativePage | None, organisation: Organisation | None, request: AccessRequest | None = None
) -> InitiativePage:
    """Create the draft, from a model if there is one. Without an organisation it waits; ``Refused`` past a few."""
    if model is not None:
        return duplicate(model=model, user=user, organisation=organisation, with_contact=False, request=request)
    if organisation is None:
        return begin(user=user, request=request)
    return create_draft(user=user, organisation=organisation)


class BeginForm(NameForm):
    """Who begins without a structure says her name, and which structure is hers if she knows."""

    structure = forms.CharField(
        label="Votre structure",
        required=False,
        max_length=200,
        help_text="Facultatif pour écrire, nécessaire pour envoyer : la Dihal la valide pendant que vous écrivez. "
        "Son nom, son sigle, ou le début d’un mot.",
        widget=OrganisationInput(attrs={"class": "fr-input"}),
    )
    kind = forms.ModelChoiceField(
        label="Type de structure",
        queryset=OrganisationKind.objects.all(),
        required=False,
        empty_label="Choisir un type",
        widget=forms.Select(attrs={"class": "fr-select"}),
        help_text="Seulement si elle n’est pas proposée quand vous écrivez son nom.",
        error_messages={"invalid_choice": "Choisissez un type de la liste."},
    )
    field_order = ("structure", "kind", "first_name", "last_name")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known: Organisation | None = None
        self.similar: list[Organisation] = []

    def clean(self) -> dict[str, Any]:
        """Recognise the structure; one that is not in the list needs its kind, and nearly the same name is shown."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        name = " ".join(cleaned.get("structure", "").split())
        if not name:
            return cleaned
        self.known = validated_structure(code=name)
        if self.known is None and (key := organisation_named(text=name)) is not None:
            self.known = Organisation.objects.validated().filter(pk=key).first()
        if self.known is not None or "kind" in self.errors:
            return cleaned
        if not any(letter.isalpha() for letter in name):
            self.add_error("structure", f"« {name} » n’est pas le nom d’une structure.")
            return cleaned
        self.similar = similar_organisations(name=name)
        answer = str(self.data.get("similar", ""))
        self.known = next((one for one in self.similar if str(one.pk) == answer), None)
        if self.similar and self.known is None and answer != NONE_OF_THESE:
            self.add_error(None, ValidationError("Dites si votre structure est l’une de celles-ci.", code="similar"))
        elif self.known is None and cleaned.get("kind") is None:
            self.add_error("kind", f"« {name} » n’est pas dans la liste : choisissez son type, ou corrigez son nom.")
        return cleaned

    def begin(self, *, model: InitiativePage | None) -> InitiativePage:
        """Keep the name, ask for the structure, begin the sheet of a valid form: all, or nothing when ``Refused``."""
        with transaction.atomic():
            self.keep_name()
            return begin_sheet(user=self.user, model=model, organisation=None, request=self._request())

    def _request(self) -> AccessRequest | None:
        name = " ".join(self.cleaned_data.get("structure", "").split())
        if not name:
            return None
        try:
            with transaction.atomic():
                if self.known is not None:
                    return ask_for(user=self.user, organisation=self.known)
                described = NewOrganisation(name=name, kind=self.cleaned_data["kind"])
                return ask_for_new(user=self.user, described=described)
        except AlreadyAskedError:
            # Pressed twice, or in two windows: the first request serves.
            for asked in AccessRequest.objects.pending().filter(user=self.user).select_related("organisation"):
                is_same = asked.organisation_id == self.known.pk if self.known else asked.organisation_id is None
                if is_same and normalise_name(asked.organisation_name) == normalise_name(
                    self.known.name if self.known else name
                ):
                    return asked
            raise
