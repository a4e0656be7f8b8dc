"""Turn an understood recap into a draft the editor checks; what visitors read is never changed."""

from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from events.models import WorkshopIndexPage, WorkshopPage
from events.recap.draft_fields import fill_page
from events.recap.parsed import ParsedRecap
from hub.accounts.models import User

_SLUG_SUBJECT = 60


class DraftRefused(Exception):  # noqa: N818 - named after what happened, as UnreadableRecap is
    """The draft cannot be written; the message, in French, says why and is meant to be shown."""


class DraftAction(Enum):
    """What became of the recap."""

    CREATED = "brouillon créé"
    UPDATED = "brouillon mis à jour"
    REVISED = "nouvelle version de brouillon, la page en ligne est inchangée"


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftOutcome:
    """The page, what was done, and what could not be filled in (in French)."""

    page: WorkshopPage
    action: DraftAction
    problems: tuple[str, ...]


def find_existing(*, parsed: ParsedRecap) -> WorkshopPage | None:
    """Return the page of the same workshop: same number, or without a number one of the same subject and day."""
    if parsed.number is not None:
        return WorkshopPage.objects.filter(number=parsed.number.value).order_by("-live", "pk").first()
    if parsed.subject is None:
        return None
    starts_on = parsed.days.value[0] if parsed.days else None
    return (
        WorkshopPage.objects.filter(number=None, subject=parsed.subject.value, starts_on=starts_on)
        .order_by("pk")
        .first()
    )


@transaction.atomic
def draft_workshop(
    *,
    parsed: ParsedRecap,
    report: dict[str, Any] | None = None,
    parent: WorkshopIndexPage | None = None,
    user: User | None = None,
) -> DraftOutcome:
    """Create or update the draft of a workshop, in one transaction.

    The page of the same number is used when there is one. A draft is updated; a page that is online gets a new
    revision, not published, that the editor compares and publishes: what visitors read does not change. What the recap
    does not say (summary already written, speakers, start times in the replay, presented sheets, keywords) is kept.

    Args:
        parsed: the recap.
        report: what ``build_report`` returned, kept on the page for the editor.
        parent: the list of workshops to create the page under; by default the only one.
        user: who imports; must be allowed to change the existing page, or to add one under ``parent``.

    Raises:
        DraftRefused: if there is no list of workshops, or if the page is locked, in moderation, or not this user's to
            change.
    """
    # Two imports of the same recap at once must not create two pages: the second waits here for the first.
    parents = WorkshopIndexPage.objects.select_for_update().order_by("pk")
    parent = parents.filter(pk=parent.pk).first() if parent is not None else parents.first()
    existing = find_existing(parsed=parsed)
    if existing is None:
        return _create(parsed=parsed, report=report, parent=parent, user=user)
    _require_editable(page=existing, user=user)
    draft: WorkshopPage = existing.get_latest_revision_as_object()
    problems = fill_page(page=draft, parsed=parsed, report=report)
    if existing.live:
        draft.minimal_clean()
    else:
        draft.save()
    draft.save_revision(user=user, clean=False, log_action=True)
    action = DraftAction.REVISED if existing.live else DraftAction.UPDATED
    return DraftOutcome(page=draft, action=action, problems=problems)


def _create(
    *,
    parsed: ParsedRecap,
    report: dict[str, Any] | None,
    parent: WorkshopIndexPage | None,
    user: User | None,
) -> DraftOutcome:
    if parent is None:
        raise DraftRefused("Il n’y a pas encore de page « Ateliers » où ranger le brouillon : créez-la d’abord.")
    if user is not None and not parent.permissions_for_user(user).can_add_subpage():
        raise DraftRefused(f"Vous n’avez pas le droit d’ajouter une page sous « {parent.title} ».")
    page = WorkshopPage(live=False, owner=user)
    problems = fill_page(page=page, parsed=parsed, report=report)
    page.slug = _free_slug(parent=parent, parsed=parsed)
    parent.add_child(instance=page)
    page.save_revision(user=user, clean=False, log_action="wagtail.create")
    return DraftOutcome(page=page, action=DraftAction.CREATED, problems=problems)


def _require_editable(*, page: WorkshopPage, user: User | None) -> None:
    shown = f"« {page.title} »"
    if page.locked:
        raise DraftRefused(f"La page {shown} est verrouillée : déverrouillez-la avant de réimporter le compte rendu.")
    if page.workflow_in_progress:
        raise DraftRefused(
            f"La page {shown} est en cours de relecture : terminez ou annulez la relecture avant l’import."
        )
    if user is not None and not page.permissions_for_user(user).can_edit():
        raise DraftRefused(f"Vous n’avez pas le droit de modifier la page {shown}, qui porte déjà ce numéro.")


def _free_slug(*, parent: WorkshopIndexPage, parsed: ParsedRecap) -> str:
    """Return an address of the form ``86e-atelier-…`` that no other page of the list has."""
    subject = slugify((parsed.subject.value if parsed.subject else "").replace("’", " ").replace("'", " "))
    if len(subject) > _SLUG_SUBJECT:
        subject = subject[:_SLUG_SUBJECT].rsplit("-", 1)[0]
    number = f"{parsed.number.value}e-atelier" if parsed.number else "atelier"
    base = "-".join(filter(None, (number, subject)))
    slug, suffix = base, 2
    taken = set(parent.get_children().filter(slug__startswith=base).values_list("slug", flat=True))
    while slug in taken:
        slug, suffix = f"{base}-{suffix}", suffix + 1
    return slug
