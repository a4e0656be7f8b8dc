"""What the sheets hold on a person, for the file of her data and for the end of her account."""

from contextlib import suppress
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from wagtail.models import Revision

from hub.accounts.models import User
from hub.accounts.personal_data import FORMER_MEMBER, Holder, register_holder
from hub.refusals import Refused
from initiatives.models import Dossier, ErrorReport, Exchange, InitiativePage, PartConfirmation, Upload
from initiatives.space.access import delete_draft


def register() -> None:
    register_holder(key="fiches", holder=Holder(collect=collect, erase=erase))


def collect(user: User) -> dict[str, Any]:
    """Return the sheets the person began or wrote last, their versions of hers, what she said, the files she sent."""
    hers = InitiativePage.objects.filter(Q(owner=user) | Q(dossier__last_edited_by=user)).distinct().order_by("pk")
    sheets = ContentType.objects.get_for_model(InitiativePage)
    versions = Revision.objects.filter(content_type=sheets, user=user).order_by("created_at", "pk")
    exchanges = Exchange.objects.filter(author=user).select_related("page")
    uploads = Upload.objects.filter(uploaded_by=user).select_related("page", "document", "image")
    return {
        "fiches_commencees_ou_modifiees": [
            {"fiche": sheet.title, "creee_par_la_personne": sheet.owner_id == user.pk, "en_ligne": sheet.live}
            for sheet in hers
        ],
        "versions_ecrites": [
            {"fiche": version.object_str, "ecrite_le": version.created_at, "texte": version.content}
            for version in versions
        ],
        "echanges": [
            {
                "fiche": exchange.page.title,
                "nature": exchange.get_kind_display(),
                "le": exchange.created_at,
                "champ": exchange.field,
                "texte": exchange.text,
            }
            for exchange in exchanges
        ],
        "fichiers_envoyes": [
            {"fiche": upload.page.title, "fichier": str(upload), "envoye_le": upload.created_at} for upload in uploads
        ],
    }


def erase(*, user: User, addresses: list[str]) -> None:
    """Sign what the person said « Ancien membre », and forget her addresses. Keys to her account empty themselves.

    A draft that no structure keeps is hers alone: it goes with her.
    """
    for sheet in InitiativePage.objects.filter(dossier__in=Dossier.objects.without_structure().filter(writer=user)):
        with suppress(Refused):  # published in the administration meanwhile: it is Dihal's
            delete_draft(sheet=sheet, user=user)
    Exchange.objects.filter(author=user).update(author_name=FORMER_MEMBER)
    names = [str(user), user.username, *addresses]
    Dossier.objects.filter(confirmed_by__in=names).update(confirmed_by=FORMER_MEMBER)
    ErrorReport.objects.filter(email__in=addresses).update(email="")
    PartConfirmation.objects.filter(email__in=addresses).update(email="")
