"""Who else is on a sheet right now, in the partner space or in the administration.

Wagtail's own editing sessions are used, so that reviewers and partners see each other.
"""

from datetime import datetime, timedelta

from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import time_format
from wagtail.admin.models import EditingSession
from wagtail.models import Page, Revision

from hub.accounts.models import Membership, User
from initiatives.models import InitiativePage

# Pages say they are there every fifteen seconds; a browser slows those left in the background to one a minute.
SEEN_WITHIN = timedelta(seconds=90)
DIHAL = "Une personne de la Dihal"


def note_presence(*, sheet: InitiativePage, user: User, session_id: int | None, is_writing: bool) -> EditingSession:
    """Note that a person is on a sheet, under the session their page already has, if it is really theirs."""
    EditingSession.cleanup()
    now = timezone.now()
    session = None
    if session_id is not None:
        session = _sessions(sheet=sheet).filter(pk=session_id, user=user).first()
    if session is None:
        return EditingSession.objects.create(
            user=user,
            content_type=ContentType.objects.get_for_model(Page),
            object_id=str(sheet.pk),
            last_seen_at=now,
            is_editing=is_writing,
        )
    session.last_seen_at = now
    session.is_editing = is_writing
    session.save(update_fields=["last_seen_at", "is_editing"])
    return session


def note_departure(*, sheet: InitiativePage, user: User, session_id: int) -> None:
    _sessions(sheet=sheet).filter(pk=session_id, user=user).delete()


def people_on(*, sheet: InitiativePage, user: User) -> list[str]:
    """Return a sentence for each of the other people on a sheet, those who write first."""
    sessions = (
        _sessions(sheet=sheet)
        .filter(last_seen_at__gte=timezone.now() - SEEN_WITHIN)
        .exclude(user=user)
        .select_related("user")
        .order_by("-is_editing", "pk")
    )
    latest: dict[int, EditingSession] = {}
    for session in sessions:
        latest.setdefault(session.user_id, session)
    colleagues = _colleagues(sheet=sheet, user_ids=set(latest))
    return [
        f"{_name(user=one.user, colleagues=colleagues)} {'écrit' if one.is_editing else 'est'} aussi sur cette fiche."
        for one in latest.values()
    ]


def newer_text(*, sheet: InitiativePage, user: User, since: datetime) -> str | None:
    """Say that somebody else saved a text after a moment; ``None`` when nobody did."""
    latest: Revision | None = sheet.latest_revision
    if latest is None or latest.user_id == user.pk or latest.created_at <= since:
        return None
    colleagues = _colleagues(sheet=sheet, user_ids={latest.user_id} - {None})
    by = _name(user=latest.user, colleagues=colleagues) if latest.user else DIHAL
    at = time_format(timezone.localtime(latest.created_at), "H:i")
    return f"{by} a enregistré un texte plus récent à {at}."


def _sessions(*, sheet: InitiativePage) -> QuerySet[EditingSession]:
    return EditingSession.objects.filter(content_type=ContentType.objects.get_for_model(Page), object_id=str(sheet.pk))


def _colleagues(*, sheet: InitiativePage, user_ids: set[int]) -> set[int]:
    dossier = getattr(sheet, "dossier", None)
    if dossier is None or dossier.steward_id is None or not user_ids:
        return set()
    members = Membership.objects.filter(organisation=dossier.steward_id, user__in=user_ids)
    return set(members.values_list("user", flat=True))


def _name(*, user: User, colleagues: set[int]) -> str:
    """Colleagues know each other's address; a reviewer who gave no name stays the Dihal."""
    if user.pk in colleagues:
        return str(user)
    return user.get_full_name() or DIHAL
