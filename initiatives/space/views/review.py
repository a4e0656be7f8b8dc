from typing import cast

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from hub.accounts.models import User
from initiatives.drafts import title_of
from initiatives.enums import ExchangeKind
from initiatives.fields import field_address, field_label
from initiatives.models import Exchange, InitiativePage
from initiatives.review import actions
from initiatives.review.forms import MessageForm, ReasonForm
from initiatives.review.readiness import ReviewRefused
from initiatives.space.access import sheet_or_404
from initiatives.thread import tick_remark

# The answer to a form that cannot be accepted.
_REFUSED = 422


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    sheet = sheet_or_404(user=request.user, pk=pk)
    if request.method != "POST":
        return _form_page(request, "withdraw", sheet=sheet, form=None, is_refused=False)
    try:
        actions.withdraw(sheet=sheet, user=_person(request))
    except ReviewRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "La fiche n’est plus en relecture : vous pouvez la modifier et l’envoyer de nouveau.")
    return redirect("sheet", pk=pk)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def unpublish(request: HttpRequest, pk: int) -> HttpResponse:
    sheet = sheet_or_404(user=request.user, pk=pk)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            actions.ask_unpublication(sheet=sheet, user=_person(request), reason=form.cleaned_data["message"])
        except ReviewRefused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, "Votre demande est transmise à la Dihal. La fiche reste en ligne d’ici là.")
        return redirect("sheet", pk=pk)
    return _form_page(request, "unpublish", sheet=sheet, form=form, is_refused=False)


@never_cache
@login_required
@require_POST
def keep_online(request: HttpRequest, pk: int) -> HttpResponse:
    sheet = sheet_or_404(user=request.user, pk=pk)
    try:
        actions.cancel_unpublication(sheet=sheet, user=_person(request))
    except ReviewRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "La demande de retrait est annulée : la fiche reste en ligne.")
    return redirect("sheet", pk=pk)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def exchanges(request: HttpRequest, pk: int) -> HttpResponse:
    sheet = sheet_or_404(user=request.user, pk=pk)
    form = MessageForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        actions.send_message(sheet=sheet, user=_person(request), text=form.cleaned_data["message"], from_dihal=False)
        messages.success(request, "Votre message est envoyé à la Dihal.")
        return redirect("sheet-exchanges", pk=pk)
    thread = [
        {
            "exchange": exchange,
            "label": field_label(name=exchange.field),
            "address": field_address(page_id=pk, name=exchange.field) if exchange.field else "",
        }
        for exchange in Exchange.objects.filter(page=sheet).select_related("page")
    ]
    return _form_page(request, "exchanges", sheet=sheet, form=form, is_refused=False, thread=thread)


@never_cache
@login_required
@require_POST
def tick(request: HttpRequest, pk: int, remark: int) -> HttpResponse:
    """Note that a remark was dealt with, or was not.

    Raises:
        Http404: when the sheet has no such remark.
    """
    sheet = sheet_or_404(user=request.user, pk=pk)
    try:
        tick_remark(sheet=sheet, pk=remark, is_done=request.POST.get("fait") == "oui")
    except Exchange.DoesNotExist as error:
        raise Http404("Cette remarque n’existe pas.") from error
    return redirect("sheet-exchanges", pk=pk)


def _person(request: HttpRequest) -> User:
    return User.objects.get(pk=cast("User", request.user).pk)


def _form_page(
    request: HttpRequest,
    name: str,
    *,
    sheet: InitiativePage,
    form: forms.Form | None,
    is_refused: bool,
    **context: object,
) -> HttpResponse:
    has_errors = is_refused or bool(form is not None and form.errors)
    return render(
        request,
        f"initiatives/space/review/{name}.html",
        {
            "sheet": sheet,
            "title": title_of(sheet=sheet),
            "form": form,
            "has_errors": has_errors,
            "remark_kind": ExchangeKind.REMARK,
            **context,
        },
        status=_REFUSED if has_errors else 200,
    )
