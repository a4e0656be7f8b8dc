"""The addresses of the hub, and one that tells what the hub believes of a request."""

from django.conf import settings
from django.http import FileResponse, HttpRequest, JsonResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt

from hub.urls import handler429, handler500  # noqa: F401
from hub.web.client_address import client_address


@csrf_exempt
def seen(request: HttpRequest, rest: str = "") -> JsonResponse:
    """Answer with what was understood."""
    return JsonResponse(
        {
            "address": client_address(request=request),
            "scheme": request.scheme,
            "host": request.get_host(),
            "path": request.path,
            "rest": rest,
            "body": len(request.body),
            "prefix": request.META.get("SCRIPT_NAME", ""),
            "user": request.META.get("REMOTE_USER", ""),
        }
    )


def film(_request: HttpRequest) -> FileResponse:
    """Answer a recording as Wagtail does for a document: « None » is its word for what is not to be compressed."""
    recording = settings.BASE_DIR / "events/demo/data/recordings/080.webm"
    return FileResponse(recording.open("rb"), headers={"Content-Encoding": "None"})


urlpatterns = [
    path("film/", film),
    path("vu/", seen),
    path("vu/<path:rest>", seen),
    path("gestion/documents/vu/", seen),
    path("", include("hub.urls")),
]
