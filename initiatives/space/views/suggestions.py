"""What the form asks while one types: keywords of the site, what a text looks like."""

import re

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from initiatives.space.forms.essential import suggested_tags
from initiatives.space.forms.fields import TEXT_MAX_LENGTH
from initiatives.space.free_content import html_of
from initiatives.space.plain_text import to_html
from initiatives.space.plain_text.pasted import typed_lists

QUERY_MAX_LENGTH = 100
_ADDRESS = re.compile(r"\]\(((?:page|document):[0-9]{1,18})\)")


@never_cache
@login_required
@require_safe
def tags(request: HttpRequest) -> JsonResponse:
    """Return the keywords of published pages that have a word beginning like ``?q=``, the most used first."""
    names = suggested_tags(text=_text(request))
    return JsonResponse([{"code": name, "label": name} for name in names], safe=False)


@never_cache
@login_required
@require_POST
def formatted(request: HttpRequest) -> JsonResponse:
    """Return the HTML of a text typed with marks, for the visual editor: kept on a device and put back, or pasted."""
    text = request.POST.get("text", "").replace("\x00", "")
    if len(text) > TEXT_MAX_LENGTH:
        return JsonResponse({"error": "Ce texte est trop long pour être mis en forme."}, status=413)
    # Shown to the one who wrote it, and checked when it is saved: links to the site's own pages stay links.
    known = frozenset(_ADDRESS.findall(text))
    if request.POST.get("titles"):
        return JsonResponse({"html": html_of(text=text, known=known)})
    return JsonResponse({"html": to_html(text=typed_lists(text), known=known)})


def _text(request: HttpRequest) -> str:
    return request.GET.get("q", "").replace("\x00", "")[:QUERY_MAX_LENGTH]
