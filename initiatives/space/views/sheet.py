from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from hub.accounts.screens import MemberRequest, member_screen
from hub.refusals import Refused
from hub.vocabulary.models import Organisation
from initiatives.completeness import completeness_of
from initiatives.drafts import locked, text_of, title_of
from initiatives.enums import ExchangeKind
from initiatives.fields import STEPS, field_address, field_label
from initiatives.models import Exchange, InitiativePage
from initiatives.space.access import (
    actions_on,
    delete_draft,
    organisations_of,
    sheet_or_404,
    sheets_of,
)
from initiatives.space.duplicating import duplicate
from initiatives.space.listing import (
    TO_CORRECT_STATES,
    asked_of_partner,
    last_act,
    retired_at,
    wait_of,
    withdrawal_asked_at,
)
from initiatives.space.presence import people_on
from initiatives.space.views.dashboard import NO_STRUCTURE_CHOSEN
from initiatives.space.views.sending import waiting_context
from initiatives.space.waiting import entrust
from initiatives.states import state_of
from initiatives.thread import remarked_fields

EXCHANGES_SHOWN = 3


@member_screen("GET")
def overview(request: MemberRequest, pk: int) -> HttpResponse:
    """Where a sheet stands: its state, what it lacks, the last exchanges, what may be done now."""
    sheet = sheet_or_404(user=request.user, pk=pk)
    return render(request, "initiatives/space/sheet.html", _overview_context(request=request, sheet=sheet))


@member_screen("POST")
def copy(request: MemberRequest, pk: int) -> HttpResponse:
    """Begin a sheet from this one: one of the person's, or any published sheet, then without its contact."""
    organisations = list(organisations_of(user=request.user))
    own = sheets_of(user=request.user).filter(pk=pk).first()
    model = text_of(sheet=own) if own else InitiativePage.objects.live().public().filter(pk=pk).first()
    if model is None:
        raise Http404("Cette fiche n’existe pas, ou n’est pas publiée.")
    chosen = _organisation_chosen(organisations=organisations, number=request.POST.get("structure"))
    steward = own.dossier.steward if own else chosen
    try:
        sheet = duplicate(
            model=model,
            user=request.user,
            organisation=steward or (organisations[0] if organisations else None),
            with_contact=own is not None,
            request=own.dossier.awaited_request if own else None,
        )
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect("space")
    messages.success(request, "Votre copie est un brouillon : corrigez ce qui ne vaut que pour la fiche d’origine.")
    return redirect("sheet-step", pk=sheet.pk, step=STEPS[0].slug)


@member_screen("GET", "POST")
def delete(request: MemberRequest, pk: int) -> HttpResponse:
    sheet = sheet_or_404(user=request.user, pk=pk)
    actions = actions_on(sheet=sheet)
    if request.method == "POST":
        try:
            with transaction.atomic():
                delete_draft(sheet=locked(pk=sheet.pk), user=request.user)
        except Refused as refusal:
            messages.error(request, refusal.message)
            return redirect("sheet", pk=sheet.pk)
        messages.success(request, f"Le brouillon « {sheet.draft_title} » est supprimé.")
        return redirect("space")
    if not actions.may_delete:
        return redirect("sheet", pk=sheet.pk)
    return render(request, "initiatives/space/delete.html", {"sheet": sheet, "title": sheet.draft_title})


@member_screen("POST")
def entrust_sheet(request: MemberRequest, pk: int) -> HttpResponse:
    sheet = sheet_or_404(user=request.user, pk=pk)
    organisation = _organisation_chosen(
        organisations=list(organisations_of(user=request.user)), number=request.POST.get("structure")
    )
    if organisation is None:
        messages.error(request, NO_STRUCTURE_CHOSEN)
    else:
        entrust(sheet=sheet, organisation=organisation)
        messages.success(request, f"La fiche est tenue par {organisation.name} : ses membres peuvent l’écrire.")
    return redirect("sheet", pk=pk)


def _overview_context(*, request: MemberRequest, sheet: InitiativePage) -> dict[str, Any]:
    text = text_of(sheet=sheet)
    state = state_of(sheet=sheet)
    completeness = completeness_of(text=text)
    exchanges = list(Exchange.objects.filter(page=sheet).order_by("-created_at", "-pk")[:EXCHANGES_SHOWN])
    remarked = remarked_fields(sheet=sheet) if state in TO_CORRECT_STATES else []
    asked_at = withdrawal_asked_at(sheet=sheet)
    return {
        "sheet": sheet,
        "title": title_of(sheet=sheet),
        "state": state,
        "wait": wait_of(sheet=sheet, state=state),
        "retired_at": retired_at(sheet=sheet, state=state),
        "withdrawal_asked_at": asked_at,
        "withdrawal_asked_by": _withdrawal_asked_by(sheet) if asked_at else "",
        "remarked": remarked,
        "first_step": remarked[0].address if remarked else reverse("sheet-step", args=[sheet.pk, STEPS[0].slug]),
        "asked": asked_of_partner(sheet=sheet, state=state),
        "last_act": last_act(sheet=sheet, exchange=exchanges[0] if exchanges else None),
        "completeness": completeness,
        "filled": [item for item in completeness.items if item.is_filled],
        "missing": [(item, item.url(sheet=sheet)) for item in completeness.items if not item.is_filled],
        "exchanges": [
            (exchange, field_label(name=exchange.field), field_address(page_id=sheet.pk, name=exchange.field))
            for exchange in exchanges
        ],
        "actions": actions_on(sheet=sheet),
        **waiting_context(sheet=sheet, user=request.user),
        "people": people_on(sheet=sheet, user=request.user),
    }


def _withdrawal_asked_by(sheet: InitiativePage) -> str:
    asked = Exchange.objects.filter(page=sheet, kind=ExchangeKind.UNPUBLICATION_ASKED).last()
    return asked.author_name if asked is not None else ""


def _organisation_chosen(*, organisations: list[Organisation], number: str | None) -> Organisation | None:
    if len(organisations) == 1:
        return organisations[0]
    return next((organisation for organisation in organisations if str(organisation.pk) == number), None)
