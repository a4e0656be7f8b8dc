"""What people do with published sheets without an account: follow them, report an error, answer a mail."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_http_methods, require_safe

from hub.pages.feeds import FEED_LIFETIME, MOST_ENTRIES, atom_of
from hub.refusals import UNPROCESSABLE, Refused
from hub.web.limits import limited
from initiatives.enums import ConfirmationAnswer
from initiatives.models import InitiativePage
from initiatives.reporting import report_error
from initiatives.upkeep.confirming import LinkProblem, answer_question, known_true_at, question_of
from initiatives.upkeep.forms import ConfirmationForm, ErrorReportForm, PartAnswerForm
from initiatives.upkeep.parts import answer_part, part_question

_SENT = "envoye"
READING_AND_ANSWERING = ["GET", "HEAD", "POST"]


def _by_link(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Tell a person why a link does not work; keep these addresses out of the indexes of search engines."""

    @wraps(view)
    def wrapped(request: HttpRequest, token: str) -> HttpResponse:
        try:
            response = view(request, token)
        except LinkProblem as problem:
            response = render(request, "initiatives/upkeep/link_problem.html", {"problem": problem})
            response.status_code = problem.status
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return wrapped


@require_safe
@cache_control(public=True, max_age=FEED_LIFETIME)
def feed(request: HttpRequest) -> HttpResponse:
    return atom_of(
        request=request,
        title="Fiches initiatives",
        subtitle="Les initiatives locales publiées en dernier.",
        list_path="/initiatives/",
        entries=InitiativePage.objects.live().public().order_by("-first_published_at", "-pk")[:MOST_ENTRIES],
    )


@never_cache
@require_http_methods(READING_AND_ANSWERING)
@limited(name="sheet-report")
def report(request: HttpRequest, slug: str) -> HttpResponse:
    """Say that something on a published sheet is wrong."""
    sheet = InitiativePage.objects.live().public().filter(slug=slug).first()
    if sheet is None:
        raise Http404("Cette fiche n’existe pas, ou n’est plus en ligne.")
    is_answer = request.method == "POST"
    form = ErrorReportForm(request.POST if is_answer else None)
    if not form.is_valid():
        context = {"sheet": sheet, "form": form, "is_sent": not is_answer and request.GET.get(_SENT) == "1"}
        return render(request, "initiatives/upkeep/report.html", context, status=UNPROCESSABLE if is_answer else 200)
    # A robot is thanked as anybody: told the truth, it would try again.
    if not form.is_from_a_robot:
        values = form.cleaned_data
        report_error(sheet=sheet, text=values["text"], email=values["email"], now=timezone.now())
    return redirect(f"{reverse('sheet-report', args=[slug])}?{_SENT}=1")


@never_cache
@require_http_methods(READING_AND_ANSWERING)
@limited(name="sheet-confirm-by-link")
@_by_link
def confirm_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """« Est-ce toujours vrai ? » A mail scanner that reads the link changes nothing: only the person's answer does."""
    now = timezone.now()
    question = question_of(token=token, now=now)
    context = {
        "sheet": question.sheet,
        "known_true_at": known_true_at(dossier=question.sheet.dossier),
        "answers": ConfirmationAnswer.choices,
        "error": "",
        "token": token,
    }
    if request.method != "POST":
        return render(request, "initiatives/upkeep/confirm.html", context)
    form = ConfirmationForm(request.POST)
    if not form.is_valid():
        context["error"] = "Choisissez l’une des trois réponses."
        return render(request, "initiatives/upkeep/confirm.html", context, status=UNPROCESSABLE)
    answer = ConfirmationAnswer(form.cleaned_data["answer"])
    try:
        question = answer_question(token=token, answer=answer, now=now)
    except LinkProblem:
        raise
    except Refused as refusal:
        context["error"] = refusal.message
        return render(request, "initiatives/upkeep/confirm.html", context, status=HTTPStatus.CONFLICT)
    if answer == ConfirmationAnswer.UPDATE:
        return redirect("sheet", pk=question.sheet.pk)
    is_archived = answer == ConfirmationAnswer.ARCHIVE
    return render(request, "initiatives/upkeep/confirmed.html", {"sheet": question.sheet, "is_archived": is_archived})


@never_cache
@require_http_methods(READING_AND_ANSWERING)
@limited(name="part-answer")
@_by_link
def part_answer(request: HttpRequest, token: str) -> HttpResponse:
    """A structure named on a sheet reads what is said of it, and says whether it is right."""
    now = timezone.now()
    question = part_question(token=token, now=now)
    form = PartAnswerForm(request.POST or None)
    context = {"question": question, "form": form, "has_changed": False, "token": token}
    if request.method != "POST":
        return render(request, "initiatives/upkeep/part.html", context)
    if not form.is_valid():
        return render(request, "initiatives/upkeep/part.html", context, status=UNPROCESSABLE)
    values = form.cleaned_data
    answered = answer_part(
        token=token,
        is_confirmed=values["answer"] == PartAnswerForm.YES,
        remark=values["remark"],
        seen_statement=values["statement"],
        now=now,
    )
    if answered is None:
        context.update(question=part_question(token=token, now=now), has_changed=True)
        return render(request, "initiatives/upkeep/part.html", context, status=HTTPStatus.CONFLICT)
    return render(request, "initiatives/upkeep/part_answered.html", {"question": answered})
