"""What the form suggests while one types: keywords of the site."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from initiatives.space.forms.essential import suggested_tags

TEXT_MAX_LENGTH = 100


@never_cache
@login_required
@require_safe
def tags(request: HttpRequest) -> JsonResponse:
    """Return the keywords of published pages that have a word beginning like ``?q=``, the most used first."""
    names = suggested_tags(text=_text(request))
    return JsonResponse([{"code": name, "label": name} for name in names], safe=False)


def _text(request: HttpRequest) -> str:
    return request.GET.get("q", "").replace("\x00", "")[:TEXT_MAX_LENGTH]
