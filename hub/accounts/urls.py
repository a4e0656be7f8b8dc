"""Addresses of the account, ``/compte/…``: allauth's views under French addresses, and ours."""

from allauth.account import views as account_views
from django.urls import path

from hub.accounts.views import account

urlpatterns = [
    path("connexion/", account_views.login, name="account_login"),
    path("deconnexion/", account_views.logout, name="account_logout"),
    path("inactif/", account_views.account_inactive, name="account_inactive"),
    path("inscription/", account_views.signup, name="account_signup"),
    path("confirmer-identite/", account_views.reauthenticate, name="account_reauthenticate"),
    path("courriels/", account_views.email, name="account_email"),
    path("courriels/code/", account_views.email_verification_sent, name="account_email_verification_sent"),
    path("mot-de-passe/changer/", account_views.password_change, name="account_change_password"),
    path("mot-de-passe/choisir/", account_views.password_set, name="account_set_password"),
    path("connexion/courriel/", account_views.request_login_code, name="account_request_login_code"),
    path("connexion/code/", account_views.confirm_login_code, name="account_confirm_login_code"),
    path("export/", account.export, name="account-export"),
    path("suppression/", account.delete, name="account-delete"),
    path("suppression/faite/", account.deleted, name="account-deleted"),
]
