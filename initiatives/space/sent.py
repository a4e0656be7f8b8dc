"""Which form was last sent by its buttons and saved whole: what the device kept of it is not given back.

A saving in the background leaves aside what it may not do, such as proposing a new structure; the device keeps the
text until the button does it (hub/static/hub/js/espace-writing.js), and must be told that it was done.
"""

from django.http import HttpRequest

SESSION_KEY = "sent_steps"
MOST_STEPS = 8
_LONGEST_TOKEN = 1_000


def note_sent(*, request: HttpRequest, seen: str) -> None:
    """Note that the form of this address was saved; ``seen`` is the token it was sent with."""
    kept = {path: token for path, token in request.session.get(SESSION_KEY, {}).items() if path != request.path}
    latest = [*kept.items(), (request.path, seen[:_LONGEST_TOKEN])][-MOST_STEPS:]
    request.session[SESSION_KEY] = dict(latest)


def last_sent(*, request: HttpRequest) -> str:
    """Return the token that the form of this address was last sent with and saved; empty when it never was."""
    token: str = request.session.get(SESSION_KEY, {}).get(request.path, "")
    return token
