from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from hub.accounts.screens import MemberRequest, member_screen
from hub.refusals import UNPROCESSABLE, telling
from initiatives.drafts import title_of
from initiatives.enums import ExchangeKind
from initiatives.fields import field_address, field_label
from initiatives.models import Exchange, InitiativePage
from initiatives.review import actions
from initiatives.review.forms import MessageForm, ReasonForm
from initiatives.space.access import sheet_or_404
from initiatives.thread import tick_remark


@member_screen("GET", "POST")
def withdraw(request: MemberRequest, pk: int) -> HttpResponse:
    sheet = sheet_or_404(user=request.user, pk=pk)
    if request.method != "POST":
        return _form_page(request, "withdraw", sheet=sheet)
    done = "La fiche n’est plus en relecture : vous pouvez la modifier et l’envoyer de nouveau."
    with telling(request, done=done):
        actions.withdraw(sheet=sheet, user=request.user)
    return redirect("sheet", pk=pk)


@member_screen("GET", "POST")
def unpublish(request: MemberRequest, pk: int) -> HttpResponse:
    sheet = sheet_or_404(user=request.user, pk=pk)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        done = "Votre demande est transmise à la Dihal. La fiche reste en ligne d’ici là."
        with telling(request, done=done):
            actions.ask_unpublication(sheet=sheet, user=request.user, reason=form.cleaned_data["message"])
        return redirect("sheet", pk=pk)
    return _form_page(request, "unpublish", sheet=sheet, form=form)


@member_screen("POST")
def keep_online(request: MemberRequest, pk: int) -> HttpResponse:
    sheet = sheet_or_404(user=request.user, pk=pk)
    with telling(request, done="La demande de retrait est annulée : la fiche reste en ligne."):
        actions.cancel_unpublication(sheet=sheet, user=request.user)
    return redirect("sheet", pk=pk)


@member_screen("GET", "POST")
def exchanges(request: MemberRequest, pk: int) -> HttpResponse:
    sheet = sheet_or_404(user=request.user, pk=pk)
    form = MessageForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        actions.send_message(sheet=sheet, user=request.user, text=form.cleaned_data["message"], from_dihal=False)
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
    return _form_page(request, "exchanges", sheet=sheet, form=form, thread=thread)


@member_screen("POST")
def tick(request: MemberRequest, pk: int, remark: int) -> HttpResponse:
    sheet = sheet_or_404(user=request.user, pk=pk)
    try:
        tick_remark(sheet=sheet, pk=remark, is_done=request.POST.get("fait") == "oui")
    except Exchange.DoesNotExist as error:
        raise Http404("Cette remarque n’existe pas.") from error
    return redirect("sheet-exchanges", pk=pk)


def _form_page(
    request: HttpRequest,
    name: str,
    *,
    sheet: InitiativePage,
    form: forms.Form | None = None,
    **context: object,
) -> HttpResponse:
    has_errors = form is not None and bool(form.errors)
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
        status=UNPROCESSABLE if has_errors else 200,
    )
