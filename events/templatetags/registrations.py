from typing import Any

from django import template
from django.utils import timezone

from events.models import WorkshopPage
from events.registrations.acting import seats_left
from events.registrations.opening import BEFORE, Window, sentence_of, window_of

register = template.Library()


@register.simple_tag
def registration_to(workshop: WorkshopPage) -> dict[str, Any]:
    """Say how one registers to a workshop now; the seats are counted only where the form is open and they are."""
    window = window_of(workshop=workshop, now=timezone.now())
    left = seats_left(workshop=workshop) if window is Window.OPEN else None
    return {
        "is_open": window is Window.OPEN,
        "is_elsewhere": window is Window.ELSEWHERE,
        "may_be_told": window in BEFORE,
        "seats_left": left,
        "is_full": left == 0,
        "sentence": sentence_of(workshop=workshop, window=window),
    }
