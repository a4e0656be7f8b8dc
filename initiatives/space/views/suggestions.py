"""What the form suggests while one types: keywords of the site, structures that are known."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from hub.vocabulary.suggestions import suggest_organisations
from initiatives.space.forms.essential import suggested_tags
from initiatives.space.forms.widgets import code_of

TEXT_MAX_LENGTH = 100


@never_cache
@login_required
@require_safe
def tags(request: HttpRequest) -> JsonResponse:
    """Return the keywords of published pages that have a word beginning like ``?q=``, the most used first."""
    names = suggested_tags(text=_text(request))
    return JsonResponse([{"code": name, "label": name} for name in names], safe=False)


@never_cache
@login_required
@require_safe
def organisations(request: HttpRequest) -> JsonResponse:
    """Return the structures Dihal has validated whose name answers to ``?q=``."""
    found = suggest_organisations(text=_text(request))
    rows = [{"code": code_of(row.key), "label": row.name, "detail": row.kind} for row in found]
    return JsonResponse(rows, safe=False)


def _text(request: HttpRequest) -> str:
    return request.GET.get("q", "").replace("\x00", "")[:TEXT_MAX_LENGTH]
