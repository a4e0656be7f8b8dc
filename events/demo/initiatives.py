"""Build the sheets of the demonstration."""

import json
from decimal import Decimal
from typing import Any

from events.demo.media import demo_document, demo_image
from events.demo.sources import FigureSource, InitiativeSource
from events.demo.vocabulary import DemoVocabulary, named
from hub.pages.light_markup import content_blocks, rich_text
from initiatives.models import InitiativeDocument, InitiativeKeyFigure, InitiativePage, Partnership


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
        **{name: rich_text(text=getattr(source, name)) for name, _heading in InitiativePage.SECTIONS},
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
    """Values of a key figure's fields."""
    return {
        "value": Decimal(str(figure.value)),
        "unit": figure.unit,
        "label": figure.label,
        "qualifier": figure.qualifier,
        "year": figure.year,
        "source": figure.source,
    }
