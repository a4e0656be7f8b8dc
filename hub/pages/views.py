import os
import sys
from datetime import timedelta

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template import loader
from django.templatetags.static import static
from django.utils import timezone
from django.utils.datastructures import MultiValueDictKeyError
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django.views.static import serve

from hub.files.storage import is_out_of_room

# RFC 9116 recommends less than a year, so that a stale address is noticed.
SECURITY_TEXT_LIFETIME = timedelta(days=180)
# What a visitor, or a robot, is asked to wait for after a 503, in seconds.
RETRY_AFTER = 120
ONE_DAY = 24 * 3600
# Bytes: past it, or with a null byte, asking a disk for the file is an error, not an answer.
_LONGEST_FILE_NAME = 255
_LONGEST_PATH = 1024


@require_safe
@cache_control(public=True, max_age=ONE_DAY)
def robots(request: HttpRequest) -> HttpResponse:
    """Tell robots what not to visit: the combinations of a search are endless, the administration is not theirs."""
    sitemap = request.build_absolute_uri("/sitemap.xml")
    return render(request, "robots.txt", {"sitemap_url": sitemap, "admin_path": settings.ADMIN_PATH}, "text/plain")


@require_safe
@cache_control(public=True, max_age=ONE_DAY)
def security_text(request: HttpRequest) -> HttpResponse:
    """Say whom to tell about a vulnerability (RFC 9116)."""
    expires = (timezone.now() + SECURITY_TEXT_LIFETIME).replace(hour=0, minute=0, second=0, microsecond=0)
    context = {
        "contact": settings.SECURITY_CONTACT,
        "expires": expires.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "canonical": request.build_absolute_uri(request.path),
    }
    return render(request, "security.txt", context, "text/plain")


@require_safe
@cache_control(public=True, max_age=ONE_DAY)
def favicon(_request: HttpRequest) -> HttpResponse:
    """Lead browsers that ask for the icon at its historical address to the DSFR's."""
    return HttpResponseRedirect(static("dsfr/dist/favicon/favicon.ico"))


@require_safe
def media_image(request: HttpRequest, folder: str, path: str) -> HttpResponseBase:
    """Serve an image as pages show it, in a demonstration that has no other server in front of it.

    Images as they were sent, on any server, are for the people of the admin alone: one may be in a draft. Documents
    are not served from here: Wagtail's own view checks who may read them. Raises ``SuspiciousFileOperation`` (a 400)
    for a path that leaves the folder.
    """
    is_original = folder == "original_images"
    is_allowed = request.user.has_perm("wagtailadmin.access_admin") if is_original else settings.HUB_SERVES_MEDIA
    is_too_long = len(path) > _LONGEST_PATH or any(
        len(os.fsencode(part)) > _LONGEST_FILE_NAME for part in path.split("/")
    )
    if not is_allowed or is_too_long or "\0" in path:
        raise Http404
    return serve(request, path, document_root=str(settings.MEDIA_ROOT / folder))


def server_error(_request: HttpRequest) -> HttpResponse:
    """Answer an unexpected failure: 503 when the database does not answer, 507 when a disk is full, 500 otherwise.

    A form that lacks a field its page always sends is nobody's failure but its sender's: 400.

    The page is rendered without the request: no context processor, no session, no query can fail a second time.
    """
    failure = sys.exc_info()[1]
    if isinstance(failure, OperationalError | InterfaceError):
        return service_unavailable()
    status = 507 if is_out_of_room(error=failure) else 400 if isinstance(failure, MultiValueDictKeyError) else 500
    return HttpResponse(loader.render_to_string(f"{status}.html"), status=status)


def service_unavailable() -> HttpResponse:
    return HttpResponse(loader.render_to_string("503.html"), status=503, headers={"Retry-After": str(RETRY_AFTER)})
