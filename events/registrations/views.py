"""Registering to a workshop without an account, and the page each person has of her own."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from events.models import WorkshopPage
from events.registrations.acting import ask_to_be_told, cancel, change, register, seats_left
from events.registrations.forms import AnswersForm, OpeningNoticeForm, RegistrationForm
from events.registrations.mails import registration_of
from events.registrations.models import Registration, RegistrationState
from events.registrations.opening import BEFORE, Window, hours_label, sentence_of, window_of
from hub.refusals import UNPROCESSABLE, Refused
from hub.web.limits import limited

READING_AND_ANSWERING = ["GET", "HEAD", "POST"]
# What an answer says once the browser was sent back to the page: reading it again does nothing again.
SENT, TOLD, DONE = "envoye", "prevenu", "fait"


@never_cache
@require_http_methods(READING_AND_ANSWERING)
@limited(name="registration")
def registration_form(request: HttpRequest, slug: str) -> HttpResponse:
    """Register, or ask to be told of the opening. The answer is the same whether the address is registered or not."""
    workshop = WorkshopPage.objects.live().public().filter(slug=slug).first()
    if workshop is None:
        raise Http404("Cet atelier n’existe pas, ou n’est plus en ligne.")
    if request.method != "POST":
        return _form_page(request, workshop=workshop)
    is_notice = request.POST.get("action") == "prevenir"
    form = OpeningNoticeForm(request.POST) if is_notice else RegistrationForm(request.POST)
    if not form.is_valid():
        return _form_page(request, workshop=workshop, form=form, status=UNPROCESSABLE)
    try:
        # A robot is thanked as anybody: told the truth, it would try again.
        if not form.is_from_a_robot:
            _act(form, workshop=workshop)
    except Refused as refusal:
        return _form_page(request, workshop=workshop, form=form, refusal=refusal.message, status=HTTPStatus.CONFLICT)
    return redirect(f"{reverse('registration-form', args=[slug])}?{TOLD if is_notice else SENT}=1")


def _act(form: RegistrationForm | OpeningNoticeForm, *, workshop: WorkshopPage) -> None:
    email, now = form.cleaned_data["email"], timezone.now()
    if isinstance(form, RegistrationForm):
        register(workshop_pk=workshop.pk, email=email, answers=form.answers, now=now)
    else:
        ask_to_be_told(workshop_pk=workshop.pk, email=email, now=now)


def _form_page(
    request: HttpRequest,
    *,
    workshop: WorkshopPage,
    form: RegistrationForm | OpeningNoticeForm | None = None,
    refusal: str = "",
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    window = window_of(workshop=workshop, now=timezone.now())
    if form is None and window is Window.OPEN:
        form = RegistrationForm()
    elif form is None and window in BEFORE:
        form = OpeningNoticeForm()
    context: dict[str, Any] = {
        "workshop": workshop,
        "hours": hours_label(workshop=workshop),
        "form": form,
        "is_notice": isinstance(form, OpeningNoticeForm),
        "is_elsewhere": window is Window.ELSEWHERE,
        "is_open": window is Window.OPEN,
        "is_full": window is Window.OPEN and seats_left(workshop=workshop) == 0,
        "sentence": refusal or sentence_of(workshop=workshop, window=window),
        "is_refused": bool(refusal),
        "is_sent": form is not None and not form.is_bound and request.GET.get(SENT) == "1",
        "is_told": form is not None and not form.is_bound and request.GET.get(TOLD) == "1",
    }
    if not request.POST and request.GET.get(SENT) == "1":
        context["is_sent"] = True  # the last seat may have closed the form meanwhile
    return render(request, "events/registrations/register.html", context, status=status)


def _by_link(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Open a person's page to whoever has its link, and keep the link from indexes, other sites and caches."""

    @wraps(view)
    def wrapped(request: HttpRequest, token: str) -> HttpResponse:
        registration = registration_of(token=token)
        if registration is None:
            response = render(request, "events/registrations/link_problem.html", status=HTTPStatus.NOT_FOUND)
        else:
            response = view(request, registration)
        response["X-Robots-Tag"] = "noindex, nofollow"
        response["Referrer-Policy"] = "same-origin"  # stricter, a browser would not say that the form is ours
        return response

    return wrapped


@never_cache
@require_http_methods(READING_AND_ANSWERING)
@limited(name="registration-by-link")
@_by_link
def own_registration(request: HttpRequest, registration: Registration) -> HttpResponse:
    """See, change, cancel. Whoever opens the link for the person, a mail scanner say, changes nothing."""
    if request.method != "POST":
        return _own_page(request, registration=registration, form=AnswersForm.of(registration))
    if request.POST.get("action") == "annuler":
        cancel(registration=registration, now=timezone.now())
        return redirect(f"{request.path}?{DONE}=annule")
    form = AnswersForm(request.POST)
    if not form.is_valid():
        return _own_page(request, registration=registration, form=form, status=UNPROCESSABLE)
    if not change(registration=registration, answers=form.answers):
        registration.refresh_from_db()
        problem = "Votre inscription est annulée : vos réponses ne sont pas enregistrées."
        return _own_page(request, registration=registration, form=form, problem=problem, status=HTTPStatus.CONFLICT)
    return redirect(f"{request.path}?{DONE}=change")


def _own_page(
    request: HttpRequest,
    *,
    registration: Registration,
    form: AnswersForm,
    problem: str = "",
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    workshop, now = registration.workshop, timezone.now()
    window = window_of(workshop=workshop, now=now)
    has_seat = registration.state == RegistrationState.CONFIRMED
    context = {
        "registration": registration,
        "workshop": workshop,
        "hours": hours_label(workshop=workshop),
        "form": form,
        "problem": problem,
        "done": request.GET.get(DONE, ""),
        "is_kept": registration.state != RegistrationState.CANCELLED,
        "has_seat": has_seat,
        "is_over": window in {Window.PAST, Window.CANCELLED},
        "sentence": sentence_of(workshop=workshop, window=window) if workshop.fate else "",
        "call_url": workshop.call_url if has_seat and workshop.is_call_open else "",
        "has_call": has_seat and bool(workshop.call_url),
        "is_online": workshop.live,
        "may_come_back": window is Window.OPEN,
    }
    return render(request, "events/registrations/own.html", context, status=status)
