"""Who writes for which structure, and how one comes to."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from hub.accounts.enums import MembershipRole, RequestState
from hub.accounts.querysets import AccessRequestQuerySet, InvitationQuerySet, MembershipQuerySet
from hub.mail.addresses import AddressField
from hub.vocabulary.models import Organisation, OrganisationKind


class Membership(models.Model):
    """A person who writes the sheets of a structure. Its end deletes no sheet."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(
        Organisation, verbose_name="structure", on_delete=models.PROTECT, related_name="memberships"
    )
    role = models.CharField("rôle", max_length=10, choices=MembershipRole.choices, default=MembershipRole.EDITOR)
    created_at = models.DateTimeField("depuis le", default=timezone.now)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = "membre d’une structure"
        verbose_name_plural = "membres des structures"
        ordering = ["organisation__name", "user__email"]
        constraints = [models.UniqueConstraint(fields=["user", "organisation"], name="membership_once")]

    def __str__(self) -> str:
        return f"{self.user} – {self.organisation} ({self.get_role_display()})"

    @property
    def is_owner(self) -> bool:
        """Whether this member may invite, change roles and remove."""
        return self.role == MembershipRole.OWNER


class AccessRequest(models.Model):
    """A person asks to write for a structure, known or described; Dihal answers."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="access_requests")
    organisation = models.ForeignKey(
        Organisation,
        verbose_name="structure",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="access_requests",
    )
    new_name = models.CharField("nom de la nouvelle structure", max_length=200, blank=True)
    new_kind = models.ForeignKey(
        OrganisationKind,
        verbose_name="type de la nouvelle structure",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    new_territory = models.ForeignKey(
        "territories.Territory",
        verbose_name="territoire de la nouvelle structure",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    new_website = models.URLField("site internet de la nouvelle structure", blank=True)
    message = models.TextField("message", max_length=1000, blank=True)
    state = models.CharField("état", max_length=10, choices=RequestState.choices, default=RequestState.PENDING)
    created_at = models.DateTimeField("demandé le", default=timezone.now)
    decided_at = models.DateTimeField("répondu le", null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    answer = models.TextField("réponse", max_length=1000, blank=True)

    objects = AccessRequestQuerySet.as_manager()

    class Meta:
        verbose_name = "demande d’accès"
        verbose_name_plural = "demandes d’accès"
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation"],
                condition=models.Q(state=RequestState.PENDING),
                name="access_request_pending_once",
            ),
            models.CheckConstraint(
                condition=models.Q(organisation__isnull=False) | ~models.Q(new_name=""),
                name="access_request_names_a_structure",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} – {self.organisation_name}"

    @property
    def organisation_name(self) -> str:
        """The name of the structure, known or described."""
        return self.organisation.name if self.organisation else self.new_name


class Invitation(models.Model):
    """An owner invites a colleague by mail; the signed link of the mail names this row."""

    organisation = models.ForeignKey(
        Organisation, verbose_name="structure", on_delete=models.CASCADE, related_name="invitations"
    )
    email = AddressField("courriel")
    role = models.CharField("rôle", max_length=10, choices=MembershipRole.choices, default=MembershipRole.EDITOR)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField("envoyée le", default=timezone.now)
    expires_at = models.DateTimeField("valable jusqu’au")
    accepted_at = models.DateTimeField("acceptée le", null=True, blank=True)
    revoked_at = models.DateTimeField("annulée le", null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = "invitation"
        verbose_name_plural = "invitations"
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "email"],
                condition=models.Q(accepted_at__isnull=True, revoked_at__isnull=True),
                name="invitation_open_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.email} – {self.organisation}"
