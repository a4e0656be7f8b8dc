"""Addresses of the account, ``/compte/…``: allauth's views under French addresses, and ours."""

from django.urls import include, path

from hub.accounts.views import account

urlpatterns = [
    path("", include("hub.accounts.signing_in.urls")),
    path("export/", account.export, name="account-export"),
    path("suppression/", account.delete, name="account-delete"),
    path("suppression/faite/", account.deleted, name="account-deleted"),
]
