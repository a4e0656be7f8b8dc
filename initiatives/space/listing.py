"""The sheets of a person as the dashboard lists them: state, what is asked, who did what last."""

from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.contrib.contenttypes.models import ContentType
from django.db.models import Case, CharField, Count, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Cast
from wagtail.models import Page, WorkflowState

from initiatives.drafts import title_of
from initiatives.enums import ExchangeKind, SheetState
from initiatives.models import Exchange, InitiativePage
from initiatives.review.queue import expected_by, submitted_at
from initiatives.space.access import sheets_of
from initiatives.states import UNDER_REVIEW, state_of

TO_CORRECT_STATES = (SheetState.TO_CORRECT, SheetState.ONLINE_TO_CORRECT)

# The filters of the list: (value of the address, label, states it keeps).
FILTERS: tuple[tuple[str, str, tuple[SheetState, ...]], ...] = (
    ("a-corriger", "À corriger", TO_CORRECT_STATES),
    ("brouillon", "Brouillons", (SheetState.DRAFT,)),
    ("en-relecture", "En relecture", UNDER_REVIEW),
    (
        "en-ligne",
        "En ligne",
        (
            SheetState.ONLINE,
            SheetState.ONLINE_CHANGING,
            SheetState.ONLINE_IN_REVIEW,
            SheetState.ONLINE_TO_CORRECT,
        ),
    ),
    ("retiree", "Retirées du site", (SheetState.RETIRED,)),
    ("archivee", "Archivées", (SheetState.ARCHIVED,)),
)


@dataclass(frozen=True, slots=True)
class LastAct:
    """What happened last to a sheet, in words, and when."""

    words: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Wait:
    """A text waits for Dihal: since when, and the day an answer is promised for."""

    since: datetime
    answer_by: date


@dataclass(frozen=True, slots=True)
class SheetRow:
    sheet: InitiativePage
    title: str
    state: SheetState
    # For a sheet under review.
    wait: Wait | None
    # For a sheet that was taken off the site.
    retired_at: datetime | None
    # For a sheet whose partner asked that it leave the site.
    withdrawal_asked_at: datetime | None
    # What the person is asked to do, empty when nothing is.
    asked: str
    last_act: LastAct | None


@dataclass(frozen=True, slots=True)
class StateFilter:
    value: str
    label: str
    count: int
    is_chosen: bool


def listed_sheets(*, user: AbstractBaseUser | AnonymousUser) -> QuerySet[InitiativePage]:
    """Return the person's sheets with what a row says, those that ask something first, then the latest changed."""
    return (
        with_state(sheets=sheets_of(user=user))
        .annotate(
            asks=Case(
                When(listed_state__in=TO_CORRECT_STATES, then=Value(0)),
                When(_awaits_confirmation(), then=Value(1)),
                default=Value(2),
            ),
            last_exchange_id=Subquery(
                Exchange.objects.filter(page=OuterRef("pk")).order_by("-created_at", "-pk").values("pk")[:1]
            ),
            last_left_at=Subquery(_departures(page=OuterRef("pk")).values("created_at")[:1]),
        )
        .select_related("dossier__steward", "dossier__last_edited_by")
        .prefetch_related(_current_reviews())
        .order_by("asks", F("dossier__last_edited_at").desc(nulls_last=True), "-pk")
    )


def with_state(*, sheets: QuerySet[InitiativePage]) -> QuerySet[InitiativePage]:
    """Annotate sheets with ``listed_state``: what ``state_of`` says of each, told by the database."""
    review = (
        WorkflowState.objects.active()
        .filter(
            base_content_type=ContentType.objects.get_for_model(Page),
            object_id=Cast(OuterRef("pk"), CharField()),
        )
        .values("status")[:1]
    )
    under_review = Q(review_status=WorkflowState.STATUS_IN_PROGRESS)
    returned = Q(review_status=WorkflowState.STATUS_NEEDS_CHANGES)
    states = (
        (Q(live=False, dossier__archived_at__isnull=False), SheetState.ARCHIVED),
        (under_review & Q(live=True), SheetState.ONLINE_IN_REVIEW),
        (under_review, SheetState.IN_REVIEW),
        (returned & Q(live=True), SheetState.ONLINE_TO_CORRECT),
        (returned, SheetState.TO_CORRECT),
        (Q(live=True, has_unpublished_changes=False), SheetState.ONLINE),
        (Q(live=True), SheetState.ONLINE_CHANGING),
        (Q(first_published_at__isnull=False), SheetState.RETIRED),
    )
    return sheets.annotate(review_status=Subquery(review)).annotate(
        listed_state=Case(
            *(When(condition, then=Value(state.value)) for condition, state in states),
            default=Value(SheetState.DRAFT.value),
            output_field=CharField(),
        )
    )


def state_filters(*, sheets: QuerySet[InitiativePage], chosen: str) -> list[StateFilter]:
    """Return the filters with their counts, in one query; a filter that keeps nothing is left out unless chosen."""
    counted = dict(sheets.order_by().values_list("listed_state").annotate(count=Count("pk")))
    filters = [
        StateFilter(value, label, sum(counted.get(state.value, 0) for state in states), value == chosen)
        for value, label, states in FILTERS
    ]
    return [item for item in filters if item.count or item.is_chosen]


def filtered(*, sheets: QuerySet[InitiativePage], chosen: str) -> QuerySet[InitiativePage]:
    """Keep the sheets of one filter; an unknown one keeps them all."""
    kept = next((states for value, _label, states in FILTERS if value == chosen), None)
    return sheets if kept is None else sheets.filter(listed_state__in=kept)


def rows(*, sheets: QuerySet[InitiativePage]) -> list[SheetRow]:
    """Read one page of the list, in three queries whatever its length."""
    read = list(sheets)
    exchanges = Exchange.objects.in_bulk({sheet.last_exchange_id for sheet in read if sheet.last_exchange_id})
    return [_row(sheet=sheet, exchange=exchanges.get(sheet.last_exchange_id)) for sheet in read]


def asked_of_partner(*, sheet: InitiativePage, state: SheetState) -> str:
    """Say what Dihal waits for on a sheet, empty when it waits for nothing."""
    if state in TO_CORRECT_STATES:
        return "La Dihal demande une correction."
    dossier = getattr(sheet, "dossier", None)
    if (
        sheet.live
        and dossier is not None
        and awaits_confirmation(asked_at=dossier.confirmation_asked_at, confirmed_at=dossier.confirmed_at)
    ):
        return "À confirmer : la fiche est-elle toujours d’actualité ?"
    return ""


def awaits_confirmation(*, asked_at: datetime | None, confirmed_at: datetime | None) -> bool:
    return asked_at is not None and (confirmed_at is None or confirmed_at < asked_at)


def wait_of(*, sheet: InitiativePage, state: SheetState) -> Wait | None:
    """Return what the review of a sheet in this state waits for, ``None`` when it is under none."""
    workflow_state = sheet.current_workflow_state
    if state not in UNDER_REVIEW or workflow_state is None:
        return None
    since = submitted_at(sheet=sheet) or workflow_state.created_at
    return Wait(since=since, answer_by=expected_by(since))


def retired_at(*, sheet: InitiativePage, state: SheetState) -> datetime | None:
    """Return when a sheet in this state left the site, as far as its thread knows."""
    if state != SheetState.RETIRED:
        return None
    left: datetime | None = _departures(page=sheet).values_list("created_at", flat=True).first()
    return left


def withdrawal_asked_at(*, sheet: InitiativePage) -> datetime | None:
    """Return when its partner asked that an online sheet leave the site, while nobody has answered."""
    dossier = getattr(sheet, "dossier", None)
    return dossier.unpublication_asked_at if sheet.live and dossier is not None else None


def last_act(*, sheet: InitiativePage, exchange: Exchange | None) -> LastAct | None:
    acts = [act for act in (_writing(sheet), _exchange_act(exchange)) if act is not None]
    return max(acts, key=lambda act: act.at, default=None)


def _current_reviews() -> Prefetch:
    """What ``state_of`` reads. Wagtail's ``prefetch_workflow_states`` finds nothing from a page's own model."""
    reviews = WorkflowState.objects.active().select_related("current_task_state__task")
    return Prefetch("_specific_workflow_states", queryset=reviews, to_attr="_current_workflow_states")


def _departures(*, page: InitiativePage | OuterRef) -> QuerySet[Exchange]:
    left = Exchange.objects.filter(page=page, kind__in=(ExchangeKind.UNPUBLISHED, ExchangeKind.ARCHIVED))
    return left.order_by("-created_at", "-pk")


def _awaits_confirmation() -> Q:
    return Q(live=True, dossier__confirmation_asked_at__isnull=False) & (
        Q(dossier__confirmed_at__isnull=True) | Q(dossier__confirmed_at__lt=F("dossier__confirmation_asked_at"))
    )


def _row(*, sheet: InitiativePage, exchange: Exchange | None) -> SheetRow:
    state = state_of(sheet=sheet)
    return SheetRow(
        sheet=sheet,
        title=title_of(sheet=sheet),
        state=state,
        wait=wait_of(sheet=sheet, state=state),
        retired_at=sheet.last_left_at if state == SheetState.RETIRED else None,
        withdrawal_asked_at=withdrawal_asked_at(sheet=sheet),
        asked=asked_of_partner(sheet=sheet, state=state),
        last_act=last_act(sheet=sheet, exchange=exchange),
    )


def _writing(sheet: InitiativePage) -> LastAct | None:
    dossier = getattr(sheet, "dossier", None)
    if dossier is None or dossier.last_edited_at is None:
        return None
    by = f" par {dossier.last_edited_by}" if dossier.last_edited_by else ""
    return LastAct(f"Modifiée{by}", dossier.last_edited_at)


def _exchange_act(exchange: Exchange | None) -> LastAct | None:
    if exchange is None:
        return None
    by = "la Dihal" if exchange.is_from_dihal else exchange.author_name
    return LastAct(f"{exchange.act}{f' par {by}' if by else ''}", exchange.created_at)
