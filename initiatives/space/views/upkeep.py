"""What a member does to keep a published sheet true: confirm it, archive it, ask its partners."""

from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hub.web.limits import limited
from initiatives.drafts import title_of
from initiatives.models import InitiativePage
from initiatives.space.access import actions_on, sheet_or_404
from initiatives.upkeep.confirming import ArchiveRefused, archive, bring_back, confirm
from initiatives.upkeep.forms import PartRequestForm
from initiatives.upkeep.parts import NamedPart, PartRefused, ask_part, named_parts

if TYPE_CHECKING:
    from hub.accounts.models import User

_INVALID = 422


@never_cache
@login_required
@require_POST
def confirm_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    sheet = sheet_or_404(user=request.user, pk=pk)
    if sheet.live:
        confirm(sheet=sheet, user=cast("User", request.user), now=timezone.now())
        messages.success(request, "La fiche est confirmée. Nous vous reposerons la question dans un an.")
    else:
        messages.error(request, "Cette fiche n’est pas en ligne : il n’y a rien à confirmer.")
    return redirect("sheet", pk=pk)


@never_cache
@login_required
@require_safe
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    """The two ways a sheet leaves the site, told apart; one that is not there has nothing to leave."""
    sheet = sheet_or_404(user=request.user, pk=pk)
    if not sheet.live:
        return redirect("sheet", pk=pk)
    context = {"sheet": sheet, "title": title_of(sheet=sheet), "actions": actions_on(sheet=sheet)}
    return render(request, "initiatives/space/leave.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def archive_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    sheet = sheet_or_404(user=request.user, pk=pk)
    title = title_of(sheet=sheet)
    if request.method != "POST":
        return render(request, "initiatives/space/archive.html", {"sheet": sheet, "title": title})
    try:
        archive(sheet=sheet, user=cast("User", request.user), now=timezone.now())
    except ArchiveRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("sheet", pk=pk)
    messages.success(request, f"La fiche « {title} » est archivée. Rien n’en est effacé.")
    return redirect("sheet", pk=pk)


@never_cache
@login_required
@require_POST
def bring_sheet_back(request: HttpRequest, pk: int) -> HttpResponse:
    sheet = sheet_or_404(user=request.user, pk=pk)
    try:
        bring_back(sheet=sheet, user=cast("User", request.user), now=timezone.now())
    except ArchiveRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "La fiche est sortie des archives : relisez-la, puis envoyez-la en relecture.")
    return redirect("sheet", pk=pk)


@never_cache
@login_required
@require_safe
def parts(request: HttpRequest, pk: int) -> HttpResponse:
    sheet = sheet_or_404(user=request.user, pk=pk)
    return render(request, "initiatives/space/parts.html", _parts_context(sheet=sheet))


@never_cache
@login_required
@require_POST
@limited(name="sheet-ask-partner")
def ask_partner(request: HttpRequest, pk: int, organisation: int) -> HttpResponse:
    """Write to a structure to ask whether its part is told right."""
    sheet = sheet_or_404(user=request.user, pk=pk)
    form = PartRequestForm(request.POST, auto_id=f"id_%s_{organisation}")
    if not form.is_valid():
        context = _parts_context(sheet=sheet, organisation=organisation, form=form)
        return render(request, "initiatives/space/parts.html", context, status=_INVALID)
    email = form.cleaned_data["email"]
    try:
        ask_part(
            sheet=sheet, organisation_pk=organisation, email=email, user=cast("User", request.user), now=timezone.now()
        )
    except PartRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"La question est envoyée à {email}.")
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
