"""Sheets by who keeps them, and by what is expected of them."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import models

from hub.accounts.models import Membership


class DossierQuerySet(models.QuerySet):
    """Dossiers by the people who may act on them."""

    def kept_by(self, *, user: AbstractBaseUser | AnonymousUser) -> "DossierQuerySet":
        """Those of the structures the person is a member of; none for an anonymous visitor."""
        return self.filter(steward__in=Membership.objects.of(user=user).values("organisation"))
