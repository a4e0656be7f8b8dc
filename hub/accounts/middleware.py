"""An account that ends in one window while another window of the same person is being answered."""

from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.deprecation import MiddlewareMixin

from hub.accounts.models import User


class EndedAccountMiddleware(MiddlewareMixin):
    """Whoever changes something locks the account, or names it in a row: none is found, or the database refuses."""

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, ObjectDoesNotExist | IntegrityError) or not request.user.is_authenticated:
            return None
        if User.objects.filter(pk=request.user.pk).exists():
            return None
        request.session.flush()
        if "application/json" in request.headers.get("Accept", ""):
            return JsonResponse({"saved": False, "signed_out": True, "login": reverse("account_login")}, status=403)
        return redirect("account-deleted")
