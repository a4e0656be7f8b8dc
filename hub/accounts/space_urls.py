"""Addresses under ``/espace/structures/``: whom one writes for, and with whom."""

from django.urls import path

import hub.web.path_converters  # noqa: F401 — the converter « key »
from hub.accounts.views import joining, members

urlpatterns = [
    path("", joining.organisations, name="organisations"),
    path("rejoindre/", joining.join, name="organisation-join"),
    path("rejoindre/nouvelle/", joining.describe, name="organisation-describe"),
    path("suggestions", joining.suggestions, name="space-organisation-suggestions"),
    path("demandes/<key:pk>/", joining.answer_request, name="access-request"),
    path("demandes/<key:pk>/retirer/", joining.withdraw_request, name="access-request-withdraw"),
    path("invitation/<str:token>/", members.invitation, name="invitation"),
    path("<key:pk>/membres/", members.members, name="organisation-members"),
    path("<key:pk>/quitter/", members.leave_organisation, name="organisation-leave"),
    path("<key:pk>/membres/<key:membership_pk>/role/", members.member_role, name="member-role"),
    path("<key:pk>/membres/<key:membership_pk>/retirer/", members.member_remove, name="member-remove"),
    path("<key:pk>/invitations/<key:invitation_pk>/renvoyer/", members.invitation_resend, name="invitation-resend"),
    path("<key:pk>/invitations/<key:invitation_pk>/annuler/", members.invitation_revoke, name="invitation-revoke"),
]
