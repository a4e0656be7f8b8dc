"""A page of the partner space says it is open, and learns who else is there."""

from datetime import datetime

from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import time_format
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from initiatives.space.access import sheet_or_404
from initiatives.space.presence import newer_text, note_departure, note_presence, people_on

LONGEST_SESSION_NUMBER = 18  # digits


@never_cache
@require_POST
def presence(request: HttpRequest, pk: int) -> JsonResponse:
    """Note the presence (``session``, ``writing``) or the departure (``leaving``), and tell the others'."""
    if not request.user.is_authenticated:
        return JsonResponse({"signed_out": True, "login": reverse("account_login")}, status=403)
    sheet = sheet_or_404(user=request.user, pk=pk)
    number = request.POST.get("session", "")
    is_number = number.isascii() and number.isdecimal() and len(number) <= LONGEST_SESSION_NUMBER
    session_id = int(number) if is_number else None
    if request.POST.get("leaving") == "1":
        if session_id is not None:
            note_departure(sheet=sheet, user=request.user, session_id=session_id)
        return JsonResponse({})
    session = note_presence(
        sheet=sheet, user=request.user, session_id=session_id, is_writing=request.POST.get("writing") == "1"
    )
    newer = newer_text(sheet=sheet, user=request.user, since=_moment(request.POST.get("since", "")))
    return JsonResponse(
        {
            "session": session.pk,
            "others": [person.words for person in people_on(sheet=sheet, user=request.user)],
            "newer": newer
            and f"{newer.by} a enregistré un texte plus récent à {time_format(timezone.localtime(newer.at), 'H:i')}.",
        }
    )


def _moment(written: str) -> datetime:
    """Read when the page was loaded; what cannot be read is now: nothing is newer."""
    try:
        moment = parse_datetime(written)
    except ValueError:
        moment = None
    if moment is None:
        return timezone.now()
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)
