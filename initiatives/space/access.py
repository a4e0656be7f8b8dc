"""Which sheets a person may see in the partner space. Every view of the space comes through here."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.http import Http404

from hub.accounts.models import Membership
from hub.vocabulary.models import Organisation
from initiatives.models import Dossier, InitiativePage


def sheets_of(*, user: AbstractBaseUser | AnonymousUser) -> QuerySet[InitiativePage]:
    """Return the sheets kept by the structures the person is a member of, whatever their state."""
    kept = Dossier.objects.kept_by(user=user)
    return InitiativePage.objects.filter(pk__in=kept.values("page")).select_related("dossier__steward")


def sheet_or_404(*, user: AbstractBaseUser | AnonymousUser, pk: int) -> InitiativePage:
    """Return one of the person's sheets, as its row is in the database (see ``initiatives.drafts`` for its text).

    Raises:
        Http404: for a sheet that does not exist or is another structure's, in the same words.
    """
    sheet = sheets_of(user=user).filter(pk=pk).first()
    if sheet is None:
        message = "Cette fiche n’existe pas, ou n’est pas tenue par votre structure."
        raise Http404(message)
    return sheet


def organisations_of(*, user: AbstractBaseUser | AnonymousUser) -> QuerySet[Organisation]:
    """Return the structures the person writes for, by name."""
    return Organisation.objects.filter(pk__in=Membership.objects.of(user=user).values("organisation"))


def may_read_draft(*, user: AbstractBaseUser | AnonymousUser, sheet: InitiativePage) -> bool:
    """Whether the person may read what is not published of a sheet: a member of its steward, or an editor of Dihal."""
    if sheets_of(user=user).filter(pk=sheet.pk).exists():
        return True
    return user.is_authenticated and sheet.permissions_for_user(user).can_edit()
