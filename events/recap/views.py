"""The screen of the admin where a recap becomes a draft."""

from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from events.models import WorkshopIndexPage
from events.recap.drafting import DraftRefused
from events.recap.forms import RecapForm
from events.recap.importing import import_recap
from hub.accounts.models import User


def may_import_recaps(*, request: HttpRequest) -> bool:
    """Say whether the person may add a workshop to the list of workshops."""
    parent = WorkshopIndexPage.objects.order_by("pk").first()
    return parent is not None and parent.permissions_for_user(request.user).can_add_subpage()


class ImportRecapView(WagtailAdminTemplateMixin, TemplateView):
    """Paste or upload a recap, read what was understood, then create the draft."""

    template_name = "events/recap/import.html"
    page_title = "Importer un compte rendu"
    header_icon = "upload"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not may_import_recaps(request=request):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"form": RecapForm(), "check": None, **kwargs})

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        del args, kwargs
        form = RecapForm(request.POST, request.FILES)
        if form.is_valid() and form.check is not None:
            if request.POST.get("action") == "create":
                created = self._create(form=form)
                if created is not None:
                    return created
            else:
                form = self._form_with_what_was_read(form=form)
        return self.render_to_response(self.get_context_data(form=form, check=form.check))

    def _create(self, *, form: RecapForm) -> HttpResponse | None:
        """Write the draft and go to its editor; ``None`` when it was refused, the reason being on the form."""
        if form.check is None:
            return None
        user = cast(User, self.request.user)  # noqa: TC006 - the admin lets nobody else in
        try:
            outcome = import_recap(check=form.check, user=user)
        except DraftRefused as refusal:
            form.add_error(None, str(refusal))
            return None
        messages.success(self.request, f"« {outcome.page.title} » : {outcome.action.value}.")
        for problem in outcome.problems:
            messages.warning(self.request, problem)
        return redirect(reverse("wagtailadmin_pages:edit", args=[outcome.page.pk]))

    def _form_with_what_was_read(self, *, form: RecapForm) -> RecapForm:
        """Show the words of an uploaded file in the text field: the draft is made from there, not from the file."""
        upload = form.cleaned_data.get("upload")
        filename = upload.name if upload is not None else form.cleaned_data["filename"]
        shown = RecapForm(initial={"content": form.characters, "filename": filename})
        shown.check = form.check
        return shown
