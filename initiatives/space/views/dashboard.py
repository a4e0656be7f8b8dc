"""The sheets of the person’s structures, at a glance."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from initiatives.space.access import organisations_of, sheets_of


@never_cache
@login_required
@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    """The sheets of the person's structures."""
    context = {"organisations": organisations_of(user=request.user), "sheets": sheets_of(user=request.user)}
    return render(request, "initiatives/space/dashboard.html", context)
