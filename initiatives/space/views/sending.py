from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from hub.accounts.models import RequestState, User
from hub.accounts.notices import EXPECTED_DELAY
from hub.accounts.screens import MemberRequest, member_screen
from hub.refusals import UNPROCESSABLE, Refused
from initiatives.completeness import completeness_of
from initiatives.drafts import text_of, title_of
from initiatives.enums import ExchangeKind
from initiatives.fields import STEPS, Step, field_address, field_label
from initiatives.models import Exchange, InitiativePage
from initiatives.review import actions
from initiatives.review.forms import SubmissionForm
from initiatives.review.queue import expected_by
from initiatives.space.access import actions_on, organisations_of, sheet_or_404
from initiatives.space.listing import wait_of
from initiatives.states import UNDER_REVIEW, state_of
from initiatives.thread import remarked_fields, remarks_of


def page_context(*, sheet: InitiativePage, text: InitiativePage, step: Step) -> dict[str, Any]:
    """Return where one is, what each step lacks, what the reviewers said."""
    completeness = completeness_of(text=text)
    remarks = remarks_of(sheet=sheet)
    dossier = getattr(text, "dossier", None)
    # Nobody lacks a structure that is awaited; a step where nothing is written is not complete for all that.
    is_unwritten = dossier is not None and dossier.has_no_structure_yet and not text.partnerships.all()
    marks = []
    for place, other in enumerate(STEPS, start=1):
        items = completeness.of_step(other.slug)
        marks.append(
            {
                "step": other,
                "number": place,
                "url": reverse("sheet-step", args=[sheet.pk, other.slug]),
                "is_current": other == step,
                "has_remarks": any(field in remarks for field in other.fields),
                "lacks_required": any(item.is_required and not item.is_filled for item in items),
                "is_complete": bool(items)
                and all(item.is_filled for item in items)
                and not (is_unwritten and "partnerships" in other.fields),
                "has_items": bool(items),
                "is_wrong": False,
            }
        )
    return {
        "sheet": sheet,
        "sheet_title": text.title,
        "state": state_of(sheet=InitiativePage.objects.get(pk=sheet.pk)),
        "step": step,
        "steps": marks,
        "number": STEPS.index(step) + 1,
        "completeness": completeness,
        "remarks": remarks,
    }


def waiting_context(*, sheet: InitiativePage, user: User) -> dict[str, Any]:
    """Return what is said of a draft that no structure keeps yet: which answer it waits for, or what is to be done."""
    dossier = getattr(sheet, "dossier", None)
    if dossier is None or not dossier.has_no_structure_yet:
        return {"waits": False}
    awaited = dossier.awaited_request
    return {
        "waits": True,
        "awaited": awaited if awaited is not None and awaited.state == RequestState.PENDING else None,
        "refused": awaited if awaited is not None and awaited.state == RequestState.REFUSED else None,
        "own_organisations": list(organisations_of(user=user)),
        "expected_delay": EXPECTED_DELAY,
    }


@member_screen("GET", "POST")
def submit(request: MemberRequest, pk: int) -> HttpResponse:
    """Send the sheet, in one act; refused, the page that checks it says why and keeps the message."""
    sheet = sheet_or_404(user=request.user, pk=pk)
    if request.method != "POST":
        return check_page(request, sheet=sheet)
    form = SubmissionForm(request.POST)
    if not form.is_valid():
        return check_page(request, sheet=sheet, form=form, is_refused=True)
    try:
        actions.submit(sheet=sheet, user=request.user, message=form.cleaned_data["message"])
    except Refused as refusal:
        return check_page(request, sheet=sheet, form=form, refusal=refusal, is_refused=True)
    return redirect("sheet-sent", pk=pk)


@member_screen("GET")
def sent(request: MemberRequest, pk: int) -> HttpResponse:
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
    refusal: Refused | None = None,
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
    return render(request, "initiatives/space/check.html", context, status=UNPROCESSABLE if is_refused else 200)
