"""Addresses of the search and of the landing pages."""

from django.urls import path

from search import landing, views

urlpatterns = [
    path("recherche/", views.results, name="search"),
    path("publics/<slug:slug>/", landing.audience, name="audience"),
    path("dispositifs/<slug:slug>/", landing.scheme, name="scheme"),
    path("partenaires/<slug:slug>/", landing.organisation, name="organisation"),
    path("territoires/<slug:code>/", landing.territory, name="territory"),
]
