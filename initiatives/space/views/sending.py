"""Sending a sheet: one page that checks it and sends it, by one button, and one that says it is sent."""

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from hub.accounts.models import User
from initiatives.drafts import text_of, title_of
from initiatives.enums import ExchangeKind
from initiatives.models import Exchange, InitiativePage
from initiatives.review import actions
from initiatives.review.delay import expected_by
from initiatives.review.fields import field_address, field_label
from initiatives.review.forms import SubmissionForm
from initiatives.review.refusal import ReviewRefused
from initiatives.review.remarks import remarked_fields
from initiatives.space.access import sheet_or_404
from initiatives.space.actions import actions_on
from initiatives.space.listing import wait_of
from initiatives.space.steps import STEPS
from initiatives.space.views.step_context import page_context, waiting_context
from initiatives.states import UNDER_REVIEW, state_of

# The answer to a form that cannot be accepted.
_REFUSED = 422


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the sheet, in one act; refused, the page that checks it says why and keeps the message."""
    sheet = sheet_or_404(user=request.user, pk=pk)
    if request.method != "POST":
        return check_page(request, sheet=sheet)
    form = SubmissionForm(request.POST)
    if not form.is_valid():
        return check_page(request, sheet=sheet, form=form, is_refused=True)
    try:
        actions.submit(
            sheet=sheet,
            user=User.objects.get(pk=cast("User", request.user).pk),
            message=form.cleaned_data["message"],
        )
    except ReviewRefused as refusal:
        return check_page(request, sheet=sheet, form=form, refusal=refusal, is_refused=True)
    return redirect("sheet-sent", pk=pk)


@never_cache
@login_required
@require_safe
def sent(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that the sheet is sent, when, to whom, what comes next; one that is not under review is shown as it is."""
    sheet = sheet_or_404(user=request.user, pk=pk)
    state = state_of(sheet=sheet)
    wait = wait_of(sheet=sheet, state=state)
    if state not in UNDER_REVIEW or wait is None:
        messages.info(request, "Cette fiche n’est pas en relecture.")
        return redirect("sheet", pk=pk)
    sending = Exchange.objects.filter(page=sheet, kind=ExchangeKind.SUBMITTED).order_by("-created_at", "-pk").first()
    context = {"sheet": sheet, "title": title_of(sheet=sheet), "state": state, "wait": wait, "sending": sending}
    return render(request, "initiatives/space/sent.html", context)


def check_page(
    request: HttpRequest,
    *,
    sheet: InitiativePage,
    form: SubmissionForm | None = None,
    refusal: ReviewRefused | None = None,
    is_refused: bool = False,
) -> HttpResponse:
    """Show the last step: what is missing, with the way to each field, and the only button that sends."""
    context: dict[str, Any] = page_context(sheet=sheet, text=text_of(sheet=sheet), step=STEPS[-1])
    completeness = context["completeness"]
    context |= {
        **waiting_context(sheet=sheet, user=cast("User", request.user)),
        "form": form or SubmissionForm(),
        "is_refused": is_refused,
        "refusal": refusal,
        "wrong": [
            (field_label(name=name), field_address(page_id=sheet.pk, name=name), words)
            for name, words in (refusal.fields if refusal else {}).items()
        ],
        "missing_required": [(item, item.url(sheet=sheet)) for item in completeness.missing_required],
        "missing_advised": [(item, item.url(sheet=sheet)) for item in completeness.missing_advised],
        "open_remarks": [(field.label, field.address, field.remarks) for field in remarked_fields(sheet=sheet)],
        "actions": actions_on(sheet=sheet),
        "expected_by": expected_by(timezone.now()),
    }
    return render(request, "initiatives/space/check.html", context, status=_REFUSED if is_refused else 200)
