from dataclasses import dataclass
from urllib.parse import quote, urlencode

from django import template
from django.db.models import QuerySet
from django.template import Context
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from wagtail.models import Page

from events.models import PARIS, SequenceInitiative, WorkshopInitiative, WorkshopPage
from events.shown import shown_workshop
from events.structured import structured_workshop
from events.watching import Moment, moment_at

register = template.Library()
register.simple_tag(shown_workshop)


@register.simple_tag
def next_workshops(count: int) -> QuerySet[WorkshopPage]:
    return WorkshopPage.objects.live().public().upcoming().with_card_details()[:count]


@register.simple_tag
def latest_recaps(count: int) -> QuerySet[WorkshopPage]:
    return WorkshopPage.objects.live().public().held().with_card_details()[:count]


@register.simple_tag(takes_context=True)
def structured_data(context: Context, page: WorkshopPage) -> SafeString:
    return structured_workshop(page=page, request=context["request"])


@dataclass(frozen=True, slots=True)
class Subscription:
    """Where each kind of agenda takes the address of a calendar. Nothing is asked of them before the click."""

    address: str
    webcal: str
    google: str
    outlook: str


@register.simple_tag(takes_context=True)
def agenda_subscription(context: Context) -> Subscription:
    address = context["request"].build_absolute_uri(reverse("agenda"))
    webcal = f"webcal:{address.partition(':')[2]}"
    return Subscription(
        address=address,
        webcal=webcal,
        google=f"https://calendar.google.com/calendar/r?cid={quote(webcal, safe='')}",
        outlook=f"https://outlook.office.com/calendar/0/addfromweb?{urlencode({'url': address, 'name': 'Ateliers'})}",
    )


@register.simple_tag
def time_in_paris() -> str:
    """« 13 h 20 »: the time a page was shown, where what it says lasts less than a day."""
    now = timezone.localtime(timezone=PARIS)
    return f"{now.hour} h {now.minute:02}"


@dataclass(frozen=True, slots=True)
class Presentation:
    """Where an initiative was presented: a workshop, in which part of it, at which moment of its replay."""

    workshop: WorkshopPage
    sequence_title: str = ""
    moment: Moment | None = None


@register.simple_tag
def workshops_presenting(initiative: Page) -> list[Presentation]:
    """Return the published workshops an initiative was presented at, the latest first, each sequence once."""
    if not initiative.pk:
        return []
    public = WorkshopPage.objects.live().public().values("pk")
    in_sequences = (
        SequenceInitiative.objects.filter(initiative=initiative.pk, sequence__page__in=public)
        .select_related("sequence__page")
        .prefetch_related("sequence__page__replays__file")
        .order_by("sequence__sort_order")
    )
    presentations = [
        Presentation(
            workshop=link.sequence.page,
            sequence_title=link.sequence.title,
            moment=moment_at(replay=link.sequence.page.replay, seconds=link.sequence.replay_start_seconds),
        )
        for link in in_sequences
    ]
    named = {presentation.workshop.pk for presentation in presentations}
    elsewhere = (
        WorkshopInitiative.objects.filter(initiative=initiative.pk, page__in=public)
        .exclude(page__in=named)
        .select_related("page")
    )
    presentations.extend(Presentation(workshop=link.page) for link in elsewhere)
    return sorted(presentations, key=lambda presentation: str(presentation.workshop.starts_on or ""), reverse=True)
