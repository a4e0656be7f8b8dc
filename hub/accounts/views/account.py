from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from hub.accounts.forms import AccountDeletionForm
from hub.accounts.models import User
from hub.accounts.personal_data import delete_account, enters_gestion, personal_data, structures_to_hand_over
from hub.accounts.screens import MemberRequest, member_screen, own_row
from hub.accounts.signing_in.second_factor import has_second_factor
from hub.refusals import Refused


class NameForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ("first_name", "last_name")
        labels = {"first_name": "Prénom", "last_name": "Nom"}
        widgets = {
            "first_name": forms.TextInput(attrs={"autocomplete": "given-name"}),
            "last_name": forms.TextInput(attrs={"autocomplete": "family-name"}),
        }


@member_screen("GET", "POST", limit="account")
def account(request: MemberRequest) -> HttpResponse:
    user = own_row(request)
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


@member_screen("GET")
def export(request: MemberRequest) -> HttpResponse:
    response = JsonResponse(personal_data(user=request.user), json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Content-Disposition"] = 'attachment; filename="mes-donnees.json"'
    return response


@member_screen("GET", "POST", limit="account")
def delete(request: MemberRequest) -> HttpResponse:
    user = own_row(request)
    is_possible = not enters_gestion(user=user)
    form = AccountDeletionForm(request.POST if request.method == "POST" else None, user=user)
    if is_possible and form.is_valid():
        try:
            with transaction.atomic():
                delete_account(user=user)
                logout(request)
        except Refused as refusal:
            refusal.add_to(form)
        else:
            return redirect("account-deleted")
    context = {
        "form": form,
        "is_possible": is_possible,
        "to_hand_over": structures_to_hand_over(user=user),
        "address": user.email or user.username,
    }
    return render(request, "accounts/account_delete.html", context)


@never_cache
@require_safe
def deleted(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/account_deleted.html")
