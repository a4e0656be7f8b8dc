"""The account page: my name, and the way to everything else that is mine."""

from typing import cast

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from hub.accounts.models import User
from hub.accounts.signing_in.second_factor import enters_gestion, has_second_factor
from hub.limits import limited


class NameForm(forms.ModelForm):
    """How a person is called."""

    class Meta:
        model = User
        fields = ("first_name", "last_name")
        labels = {"first_name": "Prénom", "last_name": "Nom"}
        widgets = {
            "first_name": forms.TextInput(attrs={"autocomplete": "given-name"}),
            "last_name": forms.TextInput(attrs={"autocomplete": "family-name"}),
        }


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited(name="account")
def account(request: HttpRequest) -> HttpResponse:
    """Show the account; a POST changes the name."""
    # Read again: a refused name must not show as the person's on this very page.
    user = User.objects.get(pk=cast("User", request.user).pk)
    form = NameForm(request.POST if request.method == "POST" else None, instance=user)
    if form.is_valid():
        form.save()
        messages.success(request, "Votre nom est enregistré.")
        return redirect("account")
    has_factor = has_second_factor(user=user)
    context = {
        "form": form,
        "memberships": user.memberships.select_related("organisation"),
        "has_password": user.has_usable_password(),
        "has_second_factor": has_factor,
        "needs_second_factor": enters_gestion(user=user) and not has_factor,
    }
    return render(request, "account/account.html", context)
