from typing import TYPE_CHECKING, cast

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from hub.accounts.forms import NONE_OF_THESE
from hub.accounts.models import AccessRequest, Invitation
from hub.accounts.notices import EXPECTED_DELAY
from hub.accounts.screens import MemberRequest, member_screen, own_row
from hub.refusals import UNPROCESSABLE, Refused
from initiatives.fields import STEPS
from initiatives.space.access import organisations_of
from initiatives.space.beginning import BeginForm, Keeper, begin_sheet, keepers_of
from initiatives.space.duplicating import published_at
from initiatives.space.listing import filtered, listed_sheets, rows, state_filters
from initiatives.space.waiting import drafts_waiting

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from initiatives.models import InitiativePage


NO_STRUCTURE_CHOSEN = "Choisissez la structure qui tiendra la fiche."
NO_MODEL_THERE = "Aucune fiche publiée n’est à cette adresse : copiez celle de la page de la fiche, ou laissez vide."


@member_screen("GET", "POST", limit="sheet-new")
def new(request: MemberRequest) -> HttpResponse:
    """Say which structure will keep the new sheet, then write its first step; nobody has to wait to be a member."""
    user = own_row(request)
    keepers = keepers_of(user=user)
    is_sent = request.method == "POST"
    form = None if keepers else BeginForm(request.POST if is_sent else None, user=user)
    structure, address = request.POST.get("structure", ""), request.POST.get("modele", "").strip()
    errors: dict[str, str] = {}
    if is_sent:
        model = published_at(address=address) if address else None
        keeper = _keeper_chosen(keepers=keepers, value=structure)
        if address and model is None:
            errors["modele"] = NO_MODEL_THERE
        if keepers and keeper is None:
            errors["structure"] = NO_STRUCTURE_CHOSEN
        is_valid = form.is_valid() if form is not None else keeper is not None
        if is_valid and not errors:
            try:
                if form is not None:
                    sheet = form.begin(model=model)
                else:
                    chosen = cast("Keeper", keeper)
                    sheet = begin_sheet(
                        user=user, model=model, organisation=chosen.organisation, request=chosen.request
                    )
            except Refused as refusal:
                errors["refusal"] = refusal.message
            else:
                return redirect("sheet-step", pk=sheet.pk, step=STEPS[0].slug)
    has_errors = bool(errors or (form is not None and form.errors))
    context = {
        "keepers": keepers,
        "form": form,
        "none_of_these": NONE_OF_THESE,
        "errors": errors,
        "has_errors": has_errors,
        "structure": structure,
        "address": address,
        "expected_delay": EXPECTED_DELAY,
    }
    return render(request, "initiatives/space/new.html", context, status=UNPROCESSABLE if has_errors else 200)


def _keeper_chosen(*, keepers: list[Keeper], value: str) -> Keeper | None:
    if len(keepers) == 1:
        return keepers[0]
    return next((keeper for keeper in keepers if keeper.value == value), None)


SHEETS_PER_PAGE = 20


@member_screen("GET")
def dashboard(request: MemberRequest) -> HttpResponse:
    """The sheets of the person's structures, and her own; who has neither nor asked for one is led to do so."""
    user = request.user
    organisations = list(organisations_of(user=user))
    asked = list(AccessRequest.objects.pending().filter(user=user).select_related("organisation"))
    if not (organisations or asked or drafts_waiting(user=user).exists()):
        return redirect("organisation-join")
    chosen = request.GET.get("etat", "")
    every = listed_sheets(user=user)
    filters = state_filters(sheets=every, chosen=chosen)
    page = Paginator(filtered(sheets=every, chosen=chosen), SHEETS_PER_PAGE).get_page(request.GET.get("page", "1"))
    context = {
        "organisations": organisations,
        "filters": filters,
        "chosen": chosen if any(item.is_chosen for item in filters) else "",
        "page_of_sheets": page,
        "rows": rows(sheets=cast("QuerySet[InitiativePage]", page.object_list)),
        "requests": asked,
        "invitations": Invitation.objects.open(now=timezone.now())
        .filter(email=user.email)
        .exclude(organisation__in=organisations)
        .select_related("organisation"),
    }
    return render(request, "initiatives/space/dashboard.html", context)
