"""An owner answers a request to join the structure, as Dihal may."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from hub.accounts.enums import RequestState
from hub.accounts.errors import MembershipError
from hub.accounts.forms import RefusalForm
from hub.accounts.joining import accept, refuse
from hub.accounts.models import AccessRequest, Membership, User
from hub.limits import limited


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited(name="membership")
def answer_request(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a request to join a structure the person owns; a POST accepts or refuses it.

    Raises:
        Http404: for a request that does not exist, or is for a structure the person does not own.
    """
    user = cast("User", request.user)
    owned = Membership.objects.of(user=user).owners().values("organisation")
    found = AccessRequest.objects.filter(pk=pk, organisation__in=owned).select_related("user", "organisation")
    asked: AccessRequest | None = found.first()
    if asked is None or asked.organisation is None:
        raise Http404("Cette demande n’existe pas, ou ne concerne pas votre structure.")
    wants_refusal = request.method == "POST" and request.POST.get("decision") == "refuse"
    form = RefusalForm(request.POST if wants_refusal else None)
    if request.method == "POST":
        try:
            if request.POST.get("decision") == "accept":
                accept(pk=asked.pk, by=user)
                messages.success(request, f"{asked.user} écrit désormais pour « {asked.organisation} ».")
                return redirect("organisation-members", asked.organisation.pk)
            if wants_refusal and form.is_valid():
                refuse(pk=asked.pk, by=user, reason=form.cleaned_data["reason"])
                messages.success(request, f"La demande de {asked.user} est refusée ; la raison lui est envoyée.")
                return redirect("organisation-members", asked.organisation.pk)
        except MembershipError as error:
            messages.error(request, str(error))
            return redirect("organisation-members", asked.organisation.pk)
    context = {"asked": asked, "form": form, "is_pending": asked.state == RequestState.PENDING}
    return render(request, "accounts/answer_request.html", context)
