"""« Retour sur l’atelier »: what a workshop that took place still lacks, and where to write it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import TemplateView
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.admin.widgets.button import Button
from wagtail.models import Page
from wagtail.permission_policies.pages import PagePermissionPolicy

from events.enums import TranscriptStatus, WorkshopFate
from events.models import Replay, WorkshopIndexPage, WorkshopPage
from hub.accounts.screens import MemberRequest

LIST_URL = "workshop-returns"
SCREEN_URL = "workshop-return"
TITLE = "Retours sur les ateliers"
PER_PAGE = 20
# The latest are read; of an older one nobody writes the recap any more.
MOST_WORKSHOPS = 100
# Names given of what lacks the same thing.
MOST_NAMES = 5


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a return. ``missing`` is to be written; ``doubts`` are right in some pages, and only asked about."""

    label: str
    panel: str
    missing: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()

    @property
    def anchor(self) -> str:
        """Where the panel is in the editor's form: Wagtail makes it of the headings of the tab and of the panel."""
        first_tab = WorkshopPage.get_edit_handler().child_identifiers[0]
        return f"panel-child-{first_tab}-{self.panel}-section"


def parts_of(*, page: WorkshopPage, is_transcribed: bool) -> list[Part]:
    """Say of each part what it lacks. Transcripts are heavy: whether there is one is for the caller to know."""
    sequences, replay = list(page.sequences.all()), page.replay
    is_watchable = bool(replay and replay.is_watchable)
    return [
        Part("Compte rendu", "body", tuple(_recap(page))),
        Part("Participants", "qui_etait_la", tuple(_people(page))),
        Part("Séquences", "sequences", () if sequences else ("Aucune séquence ne découpe l’atelier.",)),
        Part("Initiatives présentées", *_initiatives(page, sequences)),
        Part("Replay", "replay", tuple(_replay(replay))),
        Part("Débuts des séquences dans le replay", "sequences", tuple(_starts(sequences) if is_watchable else ())),
        Part(
            "Transcription",
            "replay",
            () if is_transcribed else ("Ce qui est dit dans le replay ne se lit ni ne se cherche.",),
            tuple(_transcript_doubts(replay) if is_transcribed else ()),
        ),
        Part("Textes alternatifs des images", "body", (), tuple(_pictures(page))),
    ]


def missing_of(*, page: WorkshopPage, is_transcribed: bool) -> list[Part]:
    return [part for part in parts_of(page=page, is_transcribed=is_transcribed) if part.missing]


def _recap(page: WorkshopPage) -> Iterator[str]:
    if not page.has_recap:
        yield "Rien ne dit encore ce qui s’est dit : ni compte rendu, ni texte de séquence."
    if left := sum(block["type"] == "to_sort" for block in page.body.raw_data):
        yield f"{left} bloc{'s' if left > 1 else ''} « À classer » : à ranger, ou à supprimer."


def _people(page: WorkshopPage) -> Iterator[str]:
    if page.participants_count is None:
        yield "Le nombre de participants n’est pas dit."
    if not page.structure_kinds.all():
        yield "Les types de structures présentes ne sont pas dits."


def _initiatives(page: WorkshopPage, sequences: list[Any]) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """Name the panel too: those of sequences are in theirs."""
    links = [link for sequence in sequences for link in sequence.presentations.all()] + list(page.presentations.all())
    panel = "sequences" if sequences else "initiatives_presentees_hors_sequence"
    if not links:
        return panel, ("Aucune fiche initiative n’est liée à l’atelier.",), ()
    drafts = _named(link.initiative.title for link in links if not link.initiative.live)
    return panel, (), (f"Pas encore en ligne, donc pas montré : {drafts}.",) if drafts else ()


def _replay(replay: Replay | None) -> Iterator[str]:
    if replay is None or not replay.is_watchable:
        yield "Le replay n’est pas en ligne."
    elif replay.duration is None:
        yield "La durée du replay n’est pas dite."


def _starts(sequences: Iterable[Any]) -> Iterator[str]:
    if unknown := _named(sequence.title for sequence in sequences if sequence.replay_start is None):
        yield f"Sans début : {unknown}."


def _transcript_doubts(replay: Replay | None) -> Iterator[str]:
    if replay and replay.transcript_status == TranscriptStatus.AUTOMATIC:
        yield "Elle est automatique : personne ne l’a relue."


def _pictures(page: WorkshopPage) -> Iterator[str]:
    """An image that decorates has no text, and only a person can tell which does."""
    blocks = [*page.programme.raw_data, *page.body.raw_data]
    bare = sum(
        block["type"] == "image" and not str(block["value"].get("alternative_text") or "").strip() for block in blocks
    )
    if bare:
        yield f"{bare} image{'s' if bare > 1 else ''} sans texte alternatif : juste seulement si elle décore."


def _named(titles: Iterable[str]) -> str:
    known = list(dict.fromkeys(titles))
    rest = len(known) - MOST_NAMES
    return ", ".join(f"« {title} »" for title in known[:MOST_NAMES]) + (f" et {rest} de plus" if rest > 0 else "")


def may_write_returns(*, user: AbstractBaseUser | AnonymousUser) -> bool:
    index = WorkshopIndexPage.objects.order_by("pk").first()
    if index is None:
        return False
    rights = index.permissions_for_user(user)
    return bool(rights.can_edit() or rights.can_add_subpage())


def incomplete_returns(*, user: AbstractBaseUser | AnonymousUser) -> list[tuple[WorkshopPage, list[Part]]]:
    """Return the workshops that took place and lack something, the latest first; of those this person may change."""
    mine = PagePermissionPolicy(WorkshopPage).instances_user_has_any_permission_for(user, {"change"})
    pages = list(
        WorkshopPage.objects.held()
        .filter(pk__in=mine.values("pk"))
        .with_card_details()
        .select_related("latest_revision")
        .prefetch_related("sequences__presentations__initiative", "presentations__initiative", "structure_kinds")[
            :MOST_WORKSHOPS
        ]
    )
    transcribed = set(
        Replay.objects.filter(page__in=pages).exclude(transcript="").values_list("page_id", flat=True),
    )
    found = []
    for page in pages:
        # What the editor's form will show, published or not.
        text = page.get_latest_revision_as_object() if page.has_unpublished_changes else None
        parts = (
            missing_of(page=text, is_transcribed=_has_transcript(text))
            if text
            else missing_of(page=page, is_transcribed=page.pk in transcribed)
        )
        if parts:
            found.append((text or page, parts))
    return found


def _has_transcript(page: WorkshopPage) -> bool:
    return bool(page.replay and page.replay.transcript.strip())


class ReturnsView(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    request: MemberRequest
    template_name = "events/returns/list.html"
    page_title = TITLE
    header_icon = "tasks"
    permission_required = "change"

    def user_has_permission(self, permission: str) -> bool:
        del permission  # of workshops, not of pages in general
        return may_write_returns(user=self.request.user)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        paginator = Paginator(incomplete_returns(user=self.request.user), PER_PAGE)
        return super().get_context_data(returns=paginator.get_page(self.request.GET.get("p")), **kwargs)


class ReturnView(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    request: MemberRequest
    template_name = "events/returns/screen.html"
    page_title = "Retour sur l’atelier"
    header_icon = "tasks"
    permission_required = "change"

    @cached_property
    def workshop(self) -> WorkshopPage:
        page: WorkshopPage = get_object_or_404(
            WorkshopPage.objects.select_related("latest_revision"), pk=self.kwargs["pk"]
        )
        return page.get_latest_revision_as_object()

    def user_has_permission(self, permission: str) -> bool:
        del permission  # of this page
        return bool(self.workshop.permissions_for_user(self.request.user).can_edit())

    def get_page_subtitle(self) -> str:
        return str(self.workshop.title)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse(LIST_URL), "label": TITLE},
            {"url": "", "label": self.workshop.title},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        workshop = self.workshop
        return super().get_context_data(
            workshop=workshop,
            parts=parts_of(page=workshop, is_transcribed=_has_transcript(workshop)),
            not_expected=_not_expected(workshop),
            edit_url=reverse("wagtailadmin_pages:edit", args=[workshop.pk]),
            **kwargs,
        )


def _not_expected(workshop: WorkshopPage) -> str:
    """Say why this workshop has no return to write; empty when it has."""
    if workshop.fate:
        return f"Cet atelier est {WorkshopFate(workshop.fate).label.lower()} : aucun compte rendu n’est attendu."
    return "Cet atelier n’a pas encore eu lieu : ce qui suit l’attendra." if workshop.is_upcoming else ""


class ReturnsMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return may_write_returns(user=request.user)


def returns_menu_item() -> ReturnsMenuItem:
    return ReturnsMenuItem(TITLE, reverse(LIST_URL), name="workshop-returns", icon_name="tasks", order=111)


def return_button(*, page: Page, user: AbstractBaseUser) -> Iterator[Button]:
    """The way from the editor of a workshop that took place to what it lacks."""
    workshop = page.specific_deferred if page.pk and page.specific_class is WorkshopPage else None
    if workshop is None or workshop.fate or workshop.is_upcoming:
        return
    if page.permissions_for_user(user).can_edit():
        arguments: dict[str, Any] = {"icon_name": "tasks", "priority": 5}
        yield Button("Retour sur l’atelier", reverse(SCREEN_URL, args=[page.pk]), **arguments)
