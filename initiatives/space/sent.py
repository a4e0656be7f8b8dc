"""Which form was last sent by its buttons and saved whole: what the device kept of it is not given back.

A saving in the background leaves aside what it may not do, such as proposing a new structure; the device keeps the
text until the button does it (hub/static/hub/js/espace-writing.js), and must be told that it was done. Each sending has
a name of its own: the same text may be sent, lost on its way, and found on the device.
"""

from django.http import HttpRequest

SESSION_KEY = "sent_steps"
MOST_STEPS = 8
_LONGEST_NAME = 64


def note_sent(*, request: HttpRequest, sending: str) -> None:
    """Note that the form of this address was saved. ``sending`` names what was sent; without a script it is empty."""
    if not sending:
        return
    kept = {path: name for path, name in request.session.get(SESSION_KEY, {}).items() if path != request.path}
    latest = [*kept.items(), (request.path, sending[:_LONGEST_NAME])][-MOST_STEPS:]
    request.session[SESSION_KEY] = dict(latest)


def last_sent(*, request: HttpRequest) -> str:
    """Return the name under which the form of this address was last sent and saved; empty when it never was."""
    name: str = request.session.get(SESSION_KEY, {}).get(request.path, "")
    return name
