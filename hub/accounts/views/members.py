from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from hub.accounts.forms import InvitationForm, NameForm, RoleForm
from hub.accounts.members import (
    accept_invitation,
    change_role,
    has_proven,
    invitation_of,
    invite,
    is_alone,
    is_last_owner,
    leave,
    remove_member,
    resend,
    revoke,
    why_closed,
)
from hub.accounts.models import AccessRequest, Invitation, Membership, MembershipRole
from hub.accounts.rights import membership_or_404
from hub.accounts.screens import MemberRequest, member_screen, own_row
from hub.refusals import Refused, telling
from hub.web.limits import limited


@member_screen("GET", "POST", limit="invitation")
def members(request: MemberRequest, pk: int) -> HttpResponse:
    mine = _mine(request, pk=pk, needs_owner=request.method == "POST")
    organisation = mine.organisation
    form = InvitationForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        role = MembershipRole(form.cleaned_data["role"])
        try:
            invitation = invite(by=request.user, organisation=organisation, email=form.cleaned_data["email"], role=role)
        except Refused as refusal:
            form.add_error("email", refusal.message)
        else:
            messages.success(request, f"Une invitation est envoyée à {invitation.email}.")
            return redirect("organisation-members", pk)
    invitations = Invitation.objects.waiting().filter(organisation=organisation).order_by("email")
    requests = AccessRequest.objects.pending().filter(organisation=organisation).select_related("user")
    context = {
        "organisation": organisation,
        "mine": mine,
        "members": list(organisation.memberships.select_related("user").order_by("-role", "created_at", "pk")),
        "roles": MembershipRole.choices,
        "is_last_owner": is_last_owner(membership=mine),
        "form": form,
        "invitations": list(invitations) if mine.is_owner else [],
        "requests": list(requests) if mine.is_owner else [],
        "now": timezone.now(),
    }
    return render(request, "accounts/members.html", context)


@member_screen("POST", limit="membership")
def member_role(request: MemberRequest, pk: int, membership_pk: int) -> HttpResponse:
    mine = _mine(request, pk=pk, needs_owner=True)
    form = RoleForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Choisissez un rôle de la liste.")
        return redirect("organisation-members", pk)
    role = MembershipRole(form.cleaned_data["role"])
    with telling(request):
        changed = change_role(by=mine.user, organisation_pk=pk, membership_pk=membership_pk, role=role)
        messages.success(request, f"{changed.user} est désormais {changed.get_role_display().lower()}.")
    return _back(request, pk=pk)


@member_screen("GET", "POST", limit="membership")
def member_remove(request: MemberRequest, pk: int, membership_pk: int) -> HttpResponse:
    mine = _mine(request, pk=pk, needs_owner=True)
    if request.method == "POST":
        with telling(request):
            removed = remove_member(by=mine.user, organisation_pk=pk, membership_pk=membership_pk)
            messages.success(request, f"{removed.user} n’écrit plus pour « {removed.organisation} ».")
        return _back(request, pk=pk)
    found = Membership.objects.filter(organisation=pk, pk=membership_pk).select_related("user", "organisation")
    if (member := found.first()) is None:
        raise Http404("Cette personne n’est pas membre de la structure.")
    return render(request, "accounts/member_remove.html", {"member": member, "organisation": mine.organisation})


@member_screen("GET", "POST", limit="membership")
def leave_organisation(request: MemberRequest, pk: int) -> HttpResponse:
    mine = _mine(request, pk=pk)
    problem = ""
    if request.method == "POST":
        try:
            leave(user=mine.user, organisation_pk=pk)
        except Refused as refusal:
            problem = refusal.message
        else:
            messages.success(request, f"Vous avez quitté « {mine.organisation} ». Ses fiches y restent.")
            return redirect("organisations")
    context = {
        "organisation": mine.organisation,
        "problem": problem,
        "is_alone": is_alone(membership=mine),
        "is_last_owner": is_last_owner(membership=mine),
    }
    return render(request, "accounts/leave.html", context)


@member_screen("POST", limit="invitation")
def invitation_resend(request: MemberRequest, pk: int, invitation_pk: int) -> HttpResponse:
    mine = _mine(request, pk=pk, needs_owner=True)
    with telling(request):
        sent = resend(by=mine.user, organisation_pk=pk, pk=invitation_pk)
        messages.success(request, f"L’invitation de {sent.email} est renvoyée.")
    return _back(request, pk=pk)


@member_screen("POST", limit="membership")
def invitation_revoke(request: MemberRequest, pk: int, invitation_pk: int) -> HttpResponse:
    mine = _mine(request, pk=pk, needs_owner=True)
    with telling(request):
        revoked = revoke(by=mine.user, organisation_pk=pk, pk=invitation_pk)
        messages.success(request, f"L’invitation de {revoked.email} est annulée.")
    return _back(request, pk=pk)


def _mine(request: MemberRequest, *, pk: int, needs_owner: bool = False) -> Membership:
    mine = membership_or_404(user=request.user, organisation_pk=pk)
    if needs_owner and not mine.is_owner:
        raise PermissionDenied("Seuls les responsables de la structure gèrent ses membres.")
    return mine


def _back(request: MemberRequest, *, pk: int) -> HttpResponse:
    """To one's structures when the act ended one's own place."""
    still_member = Membership.objects.of(user=request.user).filter(organisation=pk).exists()
    return redirect("organisation-members", pk) if still_member else redirect("organisations")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited(name="invitation-answer")
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Show an invitation to anybody who holds the link: people, and scanners of mails; its person's POST accepts it."""
    found = invitation_of(token=token)
    if found is None:
        return render(request, "accounts/invitation_unknown.html", status=404)
    user = request.user
    sign_in = f"{reverse('account_login')}?{urlencode({'next': request.path})}"
    form: NameForm | None = None
    if request.method == "POST":
        if not user.is_authenticated:
            return redirect(sign_in)
        form = NameForm(request.POST, user=own_row(request))
        try:
            if form.is_valid():
                with transaction.atomic():
                    membership = accept_invitation(user=form.user, pk=found.pk)
                    form.keep_name()
                messages.success(request, f"Bienvenue ! Vous écrivez désormais pour « {membership.organisation} ».")
                return redirect("space")
        except Refused:
            found = invitation_of(token=token)  # the page says why
            if found is None:
                return render(request, "accounts/invitation_unknown.html", status=404)
    elif user.is_authenticated:
        form = NameForm(user=user)
    context = {
        "form": form,
        "invitation": found,
        "closed": why_closed(invitation=found),
        "is_signed_in": user.is_authenticated,
        "is_for_me": user.is_authenticated and has_proven(user=user, email=found.email),
        "is_member": Membership.objects.of(user=user).filter(organisation=found.organisation).exists(),
        "sign_in": sign_in,
    }
    return render(request, "accounts/invitation.html", context)
