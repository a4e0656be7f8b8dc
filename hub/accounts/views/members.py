from collections.abc import Callable
from typing import cast
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

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
    waiting_invitations,
    why_closed,
)
from hub.accounts.models import AccessRequest, Membership, MembershipRole, User
from hub.accounts.rights import MembershipError, membership_or_404
from hub.vocabulary.models import Organisation
from hub.web.limits import limited


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited(name="invitation")
def members(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the members and the invitations; a POST invites somebody."""
    mine = _mine(request, pk=pk, needs_owner=request.method == "POST")
    form = InvitationForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            invitation = invite(
                by=cast("User", request.user),
                organisation=mine.organisation,
                email=form.cleaned_data["email"],
                role=MembershipRole(form.cleaned_data["role"]),
            )
        except MembershipError as error:
            form.add_error("email", str(error))
        else:
            messages.success(request, f"Une invitation est envoyée à {invitation.email}.")
            return redirect("organisation-members", pk)
    return render(request, "accounts/members.html", _members_context(mine=mine, form=form))


@never_cache
@login_required
@require_POST
@limited(name="membership")
def member_role(request: HttpRequest, pk: int, membership_pk: int) -> HttpResponse:
    mine = _mine(request, pk=pk, needs_owner=True)
    form = RoleForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Choisissez un rôle de la liste.")
        return redirect("organisation-members", pk)
    role = MembershipRole(form.cleaned_data["role"])

    def change() -> str:
        changed = change_role(by=mine.user, organisation_pk=pk, membership_pk=membership_pk, role=role)
        return f"{changed.user} est désormais {changed.get_role_display().lower()}."

    return _done(request, pk=pk, change=change)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited(name="membership")
def member_remove(request: HttpRequest, pk: int, membership_pk: int) -> HttpResponse:
    mine = _mine(request, pk=pk, needs_owner=True)
    if request.method == "POST":

        def remove() -> str:
            removed = remove_member(by=mine.user, organisation_pk=pk, membership_pk=membership_pk)
            return f"{removed.user} n’écrit plus pour « {removed.organisation} »."

        return _done(request, pk=pk, change=remove)
    found = Membership.objects.filter(organisation=pk, pk=membership_pk).select_related("user", "organisation")
    member = found.first()
    if member is None:
        raise Http404("Cette personne n’est pas membre de la structure.")
    return render(request, "accounts/member_remove.html", {"member": member, "organisation": mine.organisation})


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited(name="membership")
def leave_organisation(request: HttpRequest, pk: int) -> HttpResponse:
    mine = _mine(request, pk=pk)
    problem = ""
    if request.method == "POST":
        try:
            leave(user=mine.user, organisation_pk=pk)
        except MembershipError as error:
            problem = str(error)
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


@never_cache
@login_required
@require_POST
@limited(name="invitation")
def invitation_resend(request: HttpRequest, pk: int, invitation_pk: int) -> HttpResponse:
    mine = _mine(request, pk=pk, needs_owner=True)
    return _done(
        request,
        pk=pk,
        change=lambda: (
            f"L’invitation de {resend(by=mine.user, organisation_pk=pk, pk=invitation_pk).email} est renvoyée."
        ),
    )


@never_cache
@login_required
@require_POST
@limited(name="membership")
def invitation_revoke(request: HttpRequest, pk: int, invitation_pk: int) -> HttpResponse:
    mine = _mine(request, pk=pk, needs_owner=True)
    return _done(
        request,
        pk=pk,
        change=lambda: (
            f"L’invitation de {revoke(by=mine.user, organisation_pk=pk, pk=invitation_pk).email} est annulée."
        ),
    )


def _mine(request: HttpRequest, *, pk: int, needs_owner: bool = False) -> Membership:
    mine = membership_or_404(user=request.user, organisation_pk=pk)
    if needs_owner and not mine.is_owner:
        raise PermissionDenied("Seuls les responsables de la structure gèrent ses membres.")
    return mine


def _done(request: HttpRequest, *, pk: int, change: Callable[[], str]) -> HttpResponse:
    """Do a change and say so, or why not, on the page of the members."""
    try:
        messages.success(request, change())
    except MembershipError as error:
        messages.error(request, str(error))
    except Membership.DoesNotExist:
        messages.info(request, "Cette personne n’est plus membre de la structure.")
    still_member = Membership.objects.of(user=request.user).filter(organisation=pk).exists()
    return redirect("organisation-members", pk) if still_member else redirect("organisations")


def _members_context(*, mine: Membership, form: InvitationForm) -> dict[str, object]:
    organisation: Organisation = mine.organisation
    return {
        "organisation": organisation,
        "mine": mine,
        "members": list(organisation.memberships.select_related("user").order_by("-role", "created_at", "pk")),
        "roles": MembershipRole.choices,
        "is_last_owner": is_last_owner(membership=mine),
        "form": form,
        "invitations": waiting_invitations(organisation=organisation) if mine.is_owner else [],
        "requests": _requests(organisation) if mine.is_owner else [],
        "now": timezone.now(),
    }


def _requests(organisation: Organisation) -> list[AccessRequest]:
    return list(AccessRequest.objects.pending().filter(organisation=organisation).select_related("user"))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited(name="invitation-answer")
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Show an invitation, to anybody who holds the link; a POST of the person invited accepts it.

    Reading the page, as the scanners of a mail server do, changes nothing. An anonymous visitor is asked to sign in,
    and comes back here.
    """
    found = invitation_of(token=token)
    if found is None:
        return render(request, "accounts/invitation_unknown.html", status=404)
    sign_in = f"{reverse('account_login')}?{urlencode({'next': request.path})}"
    form: NameForm | None = None
    if request.method == "POST":
        if not request.user.is_authenticated:
            return redirect(sign_in)
        form = NameForm(request.POST, user=User.objects.get(pk=request.user.pk))
        try:
            if form.is_valid():
                with transaction.atomic():
                    membership = accept_invitation(user=form.user, pk=found.pk)
                    form.keep_name()
                messages.success(request, f"Bienvenue ! Vous écrivez désormais pour « {membership.organisation} ».")
                return redirect("space")
        except MembershipError:
            found = invitation_of(token=token)  # the page says why
            if found is None:
                return render(request, "accounts/invitation_unknown.html", status=404)
    elif request.user.is_authenticated:
        form = NameForm(user=request.user)
    user = request.user
    is_member = Membership.objects.of(user=user).filter(organisation=found.organisation).exists()
    context = {
        "form": form,
        "invitation": found,
        "closed": why_closed(invitation=found),
        "is_signed_in": user.is_authenticated,
        "is_for_me": user.is_authenticated and has_proven(user=user, email=found.email),
        "is_member": is_member,
        "sign_in": sign_in,
    }
    return render(request, "accounts/invitation.html", context)
