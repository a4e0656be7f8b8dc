from django.urls import path

import hub.web.path_converters  # noqa: F401 — the converter « key »
from events import feeds, views
from events.captions import captions

urlpatterns = [
    path("ateliers/agenda.ics", feeds.agenda, name="agenda"),
    path("ateliers/flux.atom", feeds.recaps, name="recaps-feed"),
    path("ateliers/<slug:slug>/atelier.ics", feeds.workshop_calendar, name="workshop-calendar"),
    path("ateliers/<slug:slug>/sous-titres.vtt", captions, name="captions"),
    path("ateliers/<slug:slug>/transcription/", views.transcript, name="transcript"),
    path("ateliers/<slug:slug>/transcription/<key:number>/", views.transcript_part, name="transcript-part"),
]
