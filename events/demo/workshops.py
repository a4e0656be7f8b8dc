"""Build the workshops of the demonstration."""

import json
from datetime import date, timedelta

from events.demo.initiatives import figure_values
from events.demo.media import demo_document
from events.demo.sources import ReplaySource, SequenceSource, WorkshopSource, transcript_text
from events.demo.vocabulary import DemoVocabulary, named
from events.models import (
    Replay,
    Sequence,
    SequenceInitiative,
    WorkshopDocument,
    WorkshopInitiative,
    WorkshopKeyFigure,
    WorkshopPage,
)
from hub.pages.light_markup import content_blocks, rich_text
from initiatives.models import InitiativePage

FICTION_NOTICE = """
> Atelier fictif
Cet atelier fictif sert à la démonstration du site : il n’a pas été organisé par la Dihal.
Les structures locales, les personnes et les chiffres sont inventés.
"""


def build_workshop(*, source: WorkshopSource, vocabulary: DemoVocabulary, today: date) -> WorkshopPage:
    """Return the workshop, not saved, marked as demonstration. The sheets it presents must be published.

    Raises:
        DemoDataError: when it names something that is not in the database.
    """
    starts_on = source.first_day(today=today)
    page = WorkshopPage(
        title=source.title,
        slug=source.slug,
        number=source.number,
        subject=source.subject,
        summary=source.summary,
        starts_on=starts_on,
        ends_on=starts_on + timedelta(days=source.lasts_days - 1) if source.lasts_days > 1 else None,
        starts_at=source.starts_at,
        ends_at=source.ends_at,
        format=source.format,
        place=source.place,
        registration_url=source.registration_url,
        participants_count=source.participants,
        participants_is_minimum=source.participants_is_minimum,
        programme=json.dumps(content_blocks(text=source.programme)),
        body=json.dumps(content_blocks(text=_body_text(source))),
        original_published_on=source.published_on,
        original_modified_on=source.modified_on,
        is_demonstration=True,
        live=False,
    )
    page.audiences = named(vocabulary.audiences, source.audiences)
    page.territories = named(vocabulary.territories, source.territories)
    page.axes = named(vocabulary.axes, source.axes)
    page.schemes = named(vocabulary.schemes, source.schemes)
    page.organisers = named(vocabulary.organisations, source.organisers)
    page.partners = named(vocabulary.organisations, source.partners)
    page.structure_kinds = named(vocabulary.kinds, source.kinds)
    page.tags.add(*source.tags)
    page.key_figures = [WorkshopKeyFigure(**figure_values(figure)) for figure in source.figures]
    sheets = _sheets_of(source)
    page.sequences = [_sequence(sequence, sheets) for sequence in source.sequences]
    page.presentations = [WorkshopInitiative(initiative=page) for page in named(sheets, source.initiatives)]
    if source.replay is not None:
        page.replays = [_replay(source.replay, starts_on)]
    if source.document is not None:
        page.documents = [WorkshopDocument(document=demo_document(source=source.document, slug=source.slug))]
    return page


def _body_text(source: WorkshopSource) -> str:
    # Without a recap the body stays empty: the notice alone would pass for one, and the summary says it too.
    has_recap = bool(source.body or source.sequences)
    return f"{FICTION_NOTICE}\n{source.body}" if source.is_fictitious and has_recap else source.body


def _sheets_of(source: WorkshopSource) -> dict[str, InitiativePage]:
    slugs = {*source.initiatives, *(slug for sequence in source.sequences for slug in sequence.initiatives)}
    return {page.slug: page for page in InitiativePage.objects.filter(slug__in=slugs)}


def _sequence(source: SequenceSource, sheets: dict[str, InitiativePage]) -> Sequence:
    sequence = Sequence(
        title=source.title,
        text=rich_text(text=source.text),
        speakers="\n".join(source.speakers),
        replay_start=source.start,
    )
    sequence.presentations = [SequenceInitiative(initiative=page) for page in named(sheets, source.initiatives)]
    return sequence


def _replay(source: ReplaySource, starts_on: date) -> Replay:
    return Replay(
        url=source.url,
        duration=source.duration,
        published_on=starts_on + timedelta(days=source.days_after),
        transcript=transcript_text(name=source.transcript) if source.transcript else "",
    )
