import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from events.demo.media import demo_document, demo_image
from events.demo.sources import (
    DemoDataError,
    FigureSource,
    InitiativeSource,
    ReplaySource,
    SequenceSource,
    WorkshopSource,
    organisation_sources,
    territory_codes,
    transcript_text,
)
from events.models import (
    Replay,
    Sequence,
    SequenceInitiative,
    WorkshopDocument,
    WorkshopInitiative,
    WorkshopKeyFigure,
    WorkshopPage,
)
from hub.pages.markup import to_html
from hub.pages.markup.content import content_blocks
from hub.territories.models import Territory
from hub.vocabulary.models import Audience, Axis, Organisation, OrganisationKind, Scheme
from initiatives.fields import sections
from initiatives.models import InitiativeDocument, InitiativeKeyFigure, InitiativePage, Partnership


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoVocabulary:
    """Rows by the key the sources name them with."""

    audiences: dict[str, Audience]
    axes: dict[str, Axis]
    schemes: dict[str, Scheme]
    kinds: dict[str, OrganisationKind]
    territories: dict[str, Territory]
    organisations: dict[str, Organisation]


def demo_vocabulary() -> DemoVocabulary:
    """Read everything the sources may name, and create the structures that are missing.

    Raises:
        DemoDataError: when the vocabulary or the territories were not loaded.
    """
    kinds = _by_slug(OrganisationKind.objects.all())
    territories = {row.code: row for row in Territory.objects.by_codes(territory_codes())}
    _add_organisations(kinds=kinds, territories=territories)
    return DemoVocabulary(
        audiences=_by_slug(Audience.objects.all()),
        axes=_by_slug(Axis.objects.all()),
        schemes=_by_slug(Scheme.objects.all()),
        kinds=kinds,
        territories=territories,
        organisations=_by_slug(Organisation.objects.all()),
    )


def named(rows: dict[str, Any], keys: Iterable[str]) -> list[Any]:
    """Return the rows of these keys, in their order.

    Raises:
        DemoDataError: for a key nothing answers to.
    """
    keys = list(keys)
    missing = [key for key in keys if key not in rows]
    if missing:
        raise DemoDataError(
            f"Introuvable : {', '.join(missing)}. Lancez d’abord « manage.py load_territories » et « load_vocabulary »."
        )
    return [rows[key] for key in keys]


def _by_slug(rows: QuerySet) -> dict[str, Any]:
    return {row.slug: row for row in rows}


def _add_organisations(*, kinds: dict[str, OrganisationKind], territories: dict[str, Territory]) -> None:
    known = set(Organisation.objects.values_list("slug", flat=True))
    for source in organisation_sources():
        if source.slug in known:
            continue
        organisation = Organisation(
            slug=source.slug,
            name=source.name,
            kind=named(kinds, [source.kind])[0],
            territory=named(territories, [source.territory])[0] if source.territory else None,
            website=source.website,
        )
        organisation.full_clean()
        organisation.save()


def build_initiative(*, source: InitiativeSource, vocabulary: DemoVocabulary) -> InitiativePage:
    """Return the sheet, not saved, marked as demonstration.

    Raises:
        DemoDataError: when it names something that is not in the database.
    """
    page = InitiativePage(
        title=source.title,
        slug=source.slug,
        summary=source.summary,
        status=source.status,
        start_year=source.start_year,
        end_year=source.end_year,
        body=json.dumps(content_blocks(text=source.body)),
        contact_name=source.contact_name,
        contact_role=source.contact_role,
        contact_email=source.contact_email,
        contact_phone=source.contact_phone,
        original_published_on=source.published_on,
        original_modified_on=source.modified_on,
        is_demonstration=True,
        live=False,
        **{field.name: to_html(text=getattr(source, field.name)) for field in sections()},
    )
    page.audiences = named(vocabulary.audiences, source.audiences)
    page.territories = named(vocabulary.territories, source.territories)
    page.axes = named(vocabulary.axes, source.axes)
    page.schemes = named(vocabulary.schemes, source.schemes)
    page.tags.add(*source.tags)
    page.partnerships = [
        Partnership(
            organisation=named(vocabulary.organisations, [partner.organisation])[0],
            role=partner.role,
            contribution=partner.does,
        )
        for partner in source.partners
    ]
    page.key_figures = [InitiativeKeyFigure(**figure_values(figure)) for figure in source.figures]
    if source.image is not None:
        page.image = demo_image(source=source.image, slug=source.slug)
        page.image_alternative_text = source.image.alternative_text
    if source.document is not None:
        page.documents = [InitiativeDocument(document=demo_document(source=source.document, slug=source.slug))]
    return page


def figure_values(figure: FigureSource) -> dict[str, Any]:
    return {
        "value": Decimal(str(figure.value)),
        "unit": figure.unit,
        "label": figure.label,
        "qualifier": figure.qualifier,
        "year": figure.year,
        "source": figure.source,
    }


FICTION_NOTICE = """
> Atelier fictif
Cet atelier fictif sert à la démonstration du site : il n’a pas été organisé par la Dihal. \
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
        text=to_html(text=source.text),
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
