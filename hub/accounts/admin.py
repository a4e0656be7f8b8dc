from functools import cached_property
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.models import IndexView
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.log_actions import log
from wagtail.permission_policies import ModelPermissionPolicy

from hub.accounts.forms import DescriptionFields, RefusalForm
from hub.accounts.joining import accept, refuse
from hub.accounts.models import AccessRequest, Membership, RequestState, User
from hub.mail.addresses import AddressFormField
from hub.refusals import Refused
from hub.vocabulary.fields import OrganisationChoiceField
from hub.vocabulary.models import Organisation
from hub.vocabulary.organisations import NameTakenError, similar_organisations


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
        email: str = self.cleaned_data["email"]
        if self.instance.pk:
            return email
        user = User.objects.filter(email=email, is_active=True).first()
        if user is None:
            raise ValidationError("Aucun compte n’a cette adresse : la personne doit d’abord se connecter.")
        self.instance.user = user
        return email

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        organisation = cleaned.get("organisation")
        is_complete = not self.instance.pk and organisation and "email" in cleaned
        if is_complete and Membership.objects.filter(user=self.instance.user, organisation=organisation).exists():
            self.add_error("email", "Cette personne est déjà membre de cette structure.")
        return cleaned


class MembershipIndexView(IndexView):
    add_item_label = "Ajouter un membre"


class MembershipViewSet(ModelViewSet):
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


LIST_URL_NAME = "access-requests"
ANSWER_URL_NAME = "access-requests-answer"
_PER_PAGE = 50


class AttachForm(Form):
    organisation = OrganisationChoiceField(
        label="Structure de la liste",
        queryset=Organisation.objects.all(),
        help_text="Commencez à écrire son nom, puis choisissez-la.",
    )


class _RequestsView(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    header_icon = "user"
    page_title = "Demandes d’accès"
    permission_policy = ModelPermissionPolicy(AccessRequest)
    permission_required = "change"


class AccessRequestsView(_RequestsView):
    """Requests that wait, oldest first; with ``?etat=traitees`` those answered, latest first."""

    template_name = "accounts/admin/requests.html"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        answered = self.request.GET.get("etat") == "traitees"
        every = AccessRequest.objects.select_related("user", "organisation", "decided_by")
        pending = every.pending().order_by("created_at", "pk")
        shown = every.exclude(state=RequestState.PENDING).order_by("-decided_at", "-pk") if answered else pending
        page = Paginator(shown, _PER_PAGE).get_page(self.request.GET.get("page", "1"))
        return super().get_context_data(answered=answered, page=page, pending_count=pending.count(), **kwargs)


class AnswerRequestView(_RequestsView):
    """One request. A POST names what is done with it: ``accept``, ``create``, ``attach`` or ``refuse``."""

    template_name = "accounts/admin/request.html"

    @cached_property
    def asked(self) -> AccessRequest:
        found = AccessRequest.objects.select_related("user", "organisation", "new_kind", "new_territory", "decided_by")
        return get_object_or_404(found, pk=self.kwargs["pk"])

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        way = [{"url": reverse(LIST_URL_NAME), "label": self.page_title}, {"url": "", "label": str(self.asked)}]
        return [*self.breadcrumbs_items, *way]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        forms = {"create": self._description(), "attach": AttachForm(prefix="attach"), "refuse": RefusalForm()}
        forms.update(kwargs.pop("sent", {}))
        members = Membership.objects.filter(organisation=self.asked.organisation).select_related("user")
        return super().get_context_data(
            asked=self.asked,
            is_pending=self.asked.state == RequestState.PENDING,
            create_form=forms["create"],
            attach_form=forms["attach"],
            refuse_form=forms["refuse"],
            forms_media=forms["create"].media + forms["attach"].media,
            has_errors=any(form.errors for form in forms.values()),
            similar=[] if self.asked.organisation else similar_organisations(name=self.asked.new_name),
            members=list(members) if self.asked.organisation else [],
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        del args
        action = request.POST.get("action", "")
        form = self._sent(action)
        if form is not None and not form.is_valid():
            return self.render_to_response(self.get_context_data(sent={action: form}, **kwargs))
        if form is None and (action != "accept" or self.asked.organisation is None):
            messages.error(request, "Rien n’a été fait : l’action demandée est inconnue.")
            return redirect(ANSWER_URL_NAME, self.asked.pk)
        try:
            with transaction.atomic():
                self._answer(action=action, form=form)
        except NameTakenError as error:
            if form is not None:
                form.add_error("name", error.message)
            return self.render_to_response(self.get_context_data(sent={action: form}, **kwargs))
        except Refused as refusal:
            messages.error(request, refusal.message)
        return redirect(LIST_URL_NAME)

    def _description(self) -> DescriptionFields:
        return DescriptionFields(
            prefix="create",
            initial={
                "name": self.asked.new_name,
                "kind": self.asked.new_kind_id,
                "territory": self.asked.new_territory,
                "website": self.asked.new_website,
            },
        )

    def _sent(self, action: str) -> Form | None:
        if action == "create" and self.asked.organisation is None:
            return DescriptionFields(self.request.POST, prefix="create")
        if action == "attach":
            return AttachForm(self.request.POST, prefix="attach")
        if action == "refuse":
            return RefusalForm(self.request.POST)
        return None

    def _answer(self, *, action: str, form: Form | None) -> None:
        user = cast("User", self.request.user)
        if action == "refuse" and form is not None:
            refuse(pk=self.asked.pk, by=user, reason=form.cleaned_data["reason"])
            messages.success(self.request, f"La demande de {self.asked.user} est refusée ; la raison lui est envoyée.")
            return
        described = form.described() if isinstance(form, DescriptionFields) else None
        attached_to = form.cleaned_data["organisation"] if isinstance(form, AttachForm) else None
        membership = accept(pk=self.asked.pk, by=user, organisation=attached_to, described=described)
        if described is not None:
            log(instance=membership.organisation, action="wagtail.create", user=user)
        role = membership.get_role_display().lower()
        messages.success(
            self.request, f"{membership.user} écrit désormais pour « {membership.organisation} » ({role})."
        )
