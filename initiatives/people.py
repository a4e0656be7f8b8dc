"""Who is who around a sheet: the members of the structure that keeps it, the people who review it, the one who acts."""

from collections.abc import Iterable

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from wagtail.log_actions import get_active_log_context
from wagtail.models import Task, TaskState

from hub.accounts.models import Membership, User
from initiatives.models import Dossier, InitiativeIndexPage, InitiativePage


def acting_person(*, told: AbstractBaseUser | None = None) -> User | None:
    """Return who is doing what is being done: the one Wagtail names, or else the one it writes to its journal."""
    person = told or get_active_log_context().user
    return person if isinstance(person, User) else None


def members_of(*, sheet: InitiativePage) -> list[User]:
    """Return the people to write to about a sheet: the members of the structure that keeps it; none for Dihal's own."""
    dossier = Dossier.objects.filter(page=sheet).first()
    if dossier is not None and dossier.has_no_structure_yet:
        return _reachable(User.objects.filter(drafts_without_structure=dossier))
    if dossier is None or dossier.steward_id is None:
        return []
    members = Membership.objects.filter(organisation=dossier.steward_id)
    return _reachable(User.objects.filter(pk__in=members.values("user")))


def is_member(*, sheet: InitiativePage, user: User | None) -> bool:
    return user is not None and Dossier.objects.kept_by(user=user).filter(page=sheet).exists()


def reviewers_of(*, task: Task) -> list[User]:
    """Return the people to write to when a sheet waits at a task: the members of its groups."""
    groups = getattr(task.specific, "groups", None)
    return _reachable(User.objects.filter(groups__in=groups.all()).distinct()) if groups is not None else []


def reviewers_of_sheet(*, sheet: InitiativePage) -> list[User]:
    """Return the people to write to about a sheet in any state: those of its task, or else of every task."""
    current = sheet.current_workflow_task
    workflow = sheet.get_workflow()
    tasks: Iterable[Task] = [current] if current is not None else workflow.tasks.filter(active=True) if workflow else []
    found = {person.pk: person for task in tasks for person in reviewers_of(task=task)}
    return list(found.values())


def review_tasks(*, user: AbstractBaseUser | AnonymousUser) -> list[Task]:
    """Return the tasks of the sheets' reviews at which the person may act."""
    if not user.is_authenticated or not user.is_active:
        return []
    indexes = list(InitiativeIndexPage.objects.all())
    workflows = {workflow.pk for index in indexes if (workflow := index.get_workflow()) is not None}
    tasks = Task.objects.filter(active=True, workflow_tasks__workflow__in=workflows).distinct().specific()
    return [task for task in tasks if task.get_actions(indexes[0], user)]


def may_review(*, user: AbstractBaseUser | AnonymousUser) -> bool:
    return bool(review_tasks(user=user))


def may_decide(*, user: AbstractBaseUser | AnonymousUser, sheet: InitiativePage, task_state: TaskState | None) -> bool:
    """Whether the person may approve or return the text that waits at ``task_state``."""
    if task_state is None or not user.is_authenticated or not user.is_active:
        return False
    return bool(task_state.task.specific.get_actions(sheet, user))


def _reachable(people: Iterable[User]) -> list[User]:
    return sorted((person for person in people if person.is_active and person.email), key=lambda person: person.pk)
