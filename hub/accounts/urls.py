"""Addresses of the account, ``/compte/…``: allauth's views under French addresses and its own names, and ours."""

from allauth.account import views as allauth_account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.urls import path, re_path

from hub.accounts.signing_in import openid, views
from hub.accounts.views import account
from hub.web.limits import limited

by_password = limited(name="password")
by_second_factor = limited(name="second-factor")
by_addresses = limited(name="addresses")

urlpatterns = [
    path("", account.account, name="account"),
    path("export/", account.export, name="account-export"),
    path("suppression/", account.delete, name="account-delete"),
    path("suppression/faite/", account.deleted, name="account-deleted"),
    path("connexion/", views.SignInView.as_view(), name="account_login"),
    path("connexion/code/", views.CodeView.as_view(), name="account_confirm_login_code"),
    path("connexion/lien/<str:token>/", views.LinkView.as_view(), name="account_sign_in_link"),
    path("connexion/mot-de-passe/", views.PasswordSignInView.as_view(), name="account_login_password"),
    path("connexion/cle/", by_second_factor(webauthn.login_webauthn), name="mfa_login_webauthn"),
    path("connexion/seconde-etape/", by_second_factor(mfa.authenticate), name="mfa_authenticate"),
    # An account is made when a first code is typed: allauth's page of signing up, and its page of codes, lead here.
    path("inscription/", views.to_sign_in, name="account_signup"),
    path("connexion/courriel/", views.to_sign_in, name="account_request_login_code"),
    path("connexion/abandonnee/", openid.cancelled, name="socialaccount_login_cancelled"),
    path("connexion/<slug:provider_id>/", openid.login, name="openid_connect_login"),
    path("connexion/<slug:provider_id>/retour/", openid.callback, name="openid_connect_callback"),
    path("deconnexion/", openid.SignOutView.as_view(), name="account_logout"),
    path("inactif/", allauth_account.account_inactive, name="account_inactive"),
    path("confirmer-identite/", by_password(allauth_account.reauthenticate), name="account_reauthenticate"),
    path("confirmer-identite/code/", by_second_factor(mfa.reauthenticate), name="mfa_reauthenticate"),
    path(
        "confirmer-identite/cle/",
        by_second_factor(webauthn.reauthenticate_webauthn),
        name="mfa_reauthenticate_webauthn",
    ),
    path("courriels/", by_addresses(views.email), name="account_email"),
    path("courriels/code/", by_addresses(views.email_verification_sent), name="account_email_verification_sent"),
    path("mot-de-passe/changer/", by_password(allauth_account.password_change), name="account_change_password"),
    path("mot-de-passe/choisir/", by_password(allauth_account.password_set), name="account_set_password"),
    path("mot-de-passe/oublie/", by_password(allauth_account.password_reset), name="account_reset_password"),
    path("mot-de-passe/oublie/envoye/", allauth_account.password_reset_done, name="account_reset_password_done"),
    path(
        "mot-de-passe/nouveau/enregistre/",
        allauth_account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^mot-de-passe/nouveau/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[0-9A-Za-z-]+)/$",
        by_password(allauth_account.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path("securite/", mfa.index, name="mfa_index"),
    path("securite/application/", by_second_factor(totp.activate_totp), name="mfa_activate_totp"),
    path("securite/application/desactiver/", by_second_factor(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("securite/codes/", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "securite/codes/nouveaux/",
        by_second_factor(recovery_codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path("securite/codes/telecharger/", recovery_codes.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("securite/cles/", webauthn.list_webauthn, name="mfa_list_webauthn"),
    path("securite/cles/ajouter/", by_second_factor(webauthn.add_webauthn), name="mfa_add_webauthn"),
    path("securite/cles/<int:pk>/renommer/", by_second_factor(webauthn.edit_webauthn), name="mfa_edit_webauthn"),
    path("securite/cles/<int:pk>/retirer/", by_second_factor(webauthn.remove_webauthn), name="mfa_remove_webauthn"),
]
