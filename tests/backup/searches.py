"""What a site answers to searches drawn from its own contents: run in a process with the site's settings."""

import json
import sys
from itertools import chain
from pathlib import Path

from django.http import QueryDict

from hub.pages.catalogue import catalogue_models, published_entries
from hub.vocabulary.models import Audience, Axis, Scheme
from search.enums import Sort
from search.query import SearchQuery
from search.service import search

TITLES = 20  # of each type of content, whose words are searched for
PAGES_OF_EVERYTHING = 5


def parameters() -> list[str]:
    """Return query strings that reach every kind of filter; the same for the same database."""
    found = ["", "tri=ancien", "tri=recent", "replay=oui", "replay=non"]
    found += [f"page={number}" for number in range(2, PAGES_OF_EVERYTHING + 1)]
    for model in catalogue_models():
        found.append(f"type={model.catalogue_type}")
        for entry in published_entries(model).order_by("pk")[:TITLES]:
            words = [word for word in entry.title.split() if len(word) > 3 and word.isalpha()]
            found += [_query(q=" ".join(words[:2])), _query(q=f'"{entry.title}"'), _query(q=words[-1] if words else "")]
            record = entry.catalogue_record()
            found += [_query(territoire=code, portee="dans") for code in record.territories[:2]]
    named = (("public", Audience), ("axe", Axis), ("dispositif", Scheme))
    found += chain.from_iterable(
        (_query(**{name: slug}) for slug in model.objects.order_by("slug").values_list("slug", flat=True))
        for name, model in named
    )
    return sorted(set(found))


def answers() -> dict[str, list[object]]:
    """Return, for each search, how many entries were found, which ones on the page, and how many in each facet."""
    found = {}
    for querystring in parameters():
        query = SearchQuery.from_params(QueryDict(querystring))[0]
        # By date: the two sites may have different engines, whose ideas of relevance differ a little.
        if query.sort == Sort.RELEVANCE:
            query = query.replace(sort=Sort.NEWEST)
        results = search(query=query).results
        counted = {
            name: sorted((count.value, count.count) for count in counts) for name, counts in results.facets.items()
        }
        found[querystring] = [results.total, sorted(hit.key for hit in results.hits), counted]
    return found


def missing_files() -> list[str]:
    """Return the images and documents of the database whose file is not there."""
    from wagtail.documents import get_document_model  # noqa: PLC0415 — models are loaded only now
    from wagtail.images import get_image_model  # noqa: PLC0415

    uploaded = chain(get_image_model().objects.order_by("pk"), get_document_model().objects.order_by("pk"))
    return [item.file.name for item in uploaded if not item.file.storage.exists(item.file.name)]


def _query(**values: str) -> str:
    query = QueryDict(mutable=True)
    query.update(values)
    return query.urlencode()


def main() -> None:
    """Write the answers to the file named on the command line."""
    seen = {"answers": answers(), "missing_files": missing_files()}
    Path(sys.argv[1]).write_text(json.dumps(seen, ensure_ascii=False), encoding="utf-8")
