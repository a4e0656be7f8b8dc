"""What a member does to keep a published sheet true: confirm it, archive it, ask its partners."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from hub.accounts.screens import MemberRequest, member_screen
from hub.refusals import UNPROCESSABLE, telling
from initiatives.drafts import title_of
from initiatives.models import InitiativePage
from initiatives.space.access import actions_on, sheet_or_404
from initiatives.upkeep.confirming import archive, bring_back, confirm
from initiatives.upkeep.forms import PartRequestForm
from initiatives.upkeep.parts import NamedPart, ask_part, named_parts


@member_screen("POST")
def confirm_sheet(request: MemberRequest, pk: int) -> HttpResponse:
    sheet = sheet_or_404(user=request.user, pk=pk)
    if sheet.live:
        confirm(sheet=sheet, user=request.user, now=timezone.now())
        messages.success(request, "La fiche est confirmée. Nous vous reposerons la question dans un an.")
    else:
        messages.error(request, "Cette fiche n’est pas en ligne : il n’y a rien à confirmer.")
    return redirect("sheet", pk=pk)


@member_screen("GET")
def leave(request: MemberRequest, pk: int) -> HttpResponse:
    """The two ways a sheet leaves the site, told apart; one that is not there has nothing to leave."""
    sheet = sheet_or_404(user=request.user, pk=pk)
    if not sheet.live:
        return redirect("sheet", pk=pk)
    context = {"sheet": sheet, "title": title_of(sheet=sheet), "actions": actions_on(sheet=sheet)}
    return render(request, "initiatives/space/leave.html", context)


@member_screen("GET", "POST")
def archive_sheet(request: MemberRequest, pk: int) -> HttpResponse:
    sheet = sheet_or_404(user=request.user, pk=pk)
    title = title_of(sheet=sheet)
    if request.method != "POST":
        return render(request, "initiatives/space/archive.html", {"sheet": sheet, "title": title})
    with telling(request, done=f"La fiche « {title} » est archivée. Rien n’en est effacé."):
        archive(sheet=sheet, user=request.user, now=timezone.now())
    return redirect("sheet", pk=pk)


@member_screen("POST")
def bring_sheet_back(request: MemberRequest, pk: int) -> HttpResponse:
    sheet = sheet_or_404(user=request.user, pk=pk)
    with telling(request, done="La fiche est sortie des archives : relisez-la, puis envoyez-la en relecture."):
        bring_back(sheet=sheet, user=request.user, now=timezone.now())
    return redirect("sheet", pk=pk)


@member_screen("GET")
def parts(request: MemberRequest, pk: int) -> HttpResponse:
    sheet = sheet_or_404(user=request.user, pk=pk)
    return render(request, "initiatives/space/parts.html", _parts_context(sheet=sheet))


@member_screen("POST", limit="sheet-ask-partner")
def ask_partner(request: MemberRequest, pk: int, organisation: int) -> HttpResponse:
    """Write to a structure to ask whether its part is told right."""
    sheet = sheet_or_404(user=request.user, pk=pk)
    form = PartRequestForm(request.POST, auto_id=f"id_%s_{organisation}")
    if not form.is_valid():
        context = _parts_context(sheet=sheet, organisation=organisation, form=form)
        return render(request, "initiatives/space/parts.html", context, status=UNPROCESSABLE)
    email = form.cleaned_data["email"]
    with telling(request, done=f"La question est envoyée à {email}."):
        ask_part(sheet=sheet, organisation_pk=organisation, email=email, user=request.user, now=timezone.now())
    return redirect("sheet-parts", pk=pk)


def _parts_context(
    *, sheet: InitiativePage, organisation: int | None = None, form: PartRequestForm | None = None
) -> dict[str, Any]:
    now = timezone.now()

    def row(part: NamedPart) -> dict[str, Any]:
        pk = part.organisation.pk
        is_waiting = part.is_waiting(now=now)
        return {
            "part": part,
            "is_waiting": is_waiting,
            "may_ask": not (is_waiting or part.is_confirmed),
            "form": form if form is not None and pk == organisation else PartRequestForm(auto_id=f"id_%s_{pk}"),
        }

    return {
        "sheet": sheet,
        "title": title_of(sheet=sheet),
        "rows": [row(part) for part in named_parts(sheet=sheet)],
        "form": form or PartRequestForm(),
    }
