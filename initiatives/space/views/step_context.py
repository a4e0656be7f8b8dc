"""What every step shows around its form."""

from typing import Any

from django.urls import reverse

from hub.accounts.enums import RequestState
from hub.accounts.models import User
from hub.accounts.notices import EXPECTED_DELAY
from initiatives.completeness import completeness_of
from initiatives.models import InitiativePage
from initiatives.review.remarks import remarks_of
from initiatives.space.access import organisations_of
from initiatives.space.steps import STEPS, Step
from initiatives.states import state_of


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
