"""What is new in a list of the catalogue, as news readers ask for it (Atom, RFC 4287)."""

import re
from collections.abc import Iterable
from datetime import datetime, time
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape

from hub.mail.site import site_url
from hub.pages.catalogue import CatalogueEntry

# How long a reader, or what stands between, may keep a feed, in seconds.
FEED_LIFETIME = 300
# A list is read from the latest entry: who comes back after a year reads the list itself.
MOST_ENTRIES = 30
# Who speaks: every entry of the catalogue was published by the Dihal.
AUTHOR = "Dihal"
_LINE_BREAKS = re.compile(r"\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_UNWRITABLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def plain_text(text: str) -> str:
    """Return the text with plain line breaks only, and without the characters that XML and calendars cannot hold."""
    return _UNWRITABLE.sub("", _LINE_BREAKS.sub("\n", text)).strip()


def atom_of(
    *, request: HttpRequest, title: str, subtitle: str, list_path: str, entries: Iterable[CatalogueEntry]
) -> HttpResponse:
    """Write a feed of published entries. ``list_path`` is the page that lists them all."""
    feed = Atom1Feed(
        title=title,
        link=request.build_absolute_uri(list_path),
        description=subtitle,
        language="fr",
        author_name=AUTHOR,
        feed_url=request.build_absolute_uri(request.path),
    )
    for entry in entries:
        feed.add_item(
            title=" ".join(plain_text(entry.title).split()),
            link=entry.get_full_url(request),
            # A summary is plain, and feeds say theirs is HTML.
            description=escape(plain_text(entry.summary)),
            # The same wherever the page moves, and whatever name the site was asked by.
            unique_id=f"tag:{urlsplit(site_url()).hostname},2026:page-{entry.pk}",
            pubdate=_published_at(entry),
            updateddate=entry.last_published_at,
        )
    response = HttpResponse(content_type="application/atom+xml; charset=utf-8")
    feed.write(response, "utf-8")
    return response


def _published_at(entry: CatalogueEntry) -> datetime | None:
    """Say when it was published, which for a text that comes from elsewhere was before this site."""
    if entry.original_published_on:
        return timezone.make_aware(datetime.combine(entry.original_published_on, time()))
    return entry.first_published_at
