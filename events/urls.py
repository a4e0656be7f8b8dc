from django.urls import path

from events.captions import captions

urlpatterns = [
    path("ateliers/<slug:slug>/sous-titres.vtt", captions, name="captions"),
]
