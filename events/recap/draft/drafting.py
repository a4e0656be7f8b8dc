import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from html import escape
from itertools import groupby
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from events.models import Replay, Sequence, WorkshopIndexPage, WorkshopKeyFigure, WorkshopPage
from events.recap.parsed import KeyFigure, ParsedRecap
from events.recap.read.text import Block, BlockKind, folded_words, plain
from hub.accounts.models import User
from hub.refusals import Refused
from hub.territories.enums import COUNTRY_CODE
from hub.territories.models import Territory
from hub.vocabulary.models import Audience, Axis, Government, Organisation, OrganisationKind, Scheme

_DEEPEST = 4
_LINKED = ("http://", "https://", "mailto:")


def rich_text(*, blocks: Iterable[Block]) -> str:
    """Return the HTML of some blocks: paragraphs, lists, headings, links to full addresses. Everything is escaped."""
    parts: list[str] = []
    for is_list, group in groupby(blocks, key=lambda block: block.kind is BlockKind.LIST_ITEM):
        together = list(group)
        parts.extend(_list(together) if is_list else (_element(block) for block in together if block.text))
    return "".join(parts)


def _list(items: list[Block]) -> Iterator[str]:
    highest = min(item.level for item in items)
    depth = -1
    for item in items:
        wanted = min(item.level - highest, depth + 1, _DEEPEST)
        if wanted > depth:
            yield "<ul>"
        else:
            yield f"</li>{'</ul></li>' * (depth - wanted)}"
        yield f"<li>{_inline(item)}"
        depth = wanted
    yield f"</li></ul>{'</li></ul>' * depth}"


def _element(block: Block) -> str:
    tag = "h3" if block.kind is BlockKind.HEADING else "p"
    return f"<{tag}>{_inline(block)}</{tag}>"


def _inline(block: Block) -> str:
    html = []
    position = 0
    for link in block.links:
        if link.start < position or link.end <= link.start or not link.href.startswith(_LINKED):
            continue
        html.append(escape(block.text[position : link.start], quote=False))
        html.append(f'<a href="{escape(link.href)}">{escape(block.text[link.start : link.end], quote=False)}</a>')
        position = link.end
    html.append(escape(block.text[position:], quote=False))
    return "".join(html)


_MAX_TITLE = 255
_MAX_SUMMARY = 600
_MAX_FIGURE = Decimal(10) ** 12


def fill_page(*, page: WorkshopPage, parsed: ParsedRecap, report: dict[str, Any] | None) -> tuple[str, ...]:
    """Set every field the recap fills, leave the others as they are; return what could not be filled in, in French."""
    _fill_fields(page=page, parsed=parsed)
    _fill_vocabularies(page=page, parsed=parsed)
    introduction = _fill_summary(page=page, parsed=parsed)
    page.body = json.dumps(  # type: ignore[assignment]  # a stream field takes its raw form
        list(_body(parsed=parsed, introduction=introduction))
    )
    if parsed.sequences:
        page.sequences = _sequences(page=page, parsed=parsed)
    figures = [figure for figure in parsed.key_figures if not figure.provenance.is_guess]
    if figures:
        page.key_figures = [_key_figure(figure) for figure in figures if figure.value < _MAX_FIGURE]
    problems = (*_fill_replay(page=page, parsed=parsed), *_government_problems(parsed=parsed))
    if report is not None:
        page.import_report = {**report, "problems": list(problems)}
    return problems


def page_title(*, parsed: ParsedRecap) -> str:
    """Return « 86e atelier : sujet », short enough for a title."""
    number = f"{parsed.number.value}{'er' if parsed.number.value == 1 else 'e'} atelier" if parsed.number else "Atelier"
    title = f"{number} : {parsed.subject.value}" if parsed.subject else number
    return title if len(title) <= _MAX_TITLE else f"{title[: _MAX_TITLE - 1].rsplit(' ', 1)[0]}…"


def _fill_fields(*, page: WorkshopPage, parsed: ParsedRecap) -> None:
    page.title = page.draft_title = page_title(parsed=parsed)
    for name, found in (
        ("number", parsed.number),
        ("subject", parsed.subject),
        ("original_published_on", parsed.published_on),
        ("original_modified_on", parsed.modified_on),
    ):
        if found:
            setattr(page, name, found.value)
    if parsed.days:
        page.starts_on, last_day = min(parsed.days.value), max(parsed.days.value)
        page.ends_on = last_day if last_day > page.starts_on else None
    if parsed.participants:
        page.participants_count = parsed.participants.count
        page.participants_is_minimum = parsed.participants.is_minimum


def _fill_vocabularies(*, page: WorkshopPage, parsed: ParsedRecap) -> None:
    for name, model, mentions in (
        ("organisers", Organisation, parsed.organisers),
        ("partners", Organisation, parsed.partners),
        ("audiences", Audience, parsed.audiences),
        ("axes", Axis, parsed.axes),
        ("schemes", Scheme, parsed.schemes),
    ):
        if mentions:
            slugs = [mention.key for mention in mentions if mention.key]
            setattr(page, name, list(model._default_manager.filter(slug__in=slugs)))
    if parsed.structures:
        kinds = {key for structure in parsed.structures for key in structure.keys}
        page.structure_kinds = list(OrganisationKind.objects.filter(slug__in=kinds))
    # A place named in passing would hide the workshop from every other one: it is left to the editor.
    if parsed.scope or not page.territories.all():
        codes = [mention.key for mention in parsed.scope if mention.key] or [COUNTRY_CODE]
        page.territories = list(Territory.objects.by_codes(codes))


def _fill_summary(*, page: WorkshopPage, parsed: ParsedRecap) -> tuple[Block, ...]:
    """Make the first paragraph the summary, and return the rest of the introduction.

    A summary somebody wrote is kept, and the whole introduction stays in the body; so does a paragraph with links, or
    one too long.
    """
    first, *others = parsed.introduction or (None,)
    if first is None or first.links or len(first.text) > _MAX_SUMMARY or not others:
        return parsed.introduction
    summary = plain(text=first.text)
    if page.summary not in {"", summary}:
        return parsed.introduction
    page.summary = summary
    return tuple(others)


def _body(*, parsed: ParsedRecap, introduction: tuple[Block, ...]) -> Iterator[dict[str, Any]]:
    """Yield the free content: introduction, conclusion if no sequence carries it, then what is still to sort."""
    told = introduction if parsed.sequences else (*introduction, *parsed.conclusion)
    if told:
        yield {"type": "text", "value": rich_text(blocks=told)}
    if parsed.leftovers:
        yield _to_sort("\n\n".join(block.text for block in parsed.leftovers))
    if parsed.documents:
        listed = "\n".join(f"{document.label} : {document.url}" for document in parsed.documents)
        yield _to_sort(f"Documents à téléverser puis à ajouter dans « Documents » :\n{listed}")


def _to_sort(text: str) -> dict[str, Any]:
    return {"type": "to_sort", "value": {"text": text}}


def _sequences(*, page: WorkshopPage, parsed: ParsedRecap) -> list[Sequence]:
    """Return the sequences of the recap; one already there under the same title keeps its speakers and start time.

    The conclusion goes to the end of the last one: on the page, the free content comes before the sequences.
    """
    known: dict[tuple[str, ...], list[Sequence]] = {}
    for sequence in page.sequences.all():
        known.setdefault(folded_words(text=sequence.title), []).append(sequence)
    sequences = []
    for position, source in enumerate(parsed.sequences):
        blocks = source.paragraphs if position + 1 < len(parsed.sequences) else (*source.paragraphs, *parsed.conclusion)
        title = plain(text=source.title)[:300]
        title = title[:1].upper() + title[1:]  # « Première séquence : constituer… »
        same = known.get(folded_words(text=title))
        sequence = same.pop(0) if same else Sequence()
        sequence.title = title
        sequence.text = rich_text(blocks=blocks)
        sequence.sort_order = position
        sequences.append(sequence)
    return sequences


def _key_figure(figure: KeyFigure) -> WorkshopKeyFigure:
    return WorkshopKeyFigure(
        qualifier=figure.qualifier,
        value=figure.value.quantize(Decimal("0.01")),
        unit=figure.unit[:40],
        label=figure.label[:200],
        year=figure.year,
    )


def _fill_replay(*, page: WorkshopPage, parsed: ParsedRecap) -> Iterator[str]:
    """Set the address of the replay, or an empty replay to fill in when one is announced; a known one is kept."""
    if parsed.replay is None:
        return
    max_length = Replay._meta.get_field("url").max_length or 200
    url = parsed.replay.url if parsed.replay.url.startswith(("http://", "https://")) else ""
    if parsed.replay.url and (not url or len(url) > max_length):
        yield f"L’adresse du replay n’a pas pu être reprise : {parsed.replay.url}"
        url = ""
    existing = page.replay
    if existing is None:
        page.replays = [Replay(url=url)]
    elif url and not existing.file_id:
        existing.url = url
        page.replays = [existing]


def _government_problems(*, parsed: ParsedRecap) -> Iterator[str]:
    """Compare the notice that was printed with the government of the day of publication, which makes ours."""
    if parsed.government is None or parsed.published_on is None:
        return
    government = Government.objects.in_office_on(day=parsed.published_on.value).first()
    if government is None:
        yield (
            f"Aucun gouvernement n’est enregistré au {parsed.published_on.value:%d/%m/%Y} : complétez la liste "
            f"des gouvernements."
        )
    elif folded_words(text=government.name) != folded_words(text=parsed.government.name):
        yield (
            f"La mention imprimée ({parsed.government.name}) n’est pas celle que donne la date de publication "
            f"({government.name}) : vérifiez la date."
        )


_SLUG_SUBJECT = 60


class DraftAction(Enum):
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
    same = WorkshopPage.objects.filter(number=None, subject=parsed.subject.value, starts_on=starts_on)
    return same.order_by("pk").first()


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
    ``report`` is kept on the page for the editor; ``parent`` is the list of workshops to create the page under, by
    default the only one; ``user`` must be allowed to change the existing page, or to add one under ``parent``.

    Raises ``Refused`` without a list of workshops, or for a page locked, in moderation, or not this user's to change.
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
    *, parsed: ParsedRecap, report: dict[str, Any] | None, parent: WorkshopIndexPage | None, user: User | None
) -> DraftOutcome:
    if parent is None:
        raise Refused("Il n’y a pas encore de page « Ateliers » où ranger le brouillon : créez-la d’abord.")
    if user is not None and not parent.permissions_for_user(user).can_add_subpage():
        raise Refused(f"Vous n’avez pas le droit d’ajouter une page sous « {parent.title} ».")
    page = WorkshopPage(live=False, owner=user)
    problems = fill_page(page=page, parsed=parsed, report=report)
    page.slug = _free_slug(parent=parent, parsed=parsed)
    parent.add_child(instance=page)
    page.save_revision(user=user, clean=False, log_action="wagtail.create")
    return DraftOutcome(page=page, action=DraftAction.CREATED, problems=problems)


def _require_editable(*, page: WorkshopPage, user: User | None) -> None:
    shown = f"« {page.title} »"
    if page.locked:
        raise Refused(f"La page {shown} est verrouillée : déverrouillez-la avant de réimporter le compte rendu.")
    if page.workflow_in_progress:
        raise Refused(f"La page {shown} est en cours de relecture : terminez ou annulez la relecture avant l’import.")
    if user is not None and not page.permissions_for_user(user).can_edit():
        raise Refused(f"Vous n’avez pas le droit de modifier la page {shown}, qui porte déjà ce numéro.")


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
