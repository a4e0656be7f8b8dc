"""The text of a sheet while it is being written: kept in Wagtail's revisions, apart from what is published."""

from datetime import timedelta
from secrets import token_hex

from django.db import transaction
from django.utils import timezone
from wagtail.models import Revision, TaskState

from hub.accounts.models import AccessRequest, User
from hub.vocabulary.models import Organisation
from initiatives.models import Dossier, InitiativeIndexPage, InitiativePage

# Wagtail wants a title from the first day. Forms show it as empty.
UNTITLED = "Fiche sans titre"

# Savings that follow each other within this time are one version in the history, as in Wagtail's own editor.
SAME_VERSION_WITHIN = timedelta(minutes=10)


def create_draft(
    *,
    user: User | None,
    organisation: Organisation | None,
    title: str = "",
    waits: bool = False,
    request: AccessRequest | None = None,
) -> InitiativePage:
    """Create a sheet nobody else can see, kept by ``organisation``, and return it; its first version is saved.

    With ``waits``, no structure keeps it yet: ``user`` alone writes it, until ``request`` is accepted if there is one.

    Its address is made of random letters until its title is reviewed.

    Raises:
        InitiativeIndexPage.DoesNotExist: when the site has no list of sheets yet (``prepare_site`` makes it).
    """
    with transaction.atomic():
        # Two sheets created at once would get the same place in the tree.
        index = InitiativeIndexPage.objects.select_for_update().order_by("path")[:1].get()
        sheet = InitiativePage(title=title.strip() or UNTITLED, slug=f"fiche-{token_hex(8)}", live=False, owner=user)
        index.add_child(instance=sheet)
        Dossier.objects.create(
            page=sheet,
            steward=None if waits else organisation,
            writer=user if waits else None,
            awaited_request=request if waits else None,
            last_edited_by=user,
            last_edited_at=timezone.now(),
        )
        sheet.save_revision(user=user, log_action=True)
    return sheet


def locked(*, pk: int) -> InitiativePage:
    """Return the sheet with its row locked until the end of the transaction: who saves next waits for who saves now.

    Raises:
        InitiativePage.DoesNotExist: when it was deleted meanwhile.
    """
    # Two statements: the one that waits was begun before the other person's end, and PostgreSQL gives it the columns of
    # the page (its latest version, whether it is online) as they were then. The next one sees what was waited for.
    held = InitiativePage.objects.select_for_update(of=("self",)).filter(pk=pk)
    if not list(held.values_list("pk", flat=True)):
        raise InitiativePage.DoesNotExist
    return InitiativePage.objects.get(pk=pk)


def text_of(*, sheet: InitiativePage) -> InitiativePage:
    """Return the latest text of a sheet, published or not. It is not the row of the database: never ``save`` it."""
    text: InitiativePage = sheet.get_latest_revision_as_object()
    return text


def title_of(*, sheet: InitiativePage) -> str:
    """Return the title of the latest text of a sheet, published or not, from its row."""
    return str(sheet.draft_title or sheet.title)


def save_text(*, text: InitiativePage, user: User | None, is_new_version: bool = False) -> Revision:
    """Keep a text as the latest version of its sheet, unpublished, and return the version.

    Incomplete texts are kept: what a sheet must hold is asked when it is submitted. The same person's savings that
    follow each other closely are one version, unless the former was published or submitted, or ``is_new_version``.
    Call it inside the transaction that locked the sheet and compared the versions.
    """
    now = timezone.now()
    with transaction.atomic():
        former = text.get_latest_revision()
        continues = (
            not is_new_version and former is not None and _may_be_overwritten(revision=former, sheet=text, user=user)
        )
        revision: Revision = text.save_revision(
            user=user, clean=False, log_action=True, overwrite_revision=former if continues else None
        )
        Dossier.objects.update_or_create(page_id=text.pk, defaults={"last_edited_by": user, "last_edited_at": now})
    return revision


def _may_be_overwritten(*, revision: Revision, sheet: InitiativePage, user: User | None) -> bool:
    return (
        revision.user_id == (user.pk if user else None)
        and timezone.now() - revision.created_at < SAME_VERSION_WITHIN
        and revision.pk != sheet.live_revision_id
        and revision.approved_go_live_at is None
        and not TaskState.objects.filter(revision=revision).exists()
    )
