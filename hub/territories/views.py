from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from hub.territories.suggestions import describe_territory, suggest_territories

CACHE_SECONDS = 3600


@require_safe
@cache_control(public=True, max_age=CACHE_SECONDS)
def territory_suggestions(request: HttpRequest) -> JsonResponse:
    """Answer ``?q=`` with a list of ``{code, label, detail, kind}``, best first; an empty list when nothing matches."""
    suggestions = [
        {
            "code": territory.code,
            "label": str(territory),
            "detail": describe_territory(territory),
            "kind": territory.kind,
        }
        for territory in suggest_territories(text=request.GET.get("q", ""))
    ]
    return JsonResponse(suggestions, safe=False, json_dumps_params={"ensure_ascii": False})
