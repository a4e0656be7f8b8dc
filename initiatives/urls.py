"""Addresses of the partner space and of what a reader may do on a sheet without an account."""

from django.urls import include, path

urlpatterns = [
    path("espace/", include("initiatives.space.urls")),
]
