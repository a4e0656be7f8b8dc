from datetime import datetime
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from hub.mail.addresses import AddressField, comparable_address
from hub.vocabulary.models import Organisation, OrganisationKind


class MembershipRole(models.TextChoices):
    OWNER = "owner", "Responsable"
    EDITOR = "editor", "Contributeur"


class AddressReason(models.TextChoices):
    TAKEN = "taken", "un autre compte a cette adresse"
    LOOK_ALIKE = "look-alike", "ressemble à une autre adresse du compte, et n’est pas elle"
    TWICE = "twice", "la même adresse, deux fois"
    UNUSABLE = "unusable", "n’est pas une adresse que le courrier transporte"
    REWRITTEN = "rewritten", "réécrite sans changer de destinataire"


class RequestState(models.TextChoices):
    PENDING = "pending", "En attente"
    ACCEPTED = "accepted", "Acceptée"
    REFUSED = "refused", "Refusée"


class MembershipQuerySet(models.QuerySet):
    def of(self, *, user: AbstractBaseUser | AnonymousUser) -> "MembershipQuerySet":
        """Those of one person; none for an anonymous visitor or a closed account."""
        return self.filter(user=user.pk) if user.is_authenticated and user.is_active else self.none()

    def owners(self) -> "MembershipQuerySet":
        return self.filter(role=MembershipRole.OWNER)


class FormerAddressQuerySet(models.QuerySet):
    def to_look_at(self) -> "FormerAddressQuerySet":
        """Those that took a way in, or a mail, from somebody: an operator decides."""
        return self.exclude(reason__in=[AddressReason.REWRITTEN, AddressReason.TWICE])


class AccessRequestQuerySet(models.QuerySet):
    def pending(self) -> "AccessRequestQuerySet":
        return self.filter(state=RequestState.PENDING)


class InvitationQuerySet(models.QuerySet):
    def waiting(self) -> "InvitationQuerySet":
        """Those nobody accepted or withdrew, out of time or not."""
        return self.filter(accepted_at__isnull=True, revoked_at__isnull=True)

    def open(self, *, now: datetime) -> "InvitationQuerySet":
        return self.waiting().filter(expires_at__gt=now)


TAKEN = "Un autre compte a cette adresse."


class AccountAddressField(AddressField):
    """The address an account is written to; no other account has it, nor has proved it."""

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        super().validate(value, model_instance)
        if not value:
            return
        # No account has the key 0: ``createsuperuser`` asks before there is one.
        own: int = (model_instance.pk if model_instance is not None else None) or 0
        address = comparable_address(value)
        has_it = User.objects.filter(email=address).exclude(pk=own)
        proved = apps.get_model("account", "EmailAddress").objects.filter(email=address, verified=True)
        if has_it.exists() or proved.exclude(user=own).exists():
            raise ValidationError(TAKEN, code="unique")


class User(AbstractUser):
    """Ours from the first migration on, because Django cannot change the user model of a running site."""

    email = AccountAddressField("adresse électronique", blank=True)

    class Meta(AbstractUser.Meta):
        verbose_name = "personne"
        verbose_name_plural = "personnes"
        constraints = [
            models.UniqueConstraint(
                fields=["email"],
                condition=~models.Q(email=""),
                name="user_email_once",
                violation_error_message=TAKEN,
                violation_error_code="unique",
            )
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.email or self.username

    @property
    def presented(self) -> str:
        """The name with the address, for those who do not know the person yet."""
        name = str(self)
        return f"{name} ({self.email})" if self.email and self.email != name else name


class FormerAddress(models.Model):
    """An address as it was stored before, in ``row`` of the model ``holder``; the rewriting can be undone."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="personne",
        null=True,
        on_delete=models.CASCADE,
        related_name="former_addresses",
    )
    holder = models.CharField("où", max_length=40)
    row = models.BigIntegerField("ligne")
    email = models.CharField("adresse telle qu’elle était", max_length=254)
    verified = models.BooleanField("prouvée", default=False)
    primary = models.BooleanField("principale", default=False)
    reason = models.CharField("pourquoi", max_length=12, choices=AddressReason.choices)
    created_at = models.DateTimeField("le", default=timezone.now)

    objects = FormerAddressQuerySet.as_manager()

    class Meta:
        verbose_name = "ancienne adresse"
        verbose_name_plural = "anciennes adresses"
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.email} ({self.get_reason_display()})"


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


class CountedUse(models.Model):
    """How often one thing was used. ``key`` is a digest: nothing of the thing itself is stored."""

    key = models.CharField("empreinte", max_length=64, unique=True)
    count = models.PositiveSmallIntegerField("usages", default=0)
    forgotten_at = models.DateTimeField("oublié le", db_index=True)

    class Meta:
        verbose_name = "usage compté"
        verbose_name_plural = "usages comptés"

    def __str__(self) -> str:
        return f"{self.key[:8]} : {self.count}"
