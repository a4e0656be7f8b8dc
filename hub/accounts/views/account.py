from typing import cast

from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from hub.accounts.forms import AccountDeletionForm
from hub.accounts.models import User
from hub.accounts.personal_data import delete_account, has_administration, personal_data, structures_to_hand_over
from hub.accounts.rights import LastOwnerError
from hub.web.limits import limited


@never_cache
@login_required
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    data = personal_data(user=cast("User", request.user))
    response = JsonResponse(data, json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Content-Disposition"] = 'attachment; filename="mes-donnees.json"'
    return response


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited(name="account")
def delete(request: HttpRequest) -> HttpResponse:
    """Explain what a deletion does; a POST that bears the account's address does it, and signs out."""
    # Read again: what is deleted must be the person, not the request's lazy copy of it.
    user = User.objects.get(pk=cast("User", request.user).pk)
    is_possible = not has_administration(user=user)
    form = AccountDeletionForm(request.POST if request.method == "POST" else None, user=user)
    if is_possible and form.is_valid():
        try:
            with transaction.atomic():
                delete_account(user=user)
                logout(request)
        except LastOwnerError as error:
            form.add_error(None, str(error))
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
