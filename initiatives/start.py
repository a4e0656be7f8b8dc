"""Before any sign-in: what it takes to propose an initiative, the questions of the sheet, the partner's guide."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from hub.accounts.notices import EXPECTED_DELAY
from hub.pages.wagtail_hooks import guide_html
from initiatives.completeness import completeness_of
from initiatives.fields import required_fields, sections
from initiatives.models import InitiativePage
from initiatives.space.forms.base import NEEDED
from initiatives.space.questions import as_text, questions

# What is worth having at hand, of what a sheet asks: the rest is in one's head.
_LATEST_READ = 12


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Say what a sheet is, who may write one, how long it takes, what to have at hand, and where to begin."""
    required = [item.label for item in completeness_of(text=InitiativePage()).items if item.is_required]
    context = {"required": required, "example": _example(), "expected_delay": EXPECTED_DELAY}
    return render(request, "initiatives/start/start.html", context)


@require_safe
def question_list(request: HttpRequest) -> HttpResponse:
    context = {"steps": questions(), "needed": NEEDED, "required_count": len(required_fields())}
    return render(request, "initiatives/start/questions.html", context)


@require_safe
def question_file(request: HttpRequest) -> HttpResponse:
    del request
    # The mark at the head tells Notepad and Word that accents are written in UTF-8.
    text = as_text(asked=questions())
    response = HttpResponse(text.encode("utf-8-sig"), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="questions-fiche-initiative.txt"'
    return response


@require_safe
def guide(request: HttpRequest) -> HttpResponse:
    """The partner's guide, as it is in the documentation."""
    return render(request, "initiatives/start/guide.html", {"guide": guide_html(name="partenaire")})


def _example() -> InitiativePage | None:
    """Return the fullest of the latest published sheets."""
    latest = list(InitiativePage.objects.live().public().order_by("-first_published_at", "-pk")[:_LATEST_READ])
    return max(latest, key=_said, default=None)


def _said(sheet: InitiativePage) -> int:
    return sum(bool(getattr(sheet, field.name)) for field in sections())
