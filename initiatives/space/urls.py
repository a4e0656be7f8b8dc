"""Addresses of the partner space, ``/espace/…``."""

from django.urls import path

from initiatives.space.views.dashboard import dashboard

urlpatterns = [
    path("", dashboard, name="space"),
]
