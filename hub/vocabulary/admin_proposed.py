"""A structure proposed by a partner, in the admin: validate it, or replace it by the one it really is."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import Button
from wagtail.log_actions import log

from hub.vocabulary.admin_views import VocabularyEditView, listing_url
from hub.vocabulary.fields import OrganisationChoiceField
from hub.vocabulary.merging import MergeRefusedError, merge_proposed
from hub.vocabulary.models import Organisation
from hub.vocabulary.organisations import similar_organisations
from hub.vocabulary.usage import Uses

URL_NAME = "proposed-organisation"
PERMISSIONS = ("vocabulary.change_organisation", "vocabulary.delete_organisation")


class MergeForm(Form):
    """Naming the structure of the list."""

    target = OrganisationChoiceField(
        label="Structure de la liste",
        queryset=Organisation.objects.validated(),
        help_text="Celle qui reste. Commencez à écrire son nom, puis choisissez-la.",
    )


class ProposedOrganisationView(WagtailAdminTemplateMixin, TemplateView):
    """Shows what a partner proposed; a POST validates it, or merges it into a structure of the list."""

    template_name = "vocabulary/admin/proposed.html"
    page_title = "Structure proposée"
    header_icon = "home"
    proposed: Organisation

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.has_perms(PERMISSIONS):
            raise PermissionDenied
        self.proposed = get_object_or_404(Organisation.objects.filter(is_proposed=True), pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        way = [{"url": listing_url(model=Organisation), "label": "Structures"}, {"url": "", "label": self.proposed}]
        return [*self.breadcrumbs_items, *way]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = kwargs.pop("form", None) or MergeForm()
        return super().get_context_data(
            proposed=self.proposed,
            form=form,
            similar=similar_organisations(name=self.proposed.name),
            uses=[str(holder) for holder, _relation in Uses(self.proposed)[:10]],
            uses_count=len(Uses(self.proposed)),
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        del args
        action = request.POST.get("action")
        if action == "validate":
            self._validate()
        elif action == "merge":
            form = MergeForm(request.POST)
            if not form.is_valid() or not self._merge(form):
                return self.render_to_response(self.get_context_data(form=form, **kwargs))
        else:
            messages.error(request, "Rien n’a été fait : l’action demandée est inconnue.")
        return redirect(listing_url(model=Organisation))

    def _validate(self) -> None:
        with transaction.atomic():
            self.proposed.is_proposed = False
            self.proposed.save(update_fields=["is_proposed"])
            log(instance=self.proposed, action="vocabulary.validate", user=self.request.user)
        messages.success(self.request, f"« {self.proposed} » est validée : elle paraît dans les listes et a sa page.")

    def _merge(self, form: MergeForm) -> bool:
        target = form.cleaned_data["target"]
        try:
            merge_proposed(source=self.proposed, target=target, by=self.request.user)
        except MergeRefusedError as error:
            form.add_error("target", str(error))
            return False
        messages.success(self.request, f"« {self.proposed} » est remplacée partout par « {target} ».")
        return True


class OrganisationEditView(VocabularyEditView):
    """Editing a structure; a proposed one offers to be validated or merged."""

    @property
    def header_more_buttons(self) -> list[Button]:
        return [*super().header_more_buttons, *proposal_buttons(organisation=self.object, user=self.request.user)]


def proposal_buttons(*, organisation: Organisation, user: Any) -> list[Button]:
    """Return the way to the page above, for a proposed structure and somebody who may decide."""
    if not organisation.is_proposed or not user.has_perms(PERMISSIONS):
        return []
    url = reverse(URL_NAME, args=[organisation.pk])
    return [Button("Valider ou fusionner avec…", url=url, icon_name="check", priority=5)]
