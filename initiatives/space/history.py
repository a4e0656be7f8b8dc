"""The versions of a sheet as its partner reads them: by day and person, those that were sent or published marked."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from wagtail.models import PageLogEntry, Revision, TaskState

from hub.accounts.models import Membership, User
from hub.accounts.personal_data import FORMER_MEMBER
from hub.refusals import Refused
from initiatives.drafts import locked, save_text, text_of
from initiatives.models import InitiativePage
from initiatives.states import UNDER_REVIEW, state_of

# Not the partner's to write: an older text must not bring back an older address.
_KEPT_FROM_THE_LATEST = (
    "slug",
    "seo_title",
    "search_description",
    "show_in_menus",
    "original_published_on",
    "original_modified_on",
    "is_demonstration",
    "go_live_at",
    "expire_at",
)


@dataclass(slots=True, kw_only=True)
class Version:
    """One saved text. ``compared_to`` is the version before it, ``None`` for the first."""

    pk: int
    at: datetime
    person: str
    is_online: bool
    was_published: bool
    was_submitted: bool
    is_latest: bool
    compared_to: int | None = None

    @property
    def is_marked(self) -> bool:
        """Whether something was done with this text, beside writing it."""
        return self.is_online or self.was_published or self.was_submitted or self.is_latest


@dataclass(slots=True, kw_only=True)
class Session:
    """What one person saved in one day: its last text, those something was done with, and the others."""

    day: date
    person: str
    versions: list[Version] = field(default_factory=list)

    @property
    def main(self) -> list[Version]:
        return [version for place, version in enumerate(self.versions) if place == 0 or version.is_marked]

    @property
    def others(self) -> list[Version]:
        return [version for place, version in enumerate(self.versions) if place and not version.is_marked]


def revisions_of(*, sheet: InitiativePage) -> QuerySet[Revision]:
    return sheet.revisions.select_related("user").order_by("-created_at", "-pk")


def version_or_404(*, sheet: InitiativePage, pk: int) -> Revision:
    """Return one saved text of this very sheet; another page's is not found, in the same words."""
    revision = revisions_of(sheet=sheet).filter(pk=pk).first()
    if revision is None:
        raise Http404("Cette version n’existe pas, ou n’est pas celle de cette fiche.")
    return revision


def sessions_of(*, sheet: InitiativePage, revisions: Iterable[Revision], former: Revision | None) -> list[Session]:
    """Group saved texts, the latest first, by day and person. ``former`` is the one before them, if there is one."""
    found = list(revisions)
    pks = [revision.pk for revision in found]
    published = set(
        PageLogEntry.objects.filter(page=sheet.pk, action="wagtail.publish", revision__in=pks).values_list(
            "revision_id", flat=True
        )
    )
    submitted = set(TaskState.objects.filter(revision__in=pks).values_list("revision_id", flat=True))
    people = _people(sheet=sheet, revisions=found)
    versions = [
        Version(
            pk=revision.pk,
            at=revision.created_at,
            person=people[revision.pk],
            is_online=sheet.live and revision.pk == sheet.live_revision_id,
            was_published=revision.pk in published,
            was_submitted=revision.pk in submitted,
            is_latest=revision.pk == sheet.latest_revision_id,
        )
        for revision in found
    ]
    for version, before in zip(versions, [*pks[1:], former.pk if former else None], strict=True):
        version.compared_to = before
    return _grouped(versions)


def _grouped(versions: list[Version]) -> list[Session]:
    sessions: list[Session] = []
    for version in versions:
        day = timezone.localdate(version.at)
        if not sessions or (sessions[-1].day, sessions[-1].person) != (day, version.person):
            sessions.append(Session(day=day, person=version.person))
        sessions[-1].versions.append(version)
    return sessions


def person_of(*, sheet: InitiativePage, revision: Revision) -> str:
    return _people(sheet=sheet, revisions=[revision])[revision.pk]


def _people(*, sheet: InitiativePage, revisions: list[Revision]) -> dict[int, str]:
    """Whom each text is from: members by name, people of Dihal as « la Dihal »."""
    dossier = getattr(sheet, "dossier", None)
    members = set(
        Membership.objects.filter(organisation=dossier.steward_id if dossier else None).values_list(
            "user_id", flat=True
        )
    )
    if dossier and dossier.has_no_structure_yet:
        members.add(dossier.writer_id)
    nobodys = [revision.pk for revision in revisions if revision.user_id is None]
    # The log still knows that somebody wrote a text when the account is gone; an import by the operator is nobody's.
    orphans = PageLogEntry.objects.filter(revision__in=nobodys, user__isnull=False).values_list(
        "revision_id", flat=True
    )
    left = set(orphans) if nobodys else set()
    return {
        revision.pk: _name(user=revision.user, members=members, is_former=revision.pk in left) for revision in revisions
    }


def _name(*, user: User | None, members: set[int], is_former: bool) -> str:
    if user is None:
        return FORMER_MEMBER if is_former else "import"
    if user.pk not in members and user.has_perm("wagtailadmin.access_admin"):
        return "la Dihal"
    return str(user)


def restore(*, sheet: InitiativePage, revision: Revision, user: User) -> Revision:
    """Take up an older text again as a new version, unpublished; ``Refused`` while the sheet is in review."""
    with transaction.atomic():
        page = locked(pk=sheet.pk)
        if state_of(sheet=page) in UNDER_REVIEW:
            raise Refused("La fiche est en relecture : reprenez-la d’abord, ou attendez la réponse de la Dihal.")
        latest = text_of(sheet=page)
        text: InitiativePage = revision.as_object()
        for name in _KEPT_FROM_THE_LATEST:
            setattr(text, name, getattr(latest, name))
        return save_text(text=text, user=user, is_new_version=True)
