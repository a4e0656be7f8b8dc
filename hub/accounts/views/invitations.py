"""The page a mail of invitation leads to."""

from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from hub.accounts.errors import MembershipError
from hub.accounts.forms import NameForm
from hub.accounts.inviting import accept_invitation, has_proven, invitation_of, why_closed
from hub.accounts.models import Membership, User
from hub.limits import limited


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
