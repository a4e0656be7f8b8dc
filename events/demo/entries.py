import json
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from events.demo.media import demo_document, demo_image, demo_recording
from events.demo.sources import (
    DemoDataError,
    Source,
    first_day,
    organisation_sources,
    recording_file,
    territory_codes,
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

Vocabulary = dict[str, dict[str, Any]]
"""For each field of a page that names rows of a vocabulary, these rows by the key the sources name them with."""

_Entry = TypeVar("_Entry", InitiativePage, WorkshopPage)

FICTION_NOTICE = """
> Atelier fictif
Cet atelier fictif sert à la démonstration du site : il n’a pas été organisé par la Dihal. \
Les structures locales, les personnes et les chiffres sont inventés.
"""


def demo_vocabulary() -> Vocabulary:
    """Read all the sources may name, create the structures that are missing; DemoDataError when it was not loaded."""
    kinds = _by_slug(OrganisationKind)
    territories = {row.code: row for row in Territory.objects.by_codes(territory_codes())}
    _add_organisations(kinds=kinds, territories=territories)
    organisations = _by_slug(Organisation)
    return {
        "audiences": _by_slug(Audience),
        "axes": _by_slug(Axis),
        "schemes": _by_slug(Scheme),
        "structure_kinds": kinds,
        "territories": territories,
        "organisers": organisations,
        "partners": organisations,
    }


def named(rows: dict[str, Any], keys: Iterable[str]) -> list[Any]:
    """Return the rows of these keys, in their order; DemoDataError for a key nothing answers to."""
    keys = list(keys)
    missing = [key for key in keys if key not in rows]
    if missing:
        raise DemoDataError(
            f"Introuvable : {', '.join(missing)}. Lancez d’abord « manage.py load_territories » et « load_vocabulary »."
        )
    return [rows[key] for key in keys]


def _by_slug(model: Any) -> dict[str, Any]:
    return {row.slug: row for row in model.objects.all()}


def _add_organisations(*, kinds: dict[str, Any], territories: dict[str, Any]) -> None:
    known = set(Organisation.objects.values_list("slug", flat=True))
    for source in organisation_sources():
        if source["slug"] in known:
            continue
        values = {**source, "kind": named(kinds, [source["kind"]])[0]}
        if "territory" in source:
            values["territory"] = named(territories, [source["territory"]])[0]
        organisation = Organisation(**values)
        organisation.full_clean()
        organisation.save()


def build_initiative(*, source: Source, vocabulary: Vocabulary) -> InitiativePage:
    """Return the sheet, not saved, marked as demonstration; DemoDataError for a name that is not in the database."""
    values = {**source, **{field.name: to_html(text=source[field.name]) for field in sections()}}
    partners, image = values.pop("partners"), values.pop("image", None)
    figures, document = values.pop("figures", ()), values.pop("document", None)
    page = _page(InitiativePage, values=values, vocabulary=vocabulary)
    # A structure, its role (a value of ``PartnershipRole``), and sometimes what it does.
    page.partnerships = [
        Partnership(organisation=named(vocabulary["partners"], [row[0]])[0], role=row[1], contribution="".join(row[2:]))
        for row in partners
    ]
    page.key_figures = [InitiativeKeyFigure(**_figure_values(figure)) for figure in figures]
    if image is not None:
        page.image = demo_image(source=image, slug=page.slug)
        page.image_alternative_text = image["alternative_text"]
    if document is not None:
        page.documents = [InitiativeDocument(document=demo_document(source=document, slug=page.slug))]
    return page


def build_workshop(*, source: Source, vocabulary: Vocabulary, today: date) -> WorkshopPage:
    """Return the workshop, not saved: the sheets it presents must be published. DemoDataError for an unknown name."""
    values = {"organisers": ["dihal"], **source}
    sequences, initiatives = values.pop("sequences", []), values.pop("initiatives", [])
    figures, document = values.pop("figures", ()), values.pop("document", None)
    replay, is_fictitious = values.pop("replay", None), values.pop("is_fictitious", True)
    starts_on = values["starts_on"] = first_day(source, today=today)
    values.pop("days_from_today", None)
    lasts_days = values.pop("lasts_days", 1)
    if lasts_days > 1:
        values["ends_on"] = starts_on + timedelta(days=lasts_days - 1)
    body = values.get("body", "")
    # Without a recap the body stays empty: the notice alone would pass for one, and the summary says it too.
    if is_fictitious and (body or sequences):
        values["body"] = f"{FICTION_NOTICE}\n{body}"
    values["programme"] = json.dumps(content_blocks(text=values.get("programme", "")))
    page = _page(WorkshopPage, values=values, vocabulary=vocabulary)
    page.key_figures = [WorkshopKeyFigure(**_figure_values(figure)) for figure in figures]
    slugs = {*initiatives, *(slug for sequence in sequences for slug in sequence.get("initiatives", ()))}
    sheets = {sheet.slug: sheet for sheet in InitiativePage.objects.filter(slug__in=slugs)}
    page.sequences = [_sequence(sequence, sheets) for sequence in sequences]
    page.presentations = [WorkshopInitiative(initiative=sheet) for sheet in named(sheets, initiatives)]
    if replay is not None:
        page.replays = [_replay(replay, page)]
    if document is not None:
        page.documents = [WorkshopDocument(document=demo_document(source=document, slug=page.slug))]
    return page


def _page(model: type[_Entry], *, values: dict[str, Any], vocabulary: Vocabulary) -> _Entry:
    """Make a page of the values of its fields, those that name entries of a vocabulary and its tags included."""
    tags = values.pop("tags", ())
    rows = {name: named(vocabulary[name], values.pop(name)) for name in vocabulary if name in values}
    values["body"] = json.dumps(content_blocks(text=values.get("body", "")))
    page = model(**values, is_demonstration=True, live=False)
    for name, entries in rows.items():
        setattr(page, name, entries)
    page.tags.add(*tags)
    return page


def _figure_values(figure: Source) -> dict[str, Any]:
    return {**figure, "value": Decimal(str(figure["value"]))}


def _sequence(source: Source, sheets: dict[str, InitiativePage]) -> Sequence:
    sequence = Sequence(
        title=source["title"],
        text=to_html(text=source.get("text", "")),
        speakers="\n".join(source.get("speakers", ())),
        replay_start=_duration(source["start"]) if "start" in source else None,
    )
    presented = named(sheets, source.get("initiatives", ()))
    sequence.presentations = [SequenceInitiative(initiative=sheet) for sheet in presented]
    return sequence


def _replay(source: Source, page: WorkshopPage) -> Replay:
    path = recording_file(name=source["recording"])
    film, seconds, poster = demo_recording(path=path, title=page.title)
    return Replay(
        file=film,
        poster=poster,
        duration=timedelta(seconds=round(seconds)),
        published_on=page.starts_on + timedelta(days=source["days_after"]) if page.starts_on else None,
        transcript=path.with_suffix(".vtt").read_text(encoding="utf-8"),
    )


def _duration(text: str) -> timedelta:
    hours, minutes, seconds = (int(part) for part in text.split(":"))
    return timedelta(hours=hours, minutes=minutes, seconds=seconds)
