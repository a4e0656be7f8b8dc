from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render

from hub.accounts.forms import NONE_OF_THESE, DescribeForm, JoinForm, RefusalForm
from hub.accounts.joining import accept, ask_for, ask_for_new, refuse, withdraw
from hub.accounts.models import AccessRequest, Membership, RequestState
from hub.accounts.notices import EXPECTED_DELAY
from hub.accounts.rights import requests_for_owner
from hub.accounts.screens import MemberRequest, member_screen, own_row
from hub.refusals import Refused, telling
from hub.vocabulary.models import Organisation
from hub.vocabulary.suggestions import code_of, organisation_coded, suggest_organisations

MAX_QUERY_LENGTH = 200
MAX_ANSWERED = 5
SENT = f"Votre demande est envoyée. Réponse attendue sous {EXPECTED_DELAY}."


@member_screen("GET")
def organisations(request: MemberRequest) -> HttpResponse:
    """The person's structures, and where each request stands. Whoever has none of either is led to ask."""
    user = request.user
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


@member_screen("GET", "POST", limit="access-request")
def join(request: MemberRequest) -> HttpResponse:
    """Search a structure by its name with ``?q=``, then ask to write for one of those found."""
    user = own_row(request)
    query = _readable(request.GET.get("q", ""))
    code = organisation_coded(text=query)
    found = _found(query, code=code)
    # The structure ticked from the start: the one found, when there is but one.
    initial = {"organisation": found[0].pk if len(found) == 1 else None}
    form = JoinForm(request.POST if request.method == "POST" else None, user=user, initial=initial)
    if form.is_valid():
        try:
            with transaction.atomic():
                form.keep_name()
                ask_for(user=user, organisation=form.cleaned_data["organisation"], message=form.cleaned_data["message"])
        except Refused as refusal:
            form.add_error("organisation", refusal.message)
        else:
            messages.success(request, SENT)
            return redirect("organisations")
    context = {
        "query": found[0].name if code is not None and found else query,
        "searched": bool(query),
        "found": found,
        "form": form,
        "chosen": str(form["organisation"].value() or ""),
        "is_member": Membership.objects.of(user=user).exists(),
        "pending": list(AccessRequest.objects.pending().filter(user=user).select_related("organisation")),
        "expected_delay": EXPECTED_DELAY,
    }
    return render(request, "accounts/join.html", context)


@member_screen("GET", "POST", limit="access-request")
def describe(request: MemberRequest) -> HttpResponse:
    """Describe a structure that is not in the list; those of nearly the same name are shown before anything is sent."""
    user = own_row(request)
    initial = {"name": _readable(request.GET.get("nom", ""))}
    form = DescribeForm(request.POST if request.method == "POST" else None, user=user, initial=initial)
    if form.is_valid():
        message = form.cleaned_data["message"]
        try:
            with transaction.atomic():
                form.keep_name()
                if form.chosen is not None:
                    ask_for(user=user, organisation=form.chosen, message=message)
                else:
                    ask_for_new(user=user, described=form.described(), message=message)
        except Refused as refusal:
            form.add_error("name", refusal.message)
        else:
            messages.success(request, SENT)
            return redirect("organisations")
    context = {"form": form, "none_of_these": NONE_OF_THESE, "expected_delay": EXPECTED_DELAY}
    return render(request, "accounts/describe.html", context)


@member_screen("POST", limit="access-request")
def withdraw_request(request: MemberRequest, pk: int) -> HttpResponse:
    """Forget a request that nobody answered; a stranger's is left alone, in the same words as one that is gone."""
    if withdraw(user=request.user, pk=pk):
        messages.success(request, "Votre demande est retirée.")
    else:
        messages.info(request, "Cette demande a déjà reçu une réponse, ou a été retirée.")
    return redirect("organisations")


@member_screen("GET")
def suggestions(request: MemberRequest) -> JsonResponse:
    """Answer ``?q=`` with a list of ``{code, label, detail}``, best first, in the form ``combobox.js`` reads."""
    found = [
        {"code": code_of(suggestion.key), "label": suggestion.name, "detail": suggestion.kind}
        for suggestion in suggest_organisations(text=_readable(request.GET.get("q", "")))
    ]
    return JsonResponse(found, safe=False, json_dumps_params={"ensure_ascii": False})


def _found(query: str, *, code: int | None) -> list[Organisation]:
    keys = [found.key for found in suggest_organisations(text=query)] if code is None else [code]
    known = Organisation.objects.validated().select_related("kind", "territory").in_bulk(keys)
    return [known[key] for key in keys if key in known]


def _readable(text: str) -> str:
    """What was typed, without what cannot be printed back, and no longer than a name."""
    return " ".join("".join(letter for letter in text if letter.isprintable()).split())[:MAX_QUERY_LENGTH]


@member_screen("GET", "POST", limit="membership")
def answer_request(request: MemberRequest, pk: int) -> HttpResponse:
    owned = Membership.objects.of(user=request.user).owners().values("organisation")
    found = AccessRequest.objects.filter(pk=pk, organisation__in=owned).select_related("user", "organisation")
    asked: AccessRequest | None = found.first()
    if asked is None or asked.organisation is None:
        raise Http404("Cette demande n’existe pas, ou ne concerne pas votre structure.")
    decision = request.POST.get("decision")
    form = RefusalForm(request.POST if decision == "refuse" else None)
    if decision == "accept":
        with telling(request, done=f"{asked.user} écrit désormais pour « {asked.organisation} »."):
            accept(pk=asked.pk, by=request.user)
        return redirect("organisation-members", asked.organisation.pk)
    if form.is_valid():
        with telling(request, done=f"La demande de {asked.user} est refusée ; la raison lui est envoyée."):
            refuse(pk=asked.pk, by=request.user, reason=form.cleaned_data["reason"])
        return redirect("organisation-members", asked.organisation.pk)
    context = {"asked": asked, "form": form, "is_pending": asked.state == RequestState.PENDING}
    return render(request, "accounts/answer_request.html", context)
