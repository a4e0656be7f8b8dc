"""Addresses of the partner space, ``/espace/…``."""

from django.urls import path

from initiatives.space import views

urlpatterns = [
    path("", views.dashboard, name="space"),
]
