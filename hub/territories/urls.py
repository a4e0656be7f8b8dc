"""Addresses under ``/territoires/`` that belong to this app."""

from django.urls import path

from hub.territories.views import territory_suggestions

urlpatterns = [path("suggestions", territory_suggestions, name="territory-suggestions")]
