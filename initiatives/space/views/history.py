from typing import Any

from csp.constants import SELF
from csp.decorators import csp_replace
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe
from wagtail.models import Revision

from hub.accounts.screens import MemberRequest, member_screen
from hub.refusals import Refused
from initiatives.comparing import differences
from initiatives.drafts import text_of, title_of
from initiatives.models import InitiativePage
from initiatives.space.access import may_read_draft, sheet_or_404
from initiatives.space.history import (
    person_of,
    restore,
    revisions_of,
    sessions_of,
    version_or_404,
)
from initiatives.states import UNDER_REVIEW, state_of

VERSIONS_PER_PAGE = 100


@member_screen("GET")
def history(request: MemberRequest, pk: int) -> HttpResponse:
    sheet = sheet_or_404(user=request.user, pk=pk)
    found = revisions_of(sheet=sheet)
    number = request.GET.get("page", "")
    page = Paginator(found, VERSIONS_PER_PAGE).get_page(number[:6] if number.isdecimal() else 1)
    former = found[page.end_index() : page.end_index() + 1]
    context = {
        **_common(sheet=sheet),
        "entries": page,
        "sessions": sessions_of(sheet=sheet, revisions=page.object_list, former=former[0] if former else None),
        "latest_pk": sheet.latest_revision_id,
    }
    return render(request, "initiatives/space/history.html", context)


@member_screen("GET")
def compare(request: MemberRequest, pk: int, before: int, after: int) -> HttpResponse:
    """Two versions side by side, field by field."""
    sheet = sheet_or_404(user=request.user, pk=pk)
    former, latter = (version_or_404(sheet=sheet, pk=number) for number in (before, after))
    context = {
        **_common(sheet=sheet),
        "former": _told(sheet=sheet, revision=former),
        "latter": _told(sheet=sheet, revision=latter),
        "differences": differences(before=former.as_object(), after=latter.as_object()),
    }
    return render(request, "initiatives/space/compare.html", context)


@member_screen("GET")
def version(request: MemberRequest, pk: int, number: int) -> HttpResponse:
    """One version as it would be published."""
    sheet = sheet_or_404(user=request.user, pk=pk)
    revision = version_or_404(sheet=sheet, pk=number)
    text: InitiativePage = revision.as_object()
    context = {
        **text.get_context(request),
        **_common(sheet=sheet),
        "version": _told(sheet=sheet, revision=revision),
        "is_latest": revision.pk == sheet.latest_revision_id,
    }
    response = render(request, "initiatives/space/version.html", context)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


@member_screen("POST")
def take_up_again(request: MemberRequest, pk: int, number: int) -> HttpResponse:
    """Make an older version the text being written."""
    sheet = sheet_or_404(user=request.user, pk=pk)
    revision = version_or_404(sheet=sheet, pk=number)
    try:
        restore(sheet=sheet, revision=revision, user=request.user)
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect("sheet-history", pk=pk)
    day = f"{revision.created_at:%d/%m/%Y}"
    messages.success(request, f"Le texte du {day} est repris. Les versions écrites depuis restent dans l’historique.")
    return redirect("sheet", pk=pk)


def _common(*, sheet: InitiativePage) -> dict[str, Any]:
    return {
        "sheet": sheet,
        "title": title_of(sheet=sheet),
        "may_restore": state_of(sheet=sheet) not in UNDER_REVIEW,
    }


def _told(*, sheet: InitiativePage, revision: Revision) -> dict[str, Any]:
    return {"pk": revision.pk, "at": revision.created_at, "person": person_of(sheet=sheet, revision=revision)}


@never_cache
@xframe_options_sameorigin
@csp_replace({"frame-ancestors": [SELF]})  # type: ignore[arg-type]
@login_required
@require_safe
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the latest saved text with the template of the public page; the form shows it in a frame (``?cadre=1``)."""
    sheet = InitiativePage.objects.filter(pk=pk).select_related("dossier").first()
    if sheet is None or not may_read_draft(user=request.user, sheet=sheet):
        raise Http404("Cette fiche n’existe pas, ou n’est pas tenue par votre structure.")
    text = text_of(sheet=sheet)
    context = {
        **text.get_context(request),
        "sheet": sheet,
        "is_in_frame": request.GET.get("cadre") == "1",
        "state": state_of(sheet=sheet),
        "is_published_text": sheet.live and not sheet.has_unpublished_changes,
    }
    response = render(request, "initiatives/space/preview.html", context)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
