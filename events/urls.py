from django.urls import path

from events import feeds
from events.captions import captions

urlpatterns = [
    path("ateliers/agenda.ics", feeds.agenda, name="agenda"),
    path("ateliers/flux.atom", feeds.recaps, name="recaps-feed"),
    path("ateliers/<slug:slug>/atelier.ics", feeds.workshop_calendar, name="workshop-calendar"),
    path("ateliers/<slug:slug>/sous-titres.vtt", captions, name="captions"),
]
