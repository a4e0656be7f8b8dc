from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hub.accounts.forms import NONE_OF_THESE, DescribeForm, JoinForm, RefusalForm
from hub.accounts.joining import accept, ask_for, ask_for_new, refuse, withdraw
from hub.accounts.models import AccessRequest, Membership, RequestState, User
from hub.accounts.notices import EXPECTED_DELAY
from hub.accounts.rights import MembershipError, requests_for_owner
from hub.vocabulary.models import Organisation
from hub.vocabulary.suggestions import code_of, organisation_coded, suggest_organisations
from hub.web.limits import limited

MAX_QUERY_LENGTH = 200
MAX_ANSWERED = 5


@never_cache
@login_required
@require_safe
def organisations(request: HttpRequest) -> HttpResponse:
    """The person's structures, and where each request stands. Whoever has none of either is led to ask."""
    user = cast("User", request.user)
    memberships = list(Membership.objects.of(user=user).select_related("organisation__kind"))
    asked = AccessRequest.objects.filter(user=user).select_related("organisation")
    pending = list(asked.pending().order_by("created_at"))
    refused = list(asked.filter(state=RequestState.REFUSED).order_by("-decided_at")[:MAX_ANSWERED])
    if not memberships and not pending and not refused:
        return redirect("organisation-join")
    context = {
        "memberships": memberships,
        "pending": pending,
        "refused": refused,
        "to_answer": list(requests_for_owner(user=user)),
        "expected_delay": EXPECTED_DELAY,
    }
    return render(request, "accounts/organisations.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited(name="access-request")
def join(request: HttpRequest) -> HttpResponse:
    """Search a structure by its name with ``?q=``, then ask to write for one of those found."""
    # Read again: a name that is refused must not show as the person's on this very page.
    user = User.objects.get(pk=cast("User", request.user).pk)
    query = _readable(request.GET.get("q", ""))
    found = _found(query)
    form = JoinForm(
        request.POST if request.method == "POST" else None, user=user, initial={"organisation": _only(found)}
    )
    if form.is_valid():
        try:
            with transaction.atomic():
                form.keep_name()
                ask_for(user=user, organisation=form.cleaned_data["organisation"], message=form.cleaned_data["message"])
        except MembershipError as error:
            form.add_error("organisation", str(error))
        else:
            messages.success(request, f"Votre demande est envoyée. Réponse attendue sous {EXPECTED_DELAY}.")
            return redirect("organisations")
    context = {
        "query": found[0].name if organisation_coded(text=query) is not None and found else query,
        "searched": bool(query),
        "found": found,
        "form": form,
        "chosen": str(form["organisation"].value() or ""),
        "is_member": Membership.objects.of(user=user).exists(),
        "pending": list(AccessRequest.objects.pending().filter(user=user).select_related("organisation")),
        "expected_delay": EXPECTED_DELAY,
    }
    return render(request, "accounts/join.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited(name="access-request")
def describe(request: HttpRequest) -> HttpResponse:
    """Describe a structure that is not in the list; those of nearly the same name are shown before anything is sent."""
    user = User.objects.get(pk=cast("User", request.user).pk)
    form = DescribeForm(
        request.POST if request.method == "POST" else None,
        user=user,
        initial={"name": _readable(request.GET.get("nom", ""))},
    )
    if form.is_valid():
        message = form.cleaned_data["message"]
        try:
            with transaction.atomic():
                form.keep_name()
                if form.chosen is not None:
                    ask_for(user=user, organisation=form.chosen, message=message)
                else:
                    ask_for_new(user=user, described=form.described(), message=message)
        except MembershipError as error:
            form.add_error("name", str(error))
        else:
            messages.success(request, f"Votre demande est envoyée. Réponse attendue sous {EXPECTED_DELAY}.")
            return redirect("organisations")
    context = {"form": form, "none_of_these": NONE_OF_THESE, "expected_delay": EXPECTED_DELAY}
    return render(request, "accounts/describe.html", context)


@never_cache
@login_required
@require_POST
@limited(name="access-request")
def withdraw_request(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget a request that nobody answered; a stranger's is left alone, in the same words as one that is gone."""
    if withdraw(user=cast("User", request.user), pk=pk):
        messages.success(request, "Votre demande est retirée.")
    else:
        messages.info(request, "Cette demande a déjà reçu une réponse, ou a été retirée.")
    return redirect("organisations")


@never_cache
@login_required
@require_safe
def suggestions(request: HttpRequest) -> JsonResponse:
    """Answer ``?q=`` with a list of ``{code, label, detail}``, best first, in the form ``combobox.js`` reads."""
    found = [
        {"code": code_of(suggestion.key), "label": suggestion.name, "detail": suggestion.kind}
        for suggestion in suggest_organisations(text=_readable(request.GET.get("q", "")))
    ]
    return JsonResponse(found, safe=False, json_dumps_params={"ensure_ascii": False})


def _found(query: str) -> list[Organisation]:
    chosen = organisation_coded(text=query)
    keys = [found.key for found in suggest_organisations(text=query)] if chosen is None else [chosen]
    known = Organisation.objects.validated().select_related("kind", "territory").in_bulk(keys)
    return [known[key] for key in keys if key in known]


def _only(found: list[Organisation]) -> int | None:
    """The structure ticked from the start: the one found, when there is but one."""
    return found[0].pk if len(found) == 1 else None


def _readable(text: str) -> str:
    """What was typed, without what cannot be printed back, and no longer than a name."""
    return " ".join("".join(letter for letter in text if letter.isprintable()).split())[:MAX_QUERY_LENGTH]


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
