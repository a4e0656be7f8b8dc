"""What waits for Dihal, on the first page of the administration: to each person what she may act on."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Min, QuerySet
from django.urls import reverse
from wagtail.admin.ui.components import Component

from hub.accounts.models import AccessRequest
from hub.accounts.rights import DECIDE_PERMISSION
from hub.vocabulary.admin import PERMISSIONS as MERGE_PERMISSIONS
from hub.vocabulary.admin import listing_url
from hub.vocabulary.models import Organisation
from initiatives.enums import ReportState
from initiatives.models import Dossier, ErrorReport
from initiatives.people import may_review
from initiatives.review.queue import waiting_states
from initiatives.upkeep.admin import CHANGE_REPORT

Person = AbstractBaseUser | AnonymousUser


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """Things of one kind that wait: how many, the oldest since when (unknown for structures), and where they are."""

    count: int
    one: str
    several: str
    url: str
    since: datetime | None = None

    @property
    def words(self) -> str:
        """« 3 fiches à relire »."""
        return f"{self.count} {self.one if self.count == 1 else self.several}"


class WaitingPanel(Component):
    name = "waiting"
    order = 50
    template_name = "initiatives/admin/waiting_panel.html"

    def __init__(self, *, user: Person) -> None:
        self.lines = list(lines_for(user=user))
        self.is_for_somebody = bool(self.lines)

    def get_context_data(self, parent_context: dict[str, Any]) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(parent_context) or {}
        return {**context, "lines": [line for line in self.lines if line.count]}


def lines_for(*, user: Person) -> Iterator[WaitingLine]:
    """Yield what the person may act on, counted in one query a line; nothing for who may act on none of it."""
    rights: Any = user
    if may_review(user=user):
        queue = reverse("review-queue")
        yield _counted(waiting_states(user=user), "started_at", "fiche à relire", "fiches à relire", queue)
        leaving = Dossier.objects.filter(unpublication_asked_at__isnull=False, page__live=True)
        yield _counted(leaving, "unpublication_asked_at", "retrait demandé", "retraits demandés", queue)
    if rights.has_perm(DECIDE_PERMISSION):
        asked, url = AccessRequest.objects.pending(), reverse("access-requests")
        yield _counted(asked, "created_at", "demande d’accès", "demandes d’accès", url)
    if rights.has_perms(MERGE_PERMISSIONS):
        count = Organisation.objects.filter(is_proposed=True).count()
        url = f"{listing_url(model=Organisation)}?is_proposed=true"
        yield WaitingLine(count, "structure proposée à valider", "structures proposées à valider", url)
    if rights.has_perm(CHANGE_REPORT):
        reports, url = ErrorReport.objects.filter(state=ReportState.NEW), reverse("error_reports:index")
        yield _counted(
            reports,
            "created_at",
            "erreur signalée par un lecteur",
            "erreurs signalées par des lecteurs",
            f"{url}?state=new",
        )


def _counted(found: QuerySet[Any], since: str, one: str, several: str, url: str) -> WaitingLine:
    numbers = found.order_by().aggregate(count=Count("pk"), since=Min(since))
    return WaitingLine(numbers["count"], one, several, url, numbers["since"])
