"""The file of a sheet: who keeps it, what was exchanged about it."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.utils import timezone

from hub.accounts.models import Membership
from hub.mail.addresses import AddressField
from hub.vocabulary.models import Organisation
from initiatives.enums import ExchangeKind, ReportState
from initiatives.models.sheet import InitiativePage


class DossierQuerySet(models.QuerySet):
    def without_structure(self) -> "DossierQuerySet":
        """Those of drafts that one person writes and no structure keeps yet (``Dossier.has_no_structure_yet``)."""
        return self.filter(steward__isnull=True, writer__isnull=False)

    def kept_by(self, *, user: AbstractBaseUser | AnonymousUser) -> "DossierQuerySet":
        """Those of the structures the person is a member of, and her own without one; none for who cannot sign in."""
        if not (user.is_authenticated and user.is_active):
            return self.none()
        kept = models.Q(steward__in=Membership.objects.of(user=user).values("organisation"))
        return self.filter(kept | models.Q(steward__isnull=True, writer=user.pk))


class Dossier(models.Model):
    """Who keeps a sheet, since when it is known to be true, where it comes from.

    A sheet without a dossier, or whose dossier has neither steward nor writer, is Dihal's own.
    """

    page = models.OneToOneField(InitiativePage, on_delete=models.CASCADE, related_name="dossier")
    steward = models.ForeignKey(
        Organisation,
        verbose_name="structure qui tient la fiche",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="dossiers",
    )
    # Who alone writes a draft that no structure keeps yet, and the request it waits for, if one was made.
    writer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="personne qui l’écrit, sans structure encore",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="drafts_without_structure",
    )
    awaited_request = models.ForeignKey(
        "accounts.AccessRequest",
        verbose_name="demande attendue",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    # Given by the file a bulk import read: the same line again is the same sheet.
    external_id = models.CharField("identifiant d’origine", max_length=120, blank=True)
    # Whether the partner, or Dihal for it, put the sheet away; it is then not online.
    archived_at = models.DateTimeField("archivée le", null=True, blank=True)
    confirmed_at = models.DateTimeField("confirmée le", null=True, blank=True)
    confirmed_by = models.CharField("confirmée par", max_length=254, blank=True)
    confirmation_asked_at = models.DateTimeField("confirmation demandée le", null=True, blank=True)
    confirmation_reminders = models.PositiveSmallIntegerField("rappels envoyés", default=0)
    unpublication_asked_at = models.DateTimeField("retrait demandé le", null=True, blank=True)
    last_edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    last_edited_at = models.DateTimeField("modifiée le", null=True, blank=True)

    objects = DossierQuerySet.as_manager()

    class Meta:
        verbose_name = "dossier de fiche"
        verbose_name_plural = "dossiers de fiches"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["steward", "external_id"],
                condition=~models.Q(external_id=""),
                name="dossier_external_id_once",
            )
        ]

    def __str__(self) -> str:
        return f"Dossier de « {self.page} »"

    @property
    def has_no_structure_yet(self) -> bool:
        """Whether its draft waits for the structure of the person who writes it: it may be written, not sent."""
        return self.steward_id is None and self.writer_id is not None


class Exchange(models.Model):
    """One thing said or done about a sheet between its partner and Dihal: the thread stays with the sheet."""

    page = models.ForeignKey(InitiativePage, on_delete=models.CASCADE, related_name="exchanges")
    kind = models.CharField("nature", max_length=24, choices=ExchangeKind.choices)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    # What the person was called then: the thread still reads when the account is deleted.
    author_name = models.CharField("auteur", max_length=254, blank=True)
    is_from_dihal = models.BooleanField("écrit par la Dihal", default=False)
    created_at = models.DateTimeField("le", default=timezone.now)
    text = models.TextField("texte", blank=True)
    # The name of a field of the sheet when the remark is about it; empty for the sheet as a whole.
    field = models.CharField("champ", max_length=40, blank=True)
    resolved_at = models.DateTimeField("traitée le", null=True, blank=True)
    revision = models.ForeignKey(
        "wagtailcore.Revision", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = "échange"
        verbose_name_plural = "échanges"
        ordering: ClassVar = ["created_at", "pk"]
        indexes: ClassVar = [models.Index(fields=["page", "created_at"])]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} – {self.page}"

    @property
    def act(self) -> str:
        return ExchangeKind(self.kind).act


class Upload(models.Model):
    """A file a partner sent for a sheet: nobody else may read it before a published text shows it."""

    page = models.ForeignKey(InitiativePage, on_delete=models.CASCADE, related_name="uploads")
    document = models.OneToOneField(
        "wagtaildocs.Document", null=True, blank=True, on_delete=models.CASCADE, related_name="partner_upload"
    )
    image = models.OneToOneField(
        "wagtailimages.Image", null=True, blank=True, on_delete=models.CASCADE, related_name="partner_upload"
    )
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField("envoyé le", default=timezone.now)

    class Meta:
        verbose_name = "fichier d’un partenaire"
        verbose_name_plural = "fichiers des partenaires"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(document__isnull=False, image__isnull=True)
                | models.Q(document__isnull=True, image__isnull=False),
                name="upload_is_one_file",
            )
        ]

    def __str__(self) -> str:
        return str(self.file)

    @property
    def file(self) -> Any:
        """The image, or the document: there is always one (see the constraint)."""
        return self.image or self.document


class PartConfirmation(models.Model):
    """A structure named on a sheet was asked whether its part is told right, and may have said yes.

    It is not a child of the partnership: partnerships are rewritten with each text, what a structure said is not.
    """

    page = models.ForeignKey(InitiativePage, on_delete=models.CASCADE, related_name="part_confirmations")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="part_confirmations")
    email = AddressField("courriel")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    asked_at = models.DateTimeField("demandée le", default=timezone.now)
    answered_at = models.DateTimeField("répondue le", null=True, blank=True)
    is_confirmed = models.BooleanField("confirmée", null=True, blank=True)
    remark = models.TextField("remarque", max_length=1000, blank=True)
    # What the sheet said of the structure when it answered: other words, written since, are not confirmed.
    statement = models.TextField("ce que la fiche disait", blank=True)

    class Meta:
        verbose_name = "confirmation d’un partenaire"
        verbose_name_plural = "confirmations des partenaires"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["page", "organisation"], name="part_confirmation_once")
        ]

    def __str__(self) -> str:
        return f"{self.organisation} – {self.page}"


class ErrorReport(models.Model):
    """A reader, without an account, says that something on a published sheet is wrong."""

    page = models.ForeignKey(InitiativePage, on_delete=models.CASCADE, related_name="error_reports")
    text = models.TextField("ce qui est inexact", max_length=2000)
    email = AddressField("courriel", blank=True, help_text="Pour une réponse ; facultatif.")
    created_at = models.DateTimeField("reçu le", default=timezone.now)
    state = models.CharField("état", max_length=10, choices=ReportState.choices, default=ReportState.NEW)
    closed_at = models.DateTimeField("traité le", null=True, blank=True)

    class Meta:
        verbose_name = "signalement"
        verbose_name_plural = "signalements"
        ordering: ClassVar = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.page} ({self.created_at:%d/%m/%Y})"
