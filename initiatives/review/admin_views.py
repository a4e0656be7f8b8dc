from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.utils.decorators import xframe_options_sameorigin_override

from hub.accounts.screens import own_row
from hub.refusals import UNPROCESSABLE
from hub.vocabulary.admin import PERMISSIONS as MERGE_PERMISSIONS
from hub.vocabulary.models import Organisation
from initiatives.comparing import FieldDifference, differences, filled_fields
from initiatives.drafts import text_of, title_of
from initiatives.enums import ExchangeKind
from initiatives.fields import STEPS, field_label
from initiatives.models import Dossier, Exchange, InitiativePage
from initiatives.people import may_decide, may_review
from initiatives.review import actions
from initiatives.review.forms import ApprovalForm, MessageForm, QueueFilterForm, ReturnForm, UnpublicationForm
from initiatives.review.queue import expected_by, submitted_at, unpublications_asked, waiting
from initiatives.review.readiness import ReviewRefused
from initiatives.states import state_of


def changes_of(*, sheet: InitiativePage) -> list[FieldDifference]:
    """Return what the latest text changes to the published one; nothing for a sheet that is not online."""
    if not sheet.live:
        return []
    return differences(before=InitiativePage.objects.get(pk=sheet.pk), after=text_of(sheet=sheet))


def since_return(*, sheet: InitiativePage) -> dict[str, Any] | None:
    """Compare the latest text with the one that was last sent back, when nothing was published in between."""
    stages = Exchange.objects.filter(page=sheet, kind__in=(ExchangeKind.RETURNED, ExchangeKind.APPROVED))
    last = stages.select_related("revision").last()
    if last is None or last.kind != ExchangeKind.RETURNED or last.revision is None:
        return None
    if last.revision_id == sheet.latest_revision_id:
        return None
    before: InitiativePage = last.revision.as_object()
    return {"returned": last, "changes": differences(before=before, after=text_of(sheet=sheet))}


def proposed_structures(*, text: InitiativePage) -> list[Organisation]:
    """Return the structures a text names that Dihal has not validated: publishing the text validates them."""
    named = [part.organisation_id for part in text.partnerships.all()]
    found = Organisation.objects.filter(pk__in=named, is_proposed=True)
    return list(found.select_related("kind").order_by("name"))


LINES_A_PAGE = 20


class ReviewersOnly(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    header_icon = "clipboard-list"
    permission_required = "review"

    def user_has_permission(self, permission: str) -> bool:
        """No permission says who reviews: the tasks of the workflow do."""
        del permission
        return may_review(user=self.request.user)

    @cached_property
    def sheet(self) -> InitiativePage:
        sheet = InitiativePage.objects.filter(pk=self.kwargs["pk"]).first()
        if sheet is None:
            raise Http404("Cette fiche n’existe plus.")
        return sheet


class ReviewQueueView(ReviewersOnly):
    template_name = "initiatives/review/queue.html"
    page_title = "Relectures"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = QueueFilterForm(self.request.GET)
        chosen = form.cleaned_data if form.is_valid() else {}
        lines = waiting(user=self.request.user, nature=chosen.get("nature", ""), words=chosen.get("q", ""))
        shown = Paginator(lines, LINES_A_PAGE).get_page(self.request.GET.get("p"))
        return super().get_context_data(
            form=form,
            shown=shown,
            # What changed is read for the lines that are shown only: each is a comparison of two texts.
            lines=[
                (line, [change.label for change in changes_of(sheet=line.sheet)] if line.is_update else [])
                for line in shown
            ],
            is_filtered=any(chosen.values()),
            unpublications=unpublications_asked(user=self.request.user),
            **kwargs,
        )


class ReviewSheetView(ReviewersOnly):
    """One sheet: what changes, how it will look, what was said, and the answer."""

    template_name = "initiatives/review/sheet.html"
    forms_by_action = {
        "approve": ApprovalForm,
        "return": ReturnForm,
        "message": MessageForm,
        "unpublish": UnpublicationForm,
    }

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.filled: dict[str, forms.Form] = {}

    def get_page_title(self) -> str:
        return f"Relire : {title_of(sheet=self.sheet)}"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("review-queue"), "label": "Relectures"},
            {"url": "", "label": title_of(sheet=self.sheet)},
        ]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        del args, kwargs
        action = request.POST.get("action", "")
        if action not in self.forms_by_action:
            messages.error(request, "Rien n’a été fait : l’action demandée est inconnue.")
            return redirect("review-sheet", pk=self.sheet.pk)
        form = self.forms_by_action[action](request.POST, auto_id=f"{action}-%s")
        if elsewhere := self.written_elsewhere(action):
            form.add_error(
                None,
                f"Rien n’est parti : vous avez aussi écrit dans {elsewhere}, que ce bouton n’envoie pas. "
                "Envoyez-le par son propre bouton, ou effacez-le.",
            )
        if form.is_valid():
            try:
                told = getattr(self, f"do_{action}")(form)
            except ReviewRefused as refused:
                form.add_error(None, refused.message)
            else:
                messages.success(request, told)
                return redirect("review-sheet", pk=self.sheet.pk) if action == "message" else redirect("review-queue")
        self.filled[action] = form
        return self.render_to_response(self.get_context_data(), status=UNPROCESSABLE)

    def written_elsewhere(self, action: str) -> str:
        """Name the boxes of the other actions that hold words: no button loses what it does not send."""
        labels = [
            f"« {field.label} »"
            for other, form in self.forms_by_action.items()
            if other != action
            for name, field in form().fields.items()
            if self.request.POST.get(name, "").strip()
        ]
        return ", ".join(labels)

    def do_approve(self, form: forms.Form) -> str:
        actions.approve(
            sheet=self.sheet,
            user=own_row(self.request),
            comment=form.cleaned_data["comment"],
            revision=self.revision_read(),
        )
        return "La fiche est approuvée ; le partenaire est prévenu."

    def do_return(self, form: ReturnForm) -> str:
        actions.return_for_changes(
            sheet=self.sheet,
            user=own_row(self.request),
            text=form.cleaned_data["text"],
            remarks=form.remarks(),
            revision=self.revision_read(),
        )
        return "La fiche est renvoyée au partenaire, avec vos remarques."

    def do_message(self, form: forms.Form) -> str:
        words = form.cleaned_data["message"]
        actions.send_message(sheet=self.sheet, user=own_row(self.request), text=words, from_dihal=True)
        return "Votre message est envoyé au partenaire."

    def do_unpublish(self, form: forms.Form) -> str:
        actions.unpublish(sheet=self.sheet, user=own_row(self.request), text=form.cleaned_data["reason"])
        return "La fiche n’est plus en ligne ; le partenaire est prévenu."

    def revision_read(self) -> int:
        """The version the reviewer had on the screen; an impossible one is no version."""
        number = self.request.POST.get("revision", "")
        return int(number) if number.isdecimal() and len(number) <= len("999999999999") else 0

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        sheet = self.sheet
        since = submitted_at(sheet=sheet)
        dossier = Dossier.objects.filter(page=sheet).select_related("steward").first()
        rights = sheet.permissions_for_user(self.request.user)
        latest = text_of(sheet=sheet)
        thread = list(Exchange.objects.filter(page=sheet))
        return super().get_context_data(
            sheet=sheet,
            state=state_of(sheet=sheet).label,
            steward=dossier.steward if dossier else None,
            leaving=next((one for one in reversed(thread) if one.kind == ExchangeKind.UNPUBLICATION_ASKED), None),
            asked_to_leave=dossier.unpublication_asked_at if dossier else None,
            since=since,
            expected_by=expected_by(since) if since else None,
            revision=sheet.latest_revision,
            changes=changes_of(sheet=sheet),
            since_return=since_return(sheet=sheet),
            text=[] if sheet.live else filled_fields(text=latest),
            proposed=proposed_structures(text=latest),
            may_merge=self.request.user.has_perms(MERGE_PERMISSIONS),
            may_decide=may_decide(user=self.request.user, sheet=sheet, task_state=sheet.current_workflow_task_state),
            may_edit=rights.can_edit(),
            may_unpublish=rights.can_unpublish(),
            thread=[(exchange, field_label(name=exchange.field)) for exchange in thread],
            remark_kind=ExchangeKind.REMARK,
            approval=self._form("approve"),
            message_form=self._form("message"),
            unpublication=self._form("unpublish"),
            return_form=(return_form := self._form("return")),
            remark_steps=[
                (step.title, [return_form[f"remark-{name}"] for name in step.fields]) for step in STEPS if step.fields
            ],
            errors=[error for form in self.filled.values() for errors in form.errors.values() for error in errors],
            **kwargs,
        )

    def _form(self, action: str) -> forms.Form:
        # What was written in the boxes of the other actions is still there.
        return self.filled.get(action) or self.forms_by_action[action](
            auto_id=f"{action}-%s", initial=self.request.POST.dict()
        )


@method_decorator(xframe_options_sameorigin_override, name="dispatch")
class ReviewPreviewView(ReviewersOnly):
    """The latest text as it will be published; in the frame of the screen above, ``?cadre=1``: no header, no script."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        del args, kwargs
        sheet = self.sheet
        text = text_of(sheet=sheet)
        if request.GET.get("cadre") == "1":
            context = {
                **text.get_context(request),
                "sheet": sheet,
                "is_in_frame": True,
                "is_published_text": sheet.live and not sheet.has_unpublished_changes,
            }
            return render(request, "initiatives/review/preview.html", context)
        shown: HttpResponse = text.make_preview_request(request, text.default_preview_mode)
        return shown
