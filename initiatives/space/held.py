"""What was typed when a session ended, and what a form sent last."""

from django.contrib import messages
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from hub.accounts.models import User
from hub.accounts.sessions import HELD_KEY
from hub.web.limits import seconds_to_wait

SESSION_KEY = HELD_KEY
# What the forms a visitor's session keeps may weigh together, as sent, and how many they are: the latest.
LARGEST_TEXT = 300 * 1024  # bytes
MOST_TEXTS = 4
PERSON_FIELD = "person"
PROOF_FIELD = "proof"
_NOT_KEPT = ("csrfmiddlewaretoken", PROOF_FIELD)
_signer = Signer(salt="initiatives.space.held")
NOT_KEPT = (
    "Votre session est terminée, et ce que vous aviez écrit n’a pas pu être gardé ici. Revenez en arrière avec votre "
    "navigateur, copiez votre texte, puis connectez-vous et collez-le."
)


def proof_of(*, user: User) -> str:
    """Return the hub's word, for a form, that it was given to this person."""
    return _signer.signature(str(user.pk))


def hold_and_sign_in(*, request: HttpRequest) -> HttpResponseRedirect:
    """Keep what an anonymous visitor posted, and lead to the sign-in and back to the same form.

    A text above ``LARGEST_TEXT`` is not kept, nor that of a form the hub gave to nobody, nor more than a person writes
    in an hour (the rate ``held-text``); the visitor is told. Files never are.
    """
    if not _is_held(request=request):
        messages.warning(request, NOT_KEPT)
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


def _is_held(*, request: HttpRequest) -> bool:
    posted = request.POST.copy()
    person = posted.get(PERSON_FIELD, "")
    is_proved = _signed(person, proof=posted.get(PROOF_FIELD, ""))
    for name in _NOT_KEPT:
        posted.pop(name, None)
    text = posted.urlencode()
    if not is_proved or len(text) > LARGEST_TEXT:
        return False
    if seconds_to_wait(request=request, name="held-text", key=f"held:{person}"):
        return False
    others = [[path, held] for path, held in request.session.get(SESSION_KEY, []) if path != request.path]
    kept = [*others, [request.path, text]][-MOST_TEXTS:]
    while sum(len(held) for _path, held in kept) > LARGEST_TEXT:
        kept.pop(0)
    request.session[SESSION_KEY] = kept
    return True


def _signed(person: str, *, proof: str) -> bool:
    try:
        _signer.unsign(f"{person}{_signer.sep}{proof}")
    except BadSignature:
        return False
    return True


_SENT_KEY = "sent_steps"
MOST_STEPS = 8
_LONGEST_NAME = 64


def note_sent(*, request: HttpRequest, sending: str) -> None:
    """Note that the form of this address was saved. ``sending`` names what was sent; without a script it is empty."""
    if not sending:
        return
    kept = {path: name for path, name in request.session.get(_SENT_KEY, {}).items() if path != request.path}
    latest = [*kept.items(), (request.path, sending[:_LONGEST_NAME])][-MOST_STEPS:]
    request.session[_SENT_KEY] = dict(latest)


def last_sent(*, request: HttpRequest) -> str:
    """Return the name under which the form of this address was last sent and saved; empty when it never was."""
    name: str = request.session.get(_SENT_KEY, {}).get(request.path, "")
    return name
