"""What a hub holds and answers, reduced to what can be written down and compared: pages, revisions, searches.

Both sides use it: the code that made the old database (``making.py``) and the code of today (``opening.py``).
"""

import hashlib
import json
from collections.abc import Collection
from dataclasses import asdict
from datetime import date
from typing import Any
from unittest import mock

from django.core.serializers.json import DjangoJSONEncoder
from django.http import QueryDict
from django.test import Client
from wagtail.models import Page, Revision

from hub.pages.catalogue import CatalogueEntry
from search.query import SearchQuery
from search.service import search
from tests.support.engines import search_engine

SEARCHES = (
    "",
    "type=initiative",
    "type=atelier",
    "tri=ancien",
    "tri=recent",
    "replay=oui",
    "replay=non",
    "page=2",
    "q=logement",
    "q=bail+glissant",
    "q=pension+de+famille",
    "q=%22logement+d%E2%80%99abord%22",
    "q=FSL",
    "q=jeunes+sortants+ASE",
    "q=colocation+-jeunes",
    "q=hebergement+des+refugies",
    "q=logment",
    "q=mediation+locative&type=initiative",
    "q=impay%C3%A9s&tri=recent",
    "q=habitant%C2%B7es",
    "q=sant%C3%A9+mentale&portee=dans&territoire=region-84",
    "territoire=departement-69",
    "territoire=departement-69&portee=dans",
    "territoire=region-11",
    "territoire=commune-59350",
    "q=logement+%C3%A0+Lyon",
    "public=jeunes",
    "public=jeunes&public=familles",
    "statut=en-cours",
    "annee=2024",
    "q=xyzzy",
    "q=violences+femmes&type=atelier",
    "q=comment+financer+un+poste+%3F",
)


MADE_ON = date(2026, 11, 28)  # what an entry without a date says of itself is of today


# Of a record, what is read otherwise since: how a transcript is cut, and timed. The transcript itself is compared.
# Who speaks in a replay has come since, under the name of who speaks in a sequence.
READ_OTHERWISE = {"transcript", "transcript_times", "speakers"}


def contents(*, names: Collection[str] | None = None) -> dict[str, Any]:
    """A digest of every page, as it is online and as it is answered, and of every revision as it is read back.

    Only the fields called by ``names`` are looked at, those of the hub that made the old one: others have come since.
    By default all are, and named.
    """
    pages, revisions = _pages(), {str(found.pk): _read_back(found) for found in Revision.objects.order_by("pk")}
    known = set(names or _names([*pages.values(), *revisions.values()]))
    return {"pages": _digests(pages, known), "revisions": _digests(revisions, known), "names": sorted(known)}


@mock.patch("django.utils.timezone.localdate", return_value=MADE_ON)
def _pages(_today: mock.Mock) -> dict[str, Any]:
    client = Client(SERVER_NAME="127.0.0.1")
    pages = {}
    for page in Page.objects.order_by("pk").specific():
        kept = page.serializable_data()
        if isinstance(page, CatalogueEntry) and page.live:
            record = asdict(page.catalogue_record())
            lines = {name: _lines(value) for name, value in record.items() if name not in READ_OTHERWISE}
            kept["in the catalogue"] = lines
        if page.live and page.url:
            kept["address"] = page.url
            kept["answered"] = client.get(page.url.removeprefix("http://127.0.0.1:8000")).status_code
        pages[str(page.pk)] = kept
    return pages


def answers() -> dict[str, Any]:
    """What is found for each search: how many, which and in which order, and how many in each facet of that time."""
    found = {}
    for typed in SEARCHES:
        results = search(query=SearchQuery.from_params(QueryDict(typed))[0]).results
        facets = {
            name: sorted([c.value, c.count] for c in counts if c.value != "passage")
            for name, counts in sorted(results.facets.items())
            if name != "speakers"
        }
        found[typed] = [results.total, [hit.key for hit in results.hits], facets]
    return found


def index() -> dict[str, str]:
    """The index in use: another name would be another index, and an outdated one is about to be made anew."""
    engine = search_engine()
    return {"state": engine.state().value, "generation": engine.generation()}


def _read_back(revision: Revision) -> dict[str, Any]:
    read = revision.as_object()
    return {"object": str(read), "latest": read.latest_revision_id, "data": read.serializable_data()}


def _digests(things: dict[str, Any], names: Collection[str]) -> dict[str, str]:
    plain = {key: _named(json.loads(json.dumps(thing, cls=DjangoJSONEncoder)), names) for key, thing in things.items()}
    return {
        key: hashlib.sha256(json.dumps(_opened(thing), sort_keys=True).encode()).hexdigest()[:16]
        for key, thing in plain.items()
    }


def _names(things: Any) -> set[str]:
    if isinstance(things, dict):
        return {*things, *_names(list(things.values()))}
    return set().union(*map(_names, things)) if isinstance(things, list | tuple) else set()


def _named(value: Any, names: Collection[str]) -> Any:
    if isinstance(value, dict):
        return {name: _named(inner, names) for name, inner in value.items() if name in names}
    return [_named(inner, names) for inner in value] if isinstance(value, list) else value


def _lines(value: Any) -> Any:
    """The lines of a text, in no order: names are there as each database puts them."""
    return value.split("\n") if isinstance(value, str) else value


def _opened(value: Any) -> Any:
    """What databases order in their own way, ordered: the keys of JSON, rows by name where accents count or not."""
    if isinstance(value, dict):
        return {name: _opened(inner) for name, inner in value.items()}
    if isinstance(value, list):
        opened = [_opened(inner) for inner in value]
        return opened if any(isinstance(inner, dict) for inner in opened) else sorted(opened, key=str)
    return json.loads(value) if isinstance(value, str) and value.startswith("[{") else value
