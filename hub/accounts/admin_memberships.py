"""Members of structures in ``/gestion/``, to look at and to correct."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic.models import IndexView
from wagtail.admin.viewsets.model import ModelViewSet

from hub.accounts.models import Membership, User
from hub.mail.addresses import AddressFormField
from hub.vocabulary.fields import OrganisationChoiceField


class MembershipForm(WagtailAdminModelForm):
    """A member, named by an address; neither person nor structure changes afterwards: add another membership."""

    email = AddressFormField(
        label="Courriel de la personne",
        help_text="Celui d’un compte qui existe : la personne s’est connectée au moins une fois.",
    )
    organisation = OrganisationChoiceField(label="Structure", help_text="Commencez à écrire son nom.")

    class Meta:
        model = Membership
        fields = ["organisation", "role"]

    field_order = ["email", "organisation", "role"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            for name in ("email", "organisation"):
                self.fields[name].disabled = True
            self.initial["email"] = self.instance.user.email or self.instance.user.username
            # An account made by an administrator may have no address: its name is shown, and is not checked.
            self.fields["email"].validators = []

    def clean_email(self) -> str:
        """Find the account of this address."""
        email: str = self.cleaned_data["email"]
        if self.instance.pk:
            return email
        user = User.objects.filter(email=email, is_active=True).first()
        if user is None:
            raise ValidationError("Aucun compte n’a cette adresse : la personne doit d’abord se connecter.")
        self.instance.user = user
        return email

    def clean(self) -> dict[str, Any]:
        """Refuse a second membership of the same structure."""
        cleaned: dict[str, Any] = super().clean()
        organisation = cleaned.get("organisation")
        is_complete = not self.instance.pk and organisation and "email" in cleaned
        if is_complete and Membership.objects.filter(user=self.instance.user, organisation=organisation).exists():
            self.add_error("email", "Cette personne est déjà membre de cette structure.")
        return cleaned


class MembershipIndexView(IndexView):
    """The list of members, whose button is in plain French."""

    add_item_label = "Ajouter un membre"


class MembershipViewSet(ModelViewSet):
    """The list of all members, searched by person or structure."""

    model = Membership
    index_view_class = MembershipIndexView
    name = "memberships"
    icon = "group"
    menu_label = "Membres des structures"
    menu_name = "memberships"
    menu_order = 270
    add_to_admin_menu = True
    copy_view_enabled = False
    inspect_view_enabled = False
    add_to_reference_index = False
    list_per_page = 50
    list_display = [
        "user",
        Column("user_email", label="Courriel", accessor="user.email", sort_key="user__email"),
        Column("organisation", label="Structure", sort_key="organisation__name"),
        Column("get_role_display", label="Rôle", sort_key="role"),
        Column("created_at", label="Depuis le", sort_key="created_at"),
    ]
    list_filter = ["role"]
    search_fields = ["user__email", "user__first_name", "user__last_name", "organisation__name"]
    search_backend_name = None
    ordering = ("organisation__name", "user__email")

    def get_queryset(self, request: Any) -> QuerySet[Membership]:  # noqa: ARG002 — Wagtail's signature
        found: QuerySet[Membership] = Membership.objects.select_related("user", "organisation")
        return found

    def get_form_class(self, for_update: bool = False) -> type[forms.ModelForm]:  # noqa: ARG002, FBT001, FBT002 — Wagtail's signature
        return MembershipForm
