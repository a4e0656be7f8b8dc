"""``/sante/vif`` and ``/sante/pret``, answered before anything that looks at the host, the session or the database.

A load balancer or a container asks by IP address, in plain HTTP: these two addresses answer whatever the Host header
says, which is safe because nothing in their answer comes from the request.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.http.response import HttpResponseBase

from hub.health.enums import Light
from hub.health.measurement import measure, worst

ALIVE = "/sante/vif"
READY = "/sante/pret"


class HealthMiddleware:
    """Answers the two addresses of health, and lets everything else through."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        view = VIEWS.get(request.path_info)
        if view is None:
            return self.get_response(request)
        response = view() if request.method in {"GET", "HEAD"} else HttpResponseNotAllowed(["GET", "HEAD"])
        response.headers["Cache-Control"] = "no-store"
        return response


def alive() -> HttpResponse:
    """Say that the process answers, asking nothing of anybody."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


def ready() -> HttpResponse:
    """Say how each part the pages rest on is; 503 when a visitor would notice."""
    readings = measure()
    whole = worst(readings)
    lights = {name: {"status": reading.light.value, "label": reading.label} for name, reading in readings.items()}
    return JsonResponse(
        {"status": whole.value, "lights": lights},
        status=503 if whole is Light.DOWN else 200,
        json_dumps_params={"ensure_ascii": False, "indent": 2},
    )


VIEWS: dict[str, Callable[[], HttpResponse]] = {ALIVE: alive, READY: ready}
