"""Sheets by who keeps them, and by what is expected of them."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import models

from hub.accounts.models import Membership


class DossierQuerySet(models.QuerySet):
    """Dossiers by the people who may act on them."""

    def without_structure(self) -> "DossierQuerySet":
        """Those of drafts that one person writes and no structure keeps yet (``Dossier.has_no_structure_yet``)."""
        return self.filter(steward__isnull=True, writer__isnull=False)

    def kept_by(self, *, user: AbstractBaseUser | AnonymousUser) -> "DossierQuerySet":
        """Those of the structures the person is a member of, and her own without a structure yet.

        None for an anonymous visitor or a closed account.
        """
        if not (user.is_authenticated and user.is_active):
            return self.none()
        kept = models.Q(steward__in=Membership.objects.of(user=user).values("organisation"))
        return self.filter(kept | models.Q(steward__isnull=True, writer=user.pk))
