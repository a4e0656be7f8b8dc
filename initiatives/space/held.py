"""What was written while the session ended: kept in the visitor's new session until the person is signed in again.

For people whose browser runs no script; the others' is kept on their device too (hub/static/hub/js/espace-writing.js).
"""

from django.http import HttpRequest, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

SESSION_KEY = "held_texts"
# What one form may weigh, as sent, and how many forms a visitor's session keeps: the latest.
LARGEST_TEXT = 300 * 1024  # bytes
MOST_TEXTS = 4
PERSON_FIELD = "person"
_NOT_KEPT = {"csrfmiddlewaretoken"}


def hold_and_sign_in(*, request: HttpRequest) -> HttpResponseRedirect:
    """Keep what an anonymous visitor posted, and lead to the sign-in and back to the same form.

    A text above ``LARGEST_TEXT`` is not kept. Files never are.
    """
    _hold(request=request)
    return redirect(f"{reverse('account_login')}?{urlencode({'next': request.path})}")


def held_text(*, request: HttpRequest) -> QueryDict | None:
    """Return what was kept for this address if the person now signed in wrote it; ``None`` otherwise."""
    found = next((text for path, text in request.session.get(SESSION_KEY, []) if path == request.path), None)
    if found is None:
        return None
    posted = QueryDict(found)
    return posted if posted.get(PERSON_FIELD, "") == str(request.user.pk) else None


def forget(*, request: HttpRequest) -> None:
    """Drop what was kept for this address: the person sent the form again."""
    kept = request.session.get(SESSION_KEY, [])
    others = [[path, text] for path, text in kept if path != request.path]
    if len(others) != len(kept):
        request.session[SESSION_KEY] = others


def is_of_another_person(*, request: HttpRequest) -> bool:
    """Whether a form was filled in by somebody else than the person now signed in to this browser."""
    written_by = request.POST.get(PERSON_FIELD, "")
    return bool(written_by) and written_by != str(request.user.pk)


def _hold(*, request: HttpRequest) -> None:
    posted = request.POST.copy()
    for name in _NOT_KEPT:
        posted.pop(name, None)
    text = posted.urlencode()
    if not posted or len(text) > LARGEST_TEXT:
        return
    others = [[path, held] for path, held in request.session.get(SESSION_KEY, []) if path != request.path]
    request.session[SESSION_KEY] = [*others, [request.path, text]][-MOST_TEXTS:]
