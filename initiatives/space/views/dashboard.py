"""The sheets of the person’s structures, at a glance, what is asked first."""

from typing import TYPE_CHECKING, cast

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from hub.accounts.models import AccessRequest, Invitation, User
from initiatives.space.access import organisations_of
from initiatives.space.listing import filtered, listed_sheets, rows, state_filters
from initiatives.space.waiting import drafts_waiting

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from initiatives.models import InitiativePage

SHEETS_PER_PAGE = 20


@never_cache
@login_required
@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    """The sheets of the person's structures, and her own; who has neither nor asked for one is led to do so."""
    user = cast("User", request.user)
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
